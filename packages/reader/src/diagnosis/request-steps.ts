import { type ExchangeRecord, MissingBytes, type RequestBodyRecord } from '@tacho/format'
import {
  compactionOf,
  conversationApiOf,
  type Message,
  type RequestStep,
  readModelRequest,
  requestPurposeOfHeaders,
} from '@tacho/model'
import { known } from '../known.js'
import { CONVERSATION_BYTES, OPEN_WORK, PIECE_WORK, STEPS_WORK, Work } from '../limits.js'
import { RequestContents } from '../request-contents.js'
import type { Sound } from '../sound-records.js'
import { type ByteRange, elementsFrom, membersAt, sharedBytes } from './json-bytes.js'

/** The layout of a request's body: where its messages and its other members are. */
type Layout = {
  exchange: number
  bytes: Uint8Array
  members: Map<string, ByteRange>
  /** The member that contains the messages. */
  list: string | undefined
  elements: ByteRange[]
  /** By name, the JSON of each tool, once that was read. */
  tools?: Map<string, string> | undefined
}

/**
 * Finds what each request adds to the one before it in its thread. Conversations grow at their end:
 * only what follows the bytes that both begin with is parsed, so a session of a thousand requests
 * takes time in proportion to its text, and not to the total of its requests.
 */
export class RequestSteps {
  readonly steps: RequestStep[] = []
  readonly #contents: RequestContents
  readonly #heads = new Map<string, { record: ExchangeRecord; number: number }>()
  /** By thread, the last request of each conversation in it, the latest first. */
  readonly #last = new Map<string, Layout[]>()
  readonly #work = new Work(STEPS_WORK)

  constructor(folder: string) {
    this.#contents = new RequestContents(folder)
  }

  /** Whether there were more requests than are read for their steps. */
  get isPartial(): boolean {
    return this.#work.isSpent
  }

  begin(record: ExchangeRecord, number: number): void {
    this.#heads.set(record.exchange, { record, number })
  }

  body({ record, ...place }: Sound<RequestBodyRecord>): void {
    const { exchange, content, bytes: length } = record
    // It was passed: later ones can copy from it.
    const isPassed = content === '' && length > 0
    if (isPassed) this.#contents.pass(exchange, place)
    else this.#contents.add(exchange, content, place)
    const head = this.#heads.get(record.exchange)
    this.#heads.delete(record.exchange)
    if (isPassed || length > CONVERSATION_BYTES || head === undefined || !isStep(head.record))
      return
    const pieces = typeof record.content === 'string' ? 1 : record.content.length
    if (!this.#work.spend(OPEN_WORK + pieces * PIECE_WORK + place.length)) return
    const bytes = this.#bytesOf(record.exchange)
    if (bytes === undefined || bytes.length === 0 || bytes.length > CONVERSATION_BYTES) return
    const thread = head.record.threadId ?? ''
    const known = this.#last.get(thread) ?? []
    const layout = this.#layout(head.number, bytes, known[0])
    if (layout === undefined) return
    const continued = continuedBy(layout, known)
    const last = continued ?? known[0]
    const step = stepOf(layout, last, head.record, { file: place.file, line: place.line })
    if (step === undefined) return
    this.#last.set(thread, withinLimits([layout, ...known.filter((one) => one !== continued)]))
    this.steps.push(step)
  }

  #bytesOf(exchange: string): Uint8Array | undefined {
    try {
      return this.#contents.read(exchange)
    } catch (cause) {
      if (cause instanceof MissingBytes) return undefined
      throw cause
    }
  }

  #layout(exchange: number, bytes: Uint8Array, last: Layout | undefined): Layout | undefined {
    const shared = last === undefined ? 0 : sharedBytes(last.bytes, bytes)
    const list = last?.list === undefined ? undefined : last.members.get(last.list)
    if (last !== undefined && list !== undefined && shared > list.from) {
      return this.#continued(exchange, bytes, last, list, shared)
    }
    if (!this.#work.spend(bytes.length)) return undefined
    const members = membersAt(bytes, 0)
    const name = LISTS.find((one) => members.has(one))
    const range = name === undefined ? undefined : members.get(name)
    const isList = range !== undefined && bytes[range.from] === 0x5b
    const elements = isList ? elementsFrom(bytes, range.from + 1) : []
    return { exchange, bytes, members, list: name, elements }
  }

  // Everything before the list of messages is the same, and so are the first messages.
  #continued(
    exchange: number,
    bytes: Uint8Array,
    last: Layout,
    list: ByteRange,
    shared: number,
  ): Layout {
    const same = last.elements.filter(({ to }) => to <= shared && to < list.to - 1)
    // The last of them could continue in this request: a number, or a value with nothing after it.
    const from = same.at(-1)?.to ?? list.from + 1
    const more = elementsFrom(bytes, from)
    const elements = [...same, ...more]
    const end = elements.at(-1)?.to ?? from
    const close = bytes.indexOf(0x5d, end)
    this.#work.spend(bytes.length - from)
    const members = new Map<string, ByteRange>()
    for (const [name, range] of last.members) {
      if (range.to <= list.from) members.set(name, range)
    }
    members.set(last.list ?? '', { from: list.from, to: close + 1 })
    // What follows the list is parsed like an object of its own.
    for (const [name, range] of membersBehind(bytes, close + 1)) members.set(name, range)
    return { exchange, bytes, members, list: last.list, elements }
  }
}

/**
 * Returns the longest request whose messages this one begins with. A program that names no threads
 * may have several conversations at once.
 */
function continuedBy(layout: Layout, known: readonly Layout[]): Layout | undefined {
  const continued = known.filter((one) => {
    const { length } = one.elements
    if (length === 0 || length > layout.elements.length) return false
    return sharedElements(one, layout) === length
  })
  return continued.sort((one, other) => other.elements.length - one.elements.length)[0]
}

/** So many conversations at once, in so many bytes beside the latest request. */
const CONVERSATIONS = 16
const OTHERS_BYTES = 16 * 1024 * 1024

function withinLimits(layouts: readonly Layout[]): Layout[] {
  let bytes = 0
  return layouts.slice(0, CONVERSATIONS).filter((one, at) => {
    if (at > 0) bytes += one.bytes.length
    return bytes <= OTHERS_BYTES
  })
}

/** The members in which the four APIs keep messages. */
const LISTS = ['input', 'messages', 'contents']

function membersBehind(bytes: Uint8Array, from: number): Map<string, ByteRange> {
  const comma = bytes.indexOf(0x2c, from)
  if (comma < 0) return new Map()
  const rest = Buffer.from(bytes.subarray(comma))
  rest[0] = 0x7b
  const members = new Map<string, ByteRange>()
  for (const [name, range] of membersAt(rest, 0)) {
    members.set(name, { from: range.from + comma, to: range.to + comma })
  }
  return members
}

// A title has a thread of its own; a request that shortens the conversation is not one of its
// steps.
function isStep(record: ExchangeRecord): boolean {
  const { requestKind = requestPurposeOfHeaders(record.headers).requestKind } = record
  return record.prewarm !== true && compactionOf(requestKind) === undefined
}

function stepOf(
  layout: Layout,
  last: Layout | undefined,
  record: ExchangeRecord,
  place: RequestStep['place'],
): RequestStep | undefined {
  const { bytes, members } = layout
  const continues = members.has('previous_response_id')
  const shared = continues || last === undefined ? 0 : sharedElements(last, layout)
  const added = layout.elements.slice(shared)
  const dropped = continues || last === undefined ? [] : last.elements.slice(shared)
  const envelope = { [layout.list ?? 'input']: added.map((range) => valueAt(bytes, range)) }
  const model = valueAt(bytes, members.get('model'))
  const api = conversationApiOf(record.url, { ...envelope, ...textMembers(members) })
  if (api === undefined) return undefined
  const read = readModelRequest(record.url, envelope)
  const isSameTools =
    last !== undefined && isSame(last.bytes, last.members.get('tools'), bytes, members.get('tools'))
  const before = last?.tools
  const tools = isSameTools ? before : toolsOf(record.url, bytes, members.get('tools'))
  layout.tools = tools
  return {
    exchange: layout.exchange,
    run: record.run,
    place,
    api,
    sharedMessages: shared,
    dropped:
      dropped.length === 0 || last === undefined ? [] : messagesOf(record.url, last, dropped),
    added: [...read.instructions.filter(({ path }) => path?.[0] === layout.list), ...read.messages],
    changed: last === undefined ? [] : changedMembers(last, layout),
    bytes: bytes.length,
    ...known({
      threadId: record.threadId,
      previous: last?.exchange,
      model: typeof model === 'string' ? model : modelOfPath(record.url),
      toolNames: tools && [...tools.keys()],
      tools: isSameTools || !before || !tools ? undefined : toolsDifference(before, tools),
    }),
  }
}

// Gemini puts the model in its path.
function modelOfPath(url: string): string | undefined {
  return /\/models\/([^/:?]+):/.exec(url)?.[1]
}

function textMembers(members: Map<string, ByteRange>): Record<string, unknown> {
  return Object.fromEntries(
    [...members.keys()].filter((name) => !LISTS.includes(name)).map((name) => [name, '']),
  )
}

function messagesOf(
  url: string,
  { bytes, list = 'input' }: Layout,
  elements: ByteRange[],
): Message[] {
  const value = { [list]: elements.map((range) => valueAt(bytes, range)) }
  const read = readModelRequest(url, value)
  return [...read.instructions, ...read.messages]
}

/**
 * Returns how many messages two requests begin with in common, ignoring marks for the prompt cache
 * and how a text is written.
 */
function sharedElements(one: Layout, other: Layout): number {
  const most = Math.min(one.elements.length, other.elements.length)
  let shared = 0
  while (shared < most) {
    const [first, second] = [one.elements[shared], other.elements[shared]]
    if (!isSame(one.bytes, first, other.bytes, second)) {
      const [before, after] = [valueAt(one.bytes, first), valueAt(other.bytes, second)]
      if (plain(before) !== plain(after)) break
    }
    shared += 1
  }
  return shared
}

// Anthropic's marks move with each request; ids, statuses and signatures of items are sometimes
// left out.
const NO_MESSAGE = new Set([
  'cache_control',
  'id',
  'status',
  'thoughtSignature',
  'thought_signature',
])

function plain(value: unknown): string {
  return JSON.stringify(value, (name, inner) => {
    if (NO_MESSAGE.has(name)) return undefined
    // A text needs a block for a mark: where the mark has moved on, Claude Code writes it as a
    // string again.
    return name === 'content' && typeof inner === 'string' ? [{ type: 'text', text: inner }] : inner
  })
}

function isSame(
  one: Uint8Array,
  first: ByteRange | undefined,
  other: Uint8Array,
  second: ByteRange | undefined,
): boolean {
  if (first === undefined || second === undefined) return first === second
  if (first.to - first.from !== second.to - second.from) return false
  return (
    Buffer.compare(one.subarray(first.from, first.to), other.subarray(second.from, second.to)) === 0
  )
}

/**
 * Members that come before the messages in a prompt, by the names of the four APIs, and those that
 * start a new cache according to an API
 * (https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching).
 */
const SHAPING = [
  'instructions',
  'system',
  'systemInstruction',
  'system_instruction',
  'text',
  'response_format',
  'reasoning',
  'thinking',
  'tool_choice',
]

function changedMembers(one: Layout, other: Layout): string[] {
  return SHAPING.filter((name) => {
    const [first, second] = [one.members.get(name), other.members.get(name)]
    if (isSame(one.bytes, first, other.bytes, second)) return false
    return plain(valueAt(one.bytes, first)) !== plain(valueAt(other.bytes, second))
  })
}

function toolsOf(
  url: string,
  bytes: Uint8Array,
  range: ByteRange | undefined,
): Map<string, string> | undefined {
  const value = valueAt(bytes, range)
  if (!Array.isArray(value)) return undefined
  const { tools } = readModelRequest(url, { tools: value, input: [], messages: [], contents: [] })
  return new Map(tools.map((tool) => [tool.name, plain(tool.value)]))
}

function toolsDifference(
  before: Map<string, string>,
  after: Map<string, string>,
): RequestStep['tools'] {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].flatMap(([name, text]) => {
      const earlier = before.get(name)
      return earlier !== undefined && earlier !== text ? [name] : []
    }),
  }
}

function valueAt(bytes: Uint8Array, range: ByteRange | undefined): unknown {
  if (range === undefined) return undefined
  try {
    return JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset + range.from, range.to - range.from).toString(),
    )
  } catch {
    return undefined
  }
}
