/** A program that can be installed, and how. */
export type Program = {
  name: string
  version: string
  /** Its executable, relative to the program's folder. */
  executable: string
  /** What the user waits for: its size and how long it usually takes. */
  cost: string
  /**
   * Makes the program in an empty folder that is renamed afterwards, so no file in it may contain
   * the folder's name.
   *
   * @param step called with a few words about the current step.
   * @throws ProgramError if it cannot be made.
   */
  make(folder: string, step: (text: string) => void): Promise<void>
}
