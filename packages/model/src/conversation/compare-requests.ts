import { utf8Length } from '@tacho/format'
import { diffArrays } from 'diff'
import { jsonText } from './json-text.js'
import type { Message, ModelRequest } from './model-request.js'
import { SEGMENT_KINDS, type Segment, type SegmentKind, segmentsOf } from './segments.js'

/** What happened to a part between two requests. */
export type Change = 'added' | 'removed' | 'changed'

/** A part in which two requests differ. */
export type Difference = {
  kind: SegmentKind
  change: Change
  name?: string
  /** Starting at 1; in the later request or, for a removed part, in the earlier one. */
  number?: number
  role?: string
  /** Its JSON. */
  before?: string
  after?: string
  /** How many characters both JSON texts begin with. */
  common: number
}

/** A sequence of messages that are in both requests, or in only one of them. */
export type MessageRun = {
  in: 'both' | 'before' | 'after'
  /** The number of its first message, starting at 1; for messages in both, in each request. */
  before?: number
  after?: number
  messages: Message[]
}

/** How a later request differs from an earlier one. */
export type RequestComparison = {
  /**
   * The later request contains everything that the earlier one gave its model, possibly followed by
   * more.
   */
  isContinuation: boolean
  /** The first part that differs, in the order in which a model is given them. */
  first?: Difference
  /** UTF-8 bytes of JSON that both begin with, and the total of each. */
  bytes: { shared: number; before: number; after: number }
  /** How many messages both begin with. */
  sharedMessages: number
  model?: Difference
  /** Of all parameters, including those that do not shape the prompt. */
  parameters: Difference[]
  tools: Difference[]
  /** Both have the same tools in a different order. */
  areToolsReordered: boolean
  instructions: Difference[]
  messages: MessageRun[]
}

/** Compares an earlier request with a later one. */
export function compareRequests(before: ModelRequest, after: ModelRequest): RequestComparison {
  const [one, two] = [segmentsOf(before), segmentsOf(after)]
  const shared = sharedSegments(one, two)
  const first = firstDifference(one[shared], two[shared])
  const sharedText = one.slice(0, shared)
  const common = first?.change === 'changed' ? (first.after ?? '').slice(0, first.common) : ''
  const tools = named('tool', before.tools, after.tools)
  return {
    isContinuation: shared === one.length,
    ...(first !== undefined && { first }),
    bytes: {
      shared: bytesOf(sharedText) + utf8Length(common),
      before: bytesOf(one),
      after: bytesOf(two),
    },
    sharedMessages: sharedText.filter(({ kind }) => kind === 'message').length,
    ...modelDifference(before.model, after.model),
    parameters: named('parameter', before.parameters, after.parameters),
    tools,
    areToolsReordered: tools.length === 0 && isReordered(before, after),
    instructions: instructionsDifference(before.instructions, after.instructions),
    messages: messageRuns(before.messages, after.messages),
  }
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((total, { text }) => total + utf8Length(text), 0)
}

function sharedSegments(one: readonly Segment[], two: readonly Segment[]): number {
  let shared = 0
  while (shared < one.length && isSame(one[shared], two[shared])) shared += 1
  return shared
}

function isSame(one: Segment | undefined, two: Segment | undefined): boolean {
  return one?.kind === two?.kind && one?.name === two?.name && one?.text === two?.text
}

// What follows the end of the earlier one is new, and not a difference.
function firstDifference(
  one: Segment | undefined,
  two: Segment | undefined,
): Difference | undefined {
  if (one === undefined) return undefined
  const [orderOne, orderTwo] = [orderOf(one), two === undefined ? Infinity : orderOf(two)]
  if (two === undefined || orderOne < orderTwo) return differenceOf(one, undefined)
  if (orderTwo < orderOne) return differenceOf(undefined, two)
  if (one.kind !== 'parameter' || one.name === two.name) return differenceOf(one, two)
  // Parameters are sorted by name.
  return (one.name ?? '') < (two.name ?? '')
    ? differenceOf(one, undefined)
    : differenceOf(undefined, two)
}

function orderOf({ kind }: Segment): number {
  return SEGMENT_KINDS.indexOf(kind)
}

function differenceOf(one: Segment | undefined, two: Segment | undefined): Difference {
  const { kind, name, number, role } = (two ?? one) as Segment
  return {
    kind,
    change: one === undefined ? 'added' : two === undefined ? 'removed' : 'changed',
    ...(name !== undefined && { name }),
    ...(number !== undefined && { number }),
    ...(role !== undefined && { role }),
    ...(one !== undefined && { before: one.text }),
    ...(two !== undefined && { after: two.text }),
    common: commonLength(one?.text ?? '', two?.text ?? ''),
  }
}

/** Returns how many characters two texts begin with in common. */
export function commonLength(one: string, other: string): number {
  const most = Math.min(one.length, other.length)
  let length = 0
  while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1
  return length
}

function modelDifference(
  before: string | undefined,
  after: string | undefined,
): { model?: Difference } {
  if (before === after) return {}
  return { model: differenceOf(modelSegment(before), modelSegment(after)) }
}

function modelSegment(model: string | undefined): Segment | undefined {
  return model === undefined ? undefined : { kind: 'model', text: jsonText(model) }
}

type Named = { name: string; value: unknown }

// A name may occur more than once: the first is paired with the first, and so on.
function named(
  kind: 'tool' | 'parameter',
  before: readonly Named[],
  after: readonly Named[],
): Difference[] {
  const [one, two] = [byName(kind, before), byName(kind, after)]
  const differences: Difference[] = []
  for (const [key, segment] of one) {
    const other = two.get(key)
    if (other?.text !== segment.text) differences.push(differenceOf(segment, other))
  }
  for (const [key, segment] of two) {
    if (!one.has(key)) differences.push(differenceOf(undefined, segment))
  }
  return differences
}

function byName(kind: 'tool' | 'parameter', parts: readonly Named[]): Map<string, Segment> {
  const found = new Map<string, Segment>()
  const counts = new Map<string, number>()
  parts.forEach(({ name, value }, index) => {
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    const number = kind === 'tool' ? { number: index + 1 } : {}
    found.set(`${count} ${name}`, { kind, name, ...number, text: jsonText(value) })
  })
  return found
}

function isReordered(before: ModelRequest, after: ModelRequest): boolean {
  return before.tools.some(({ name }, index) => after.tools[index]?.name !== name)
}

function instructionsDifference(
  before: readonly Message[],
  after: readonly Message[],
): Difference[] {
  const differences: Difference[] = []
  for (let index = 0; index < Math.max(before.length, after.length); index += 1) {
    const [one, two] = [instruction(before[index], index), instruction(after[index], index)]
    if (one?.text !== two?.text) differences.push(differenceOf(one, two))
  }
  return differences
}

function instruction(message: Message | undefined, index: number): Segment | undefined {
  if (message === undefined) return undefined
  const { role, value, given = value } = message
  return { kind: 'instructions', number: index + 1, role, text: jsonText(given) }
}

function messageRuns(before: readonly Message[], after: readonly Message[]): MessageRun[] {
  const [one, two] = [before.map(keyOf), after.map(keyOf)]
  const runs: MessageRun[] = []
  let [fromOne, fromTwo] = [0, 0]
  const add = (side: MessageRun['in'], count: number): void => {
    if (count === 0) return
    const messages =
      side === 'before'
        ? before.slice(fromOne, fromOne + count)
        : after.slice(fromTwo, fromTwo + count)
    runs.push({
      in: side,
      ...(side !== 'after' && { before: fromOne + 1 }),
      ...(side !== 'before' && { after: fromTwo + 1 }),
      messages,
    })
    if (side !== 'after') fromOne += count
    if (side !== 'before') fromTwo += count
  }
  // Most conversations only grow, and compacted ones have nothing in common: neither needs a search
  // for what both share.
  let shared = 0
  while (shared < one.length && one[shared] === two[shared]) shared += 1
  add('both', shared)
  const changes = diffArrays(one.slice(shared), two.slice(shared), { maxEditLength: MOST_EDITS })
  if (changes === undefined) {
    add('before', one.length - shared)
    add('after', two.length - shared)
    return runs
  }
  for (const { value, added, removed } of changes) {
    add(added ? 'after' : removed ? 'before' : 'both', value.length)
  }
  return runs
}

/** If more messages than this differ, all are treated as a different conversation. */
const MOST_EDITS = 1000

// The API's item ids differ from request to request if the agent leaves them out.
function keyOf({ role, value, given = value }: Message): string {
  return `${role} ${jsonText(given)}`
}
