/** A program that can be installed, and how. */
export type Program = {
  name: string
  version: string
  /** Its executable, below the folder of the program. */
  executable: string
  /** What the user waits for, in words: how large it is and how long it usually takes. */
  cost: string
  /**
   * Makes the program in a folder of its own, which is empty and is renamed once this is done: so
   * nothing in it may hold the folder's name.
   *
   * @param step is told what is being done, in a few words.
   * @throws ProgramError where it cannot be made.
   */
  make(folder: string, step: (text: string) => void): Promise<void>
}
