/** A thread of the TUI's, as far as its last words speak of it. */
export type NamedThread = {
  name: string | undefined
  /** It is on disk, and so can be gone on with. */
  isKept: boolean
}

const EMPTY = Buffer.alloc(0)

/**
 * Watches what the TUI writes for its last words. With an app-server elsewhere it says how to reach
 * that again; ours ends with the session, so it shall say what it says of its own: how to continue.
 *
 * Nothing else is touched or held back. The words are those of Codex 0.160 to 0.169
 * (`AppExitInfo::format_exit_messages`); should they be others, they pass as they are.
 */
export class ClosingWords {
  readonly #openings: readonly Buffer[]
  readonly #threadOf: (threadId: string) => NamedThread
  #held: Buffer = EMPTY
  #isOpen = false

  /** @param address the app-server's, as the TUI was told it. */
  constructor(address: string, threadOf: (threadId: string) => NamedThread) {
    this.#openings = openingsFor(address)
    this.#threadOf = threadOf
  }

  /** @returns what may be shown now; the rest may be the beginning of the last words. */
  push(bytes: Buffer): Buffer {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes])
    const at = this.#isOpen ? 0 : this.#openingIn(all)
    if (all.length - at > HELD_BYTES) return this.#letGo(all)
    this.#held = all.subarray(at)
    return all.subarray(0, at)
  }

  /** Whether something is held back that nothing may follow. */
  get isUnsure(): boolean {
    return this.#held.length > 0 && !this.#isOpen
  }

  /** @returns what is held back: nothing has followed, or the TUI writes no more. */
  release(): Buffer {
    const isOpen = this.#isOpen
    const held = this.#letGo(this.#held)
    return isOpen ? Buffer.from(this.#putRight(held.toString())) : held
  }

  #letGo(bytes: Buffer): Buffer {
    this.#held = EMPTY
    this.#isOpen = false
    return bytes
  }

  /** Where the last words begin, or may begin when more comes; else the end. */
  #openingIn(all: Buffer): number {
    for (let at = all.indexOf(FIRST); at >= 0; at = all.indexOf(FIRST, at + 1)) {
      const tail = all.subarray(at)
      this.#isOpen = this.#openings.some((opening) => startsWith(tail, opening))
      if (this.#isOpen || this.#openings.some((opening) => startsWith(opening, tail))) return at
    }
    return all.length - partAtEnd(all)
  }

  #putRight(words: string): string {
    const found = LAST_WORDS.exec(words)
    if (found === null) return words
    const [whole, colour = '', threadId = '', usage] = found
    const command = (text: string) => (colour === '' ? text : `${colour}${text}\u001b[39m`)
    const { name, isKept } = this.#threadOf(threadId)
    const lines = [
      ...(usage === undefined ? [] : [`Token usage: ${usage}`]),
      ...(isKept
        ? ['To continue this session, run:', `  ${command(`codex resume ${threadId}`)}`]
        : [`Session ID: ${threadId}`]),
      ...(isKept && name ? [`Or run ${command('codex resume')} and select ${command(name)}.`] : []),
    ]
    return `${lines.join('\n')}\n${words.slice(whole.length)}`
  }
}

// Far more than the words are long; an end that does not come must not hold the screen.
const HELD_BYTES = 8 * 1024

const FIRST = Buffer.from('Disconnected from this task. ')

const MESSAGES = [
  'Any running work continues.',
  'The current turn was stopped.',
  'Work may still be running.',
]

const LEADS = ['To reconnect, run:\n  ', 'Reconnect: ']

const LAST_WORDS =
  /^Disconnected [^\n]*\n(?:To reconnect, run:\n {2}|Reconnect: )(\u001b\[\d+m)?codex --remote [^\n]* resume ([0-9a-f-]{36})(?:\u001b\[39m)?\n(?:Stop the current turn: [^\n]*\n)?(?:Token usage(?: so far)?: ([^\n]*)\n)?/

/** The last words up to our own address, which nothing else on the screen holds. */
function openingsFor(address: string): Buffer[] {
  return MESSAGES.flatMap((message) =>
    LEADS.flatMap((lead) =>
      ['', '\u001b[36m'].map((colour) =>
        Buffer.from(`${FIRST}${message}\n${lead}${colour}codex --remote ${address}`),
      ),
    ),
  )
}

function startsWith(bytes: Buffer, beginning: Buffer): boolean {
  return bytes.length >= beginning.length && bytes.subarray(0, beginning.length).equals(beginning)
}

/** How many bytes at the end may be the beginning of the first words. */
function partAtEnd(bytes: Buffer): number {
  for (let length = Math.min(FIRST.length - 1, bytes.length); length > 0; length -= 1) {
    if (startsWith(FIRST, bytes.subarray(bytes.length - length))) return length
  }
  return 0
}
