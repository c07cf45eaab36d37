/**
 * What is wrong with a page, and where: the file relative to the root, and its line, counted from
 * 1.
 */
export type Problem = { file: string; line: number; message: string }
