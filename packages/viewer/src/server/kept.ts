import type { FoundSession } from '@tacho/reader'

/** How many of the last read sessions are kept: people go back and forth between a few. */
const MOST = 3

/** Results for sessions, kept as long as their files are unchanged. */
export class Kept<Answer> {
  readonly #make: (session: FoundSession) => Promise<Answer>
  readonly #isTrue: (answer: Answer, session: FoundSession) => boolean
  readonly #known = new Map<string, { stamp: string; answer: Promise<Answer> }>()

  /**
   * @param isTrue whether a result is still valid although no file has changed: a process can die.
   */
  constructor(
    make: (session: FoundSession) => Promise<Answer>,
    isTrue: (answer: Answer, session: FoundSession) => boolean = () => true,
  ) {
    this.#make = make
    this.#isTrue = isTrue
  }

  /** @param stamp changes with the files that the result is made from. */
  async of(session: FoundSession, stamp: string): Promise<Answer> {
    const { folder } = session
    const known = this.#known.get(folder)
    if (known?.stamp === stamp) {
      const answer = await known.answer
      if (this.#isTrue(answer, session)) return answer
    }
    const answer = this.#make(session)
    this.#keep(folder, { stamp, answer })
    try {
      return await answer
    } catch (cause) {
      this.#known.delete(folder)
      throw cause
    }
  }

  #keep(folder: string, one: { stamp: string; answer: Promise<Answer> }): void {
    this.#known.delete(folder)
    this.#known.set(folder, one)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) return
      this.#known.delete(oldest)
    }
  }
}
