import { type Ending, endingBy, follow } from '../../api/follow.js'
import { isSignal, OpenTurn } from '../../api/open-turn.js'
import { memberOf } from '../../api/plain.js'
import { wordsIn } from '../../api/tell.js'
import { type HostRecording, hostRecording } from '../../register/host-recording.js'
import { AiApprovals } from './approvals.js'
import { listener, listenToAll, withListener } from './telemetry.js'
import { Turns } from './turns.js'
import { UnreadStreams } from './unread-streams.js'

// biome-ignore lint/suspicious/noExplicitAny: it is another package's, whose types are not ours.
type AnyFunction = (this: unknown, ...given: any[]) => any

const PART = 'the integration of the AI SDK'

/**
 * The functions of the SDK, or methods of its agents, that begin a turn; the ones that return a
 * stream are below.
 */
const WHOLE = ['generateText', 'generateObject', 'generate']
const STREAMED = ['streamText', 'stream']

/** Agents that are already recorded. */
const known = new WeakSet<object>()

/**
 * Records what Vercel's AI SDK (`ai`, 6 and 7) does in this process, if it is recorded: each
 * `generateText`, `streamText` and `generateObject` as a turn, its tools, its approvals, and
 * aborts. Otherwise returns its argument unchanged.
 *
 * @example
 * import * as ai from 'ai'
 * import { recorded } from 'tacho/ai-sdk'
 *
 * const { generateText, streamText } = recorded(ai)
 *
 * @param sdk the whole package; or an agent (`ToolLoopAgent`), whose methods are replaced.
 * @returns a copy of the package with recorded functions; for an agent, the agent itself.
 */
export function recorded<Sdk extends object>(sdk: Sdk): Sdk {
  const host = hostRecording()
  if (host === undefined || known.has(sdk)) return sdk
  const isAgent = typeof memberOf(sdk, 'generate') === 'function'
  const telling = (isAgent ? sdk : { ...sdk }) as Record<string, unknown>
  known.add(telling)
  host.barrier.do(PART, () => {
    const parts = partsOf(host)
    for (const name of [...WHOLE, ...STREAMED]) {
      const own = memberOf(sdk, name)
      if (typeof own !== 'function') continue
      const isStreamed = STREAMED.includes(name)
      telling[name] = following(own as AnyFunction, { ...parts, host, name, isStreamed, sdk })
    }
  })
  return telling as Sdk
}

type Parts = { turns: Turns; approvals: AiApprovals; unread: UnreadStreams }

let shared: Parts | undefined

/** Shared by all that is recorded: another function may continue a waiting turn. */
function partsOf(host: HostRecording): Parts {
  if (shared !== undefined) return shared
  const approvals = new AiApprovals(host)
  const turns = new Turns(approvals)
  listenToAll(host, turns)
  const over = (turn: OpenTurn) =>
    host.barrier.do(PART, () => turns.over(turn, { outcome: 'cancelled' }))
  shared = { turns, approvals, unread: new UnreadStreams(over) }
  return shared
}

type How = Parts & {
  host: HostRecording
  name: string
  /** Whether the call returns a stream, which outlives it. */
  isStreamed: boolean
  sdk: object
}

/** Wraps a function so that its calls are turns. */
function following(own: AnyFunction, how: How): AnyFunction {
  const { host, turns, isStreamed, unread } = how
  return function (this: unknown, options: unknown, ...more: unknown[]) {
    const { turn, given } = begun(how, options)
    if (turn === undefined) return own.call(this, options, ...more)
    const work = () => {
      const result = own.call(this, given, ...more)
      return isStreamed ? unread.watch(result, turn) : ended(result, turn)
    }
    return turn.run(() => follow(work, failedIn(turn)))
  }

  async function ended(result: PromiseLike<unknown>, turn: OpenTurn): Promise<unknown> {
    const value = await result
    host.barrier.do(PART, () => turns.over(turn, { outcome: 'completed' }, value))
    return value
  }

  function failedIn(turn: OpenTurn): (ending: Ending) => void {
    return (ending) => {
      if (ending.outcome !== 'completed') turns.over(turn, ending)
    }
  }
}

/** Returns the turn of a call and the options to pass on; no turn if recording it fails. */
function begun(how: How, options: unknown): { turn?: OpenTurn; given?: unknown } {
  let begun = {}
  how.host.barrier.do(PART, () => {
    const turn = how.approvals.answeredBy(options) ?? beginning(how, options)
    const signal = memberOf(options, 'abortSignal')
    if (isSignal(signal)) turn.listenTo(signal)
    how.turns.add(turn, how.isStreamed)
    begun = { turn, given: how.isStreamed ? withEnds(options, how, turn) : options }
  })
  return begun
}

function beginning({ host, name }: How, options: unknown): OpenTurn {
  const telemetry = memberOf(options, 'telemetry') ?? memberOf(options, 'experimental_telemetry')
  return new OpenTurn(host, {
    name: wordsIn(telemetry, 'functionId') ?? name,
    thread: undefined,
    signal: undefined,
  })
}

/** Adds callbacks for the end of a stream where the SDK's telemetry does not report it. */
function withEnds(options: unknown, { host, sdk, turns }: How, turn: OpenTurn): unknown {
  if (typeof options !== 'object' || options === null) return options
  // Version 7 reports all ends, but per-call listeners replace all the others.
  if (memberOf(sdk, 'registerTelemetryIntegration') === undefined)
    return withListener(options, listener(host, turns))
  const over = (ending: Ending) => host.barrier.do(PART, () => turns.over(turn, ending))
  const { onAbort, onError } = options as Record<string, AnyFunction | undefined>
  return {
    ...options,
    onAbort(...given: unknown[]) {
      over({ outcome: 'cancelled' })
      return onAbort?.apply(this, given)
    },
    onError(...given: unknown[]) {
      over(endingBy(memberOf(given[0], 'error')))
      return (onError ?? printed).apply(this, given)
    },
  }
}

/** What version 6 does with an error if there is no listener. */
const printed: AnyFunction = ({ error }) => console.error(error)
