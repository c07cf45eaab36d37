import { readSync } from 'node:fs'
import { basename } from 'node:path'
import { readChat } from './read-chat.js'

/**
 * Tells which sub-agent of a session makes a request. The request does not name it, but begins with
 * the message that the sub-agent's own transcript begins with, which Gemini CLI writes before it
 * asks the model (0.61).
 */
export class SubAgents {
  readonly #filesOf: (sessionId: string) => string[]
  readonly #transcripts = new Map<string, Transcript>()

  /** @param filesOf returns the transcripts of a session's sub-agents. */
  constructor(filesOf: (sessionId: string) => string[]) {
    this.#filesOf = filesOf
  }

  /**
   * @param body the first bytes of the request's body.
   * @returns the sub-agent's id; undefined if the request is not known to be a sub-agent's.
   */
  of(sessionId: string, body: Uint8Array | undefined): string | undefined {
    if (body === undefined) return undefined
    const asked = firstMessageIn(Buffer.from(body.buffer, body.byteOffset, body.byteLength))
    if (asked === undefined) return undefined
    const candidates = this.#filesOf(sessionId)
      .map((file) => this.#transcriptOf(file))
      .filter((transcript) => transcript.begins(asked))
    // Of those that were told the same, each begins once; then its own call is in each request, and
    // none of the others'. If no call is known, the one that asks has just written.
    const [likely] = candidates.sort(
      (one, other) =>
        (isFirstRequest(asked, one)
          ? Number(one.hasAsked) - Number(other.hasAsked)
          : other.likelihood(asked) - one.likelihood(asked)) || other.writtenAt - one.writtenAt,
    )
    if (likely === undefined) return undefined
    likely.hasAsked = true
    return likely.agentId
  }

  /** The model has called a tool, in answer to a request of this sub-agent. */
  noteCall(agentId: string | undefined, callId: string): void {
    for (const transcript of this.#transcripts.values())
      if (transcript.agentId === agentId) transcript.noteCall(callId)
  }

  #transcriptOf(file: string): Transcript {
    const known = this.#transcripts.get(file) ?? new Transcript(file)
    this.#transcripts.set(file, known)
    known.readOn()
    return known
  }
}

/** A sub-agent's transcript, as far as it shows what its requests begin with. */
class Transcript {
  readonly agentId: string
  /** Whether one of its requests has been seen. */
  hasAsked = false
  /** When it was last written to: milliseconds since the epoch. */
  writtenAt = 0
  /** The JSON of the parts of its first message, without brackets. */
  message: Buffer = Buffer.alloc(0)
  /** The id of its first call, as the API gave it. */
  #call: string | undefined
  readonly #file: string
  #offset = 0

  constructor(file: string) {
    this.#file = file
    this.agentId = basename(file, '.jsonl')
  }

  /** The answer to its request is known before Gemini CLI has written it. */
  noteCall(callId: string): void {
    this.#call ??= callId
  }

  /** Returns whether a request whose first message begins like this can be its. */
  begins(asked: Buffer): boolean {
    const length = Math.min(asked.length, this.message.length)
    return length > 0 && asked.subarray(0, length).equals(this.message.subarray(0, length))
  }

  /**
   * Returns how likely a request is its own: 2 if its first call is in it, 0 if only another call
   * is; its own may not be known yet.
   */
  likelihood(asked: Buffer): 0 | 1 | 2 {
    if (this.#call === undefined || !asked.includes('"id":"')) return 1
    return asked.includes(`"id":"${this.#call}"`) ? 2 : 0
  }

  /** Reads what has been added, up to the last whole line. */
  readOn(): void {
    readChat(this.#file, (descriptor, { size, mtimeMs }) => {
      this.writtenAt = mtimeMs
      const added = Buffer.alloc(Math.min(Math.max(size - this.#offset, 0), READ_BYTES))
      const read = readSync(descriptor, added, 0, added.length, this.#offset)
      const whole = added.subarray(0, read).lastIndexOf('\n') + 1
      // Of a line that is longer, nothing is needed.
      const end = whole > 0 || read < READ_BYTES ? whole : read
      this.#offset += end
      for (const line of added.toString('utf8', 0, end).split('\n')) this.#take(line)
    })
  }

  #take(line: string): void {
    // Gemini CLI puts the tool's name before the id.
    this.#call ??= /"toolCalls":\[\{"id":"(?:\w{1,100}__)?([^"\\]{1,200})"/.exec(line)?.[1]
    // A compaction replaces all messages. Tool outputs, which can be long, are not parsed.
    const isReplaced = line.startsWith('{"$set":{"messages":[')
    if (!isReplaced && this.message.length > 0) return
    const { $set, type, content } = objectIn(line)
    const parts = isReplaced ? $set?.messages?.[0]?.content : type === 'user' ? content : undefined
    if (Array.isArray(parts)) this.message = Buffer.from(JSON.stringify(parts).slice(1, -1))
  }
}

type Line = {
  type?: unknown
  content?: unknown
  $set?: { messages?: ({ content?: unknown } | null)[] }
}

function objectIn(line: string): Line {
  try {
    return JSON.parse(line) ?? {}
  } catch {
    return {}
  }
}

/** The most that is read of what has been added to a transcript since the last request. */
const READ_BYTES = 4 * 1024 * 1024

/** Returns the parts of a body's first message, without the bracket before them. */
function firstMessageIn(body: Buffer): Buffer | undefined {
  const head = body.toString('latin1', 0, HEAD_BYTES)
  const begun = /"contents":\[\{(?:"role":"user",)?"parts":\[/.exec(head)
  return begun === null ? undefined : body.subarray(begun.index + begun[0].length)
}

/** With a Google login, names of the model and the project come first. */
const HEAD_BYTES = 2048

/** Returns whether nothing follows the first message: the model has not answered it yet. */
function isFirstRequest(asked: Buffer, { message }: Transcript): boolean {
  return /^\](?:,"role":"user")?\}\]/.test(
    asked.toString('latin1', message.length, message.length + 20),
  )
}
