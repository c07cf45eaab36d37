/** What is wrong with a page, and where: the file below the root, its line counted from 1. */
export type Problem = { file: string; line: number; message: string }
