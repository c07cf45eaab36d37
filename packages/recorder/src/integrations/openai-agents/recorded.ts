import { type Ending, follow } from '../../api/follow.js'
import { isSignal, OpenTurn } from '../../api/open-turn.js'
import { memberOf } from '../../api/plain.js'
import { kept, tell, words, wordsIn } from '../../api/tell.js'
import { currentPlace, placeStorage } from '../../api/within.js'
import { newSpanId } from '../../ids.js'
import { type HostRecording, hostRecording } from '../../register/host-recording.js'
import { AgentsApprovals } from './approvals.js'
import { inputOf } from './calls.js'

/** The members of `@openai/agents`' `Runner` (0.20) that this uses. */
type RunnerLike = {
  // biome-ignore lint/suspicious/noExplicitAny: it is another package's, whose types are not ours.
  run: (...given: any[]) => any
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  on: (...given: any[]) => any
}

const PART = 'the integration of @openai/agents'

/** Runners that are already recorded. */
const known = new WeakSet<object>()

/**
 * Records what a runner of `@openai/agents` does, if this process is recorded: each run as a turn,
 * its tools, its interruptions as approvals, and aborts.
 *
 * @example
 * import { Runner } from '@openai/agents'
 * import { recorded } from 'tacho/openai-agents'
 *
 * const runner = recorded(new Runner())
 *
 * @returns the same runner.
 */
export function recorded<Runner extends RunnerLike>(runner: Runner): Runner {
  const host = hostRecording()
  if (host === undefined || known.has(runner)) return runner
  known.add(runner)
  host.barrier.do(PART, () => {
    listenToTools(host, runner)
    runner.run = following(host, runner)
  })
  return runner
}

/** Wraps the runner's `run` so that each run is a turn. */
function following(host: HostRecording, runner: RunnerLike): RunnerLike['run'] {
  const { run } = runner
  const approvals = new AgentsApprovals(host)
  return function (this: unknown, agent: unknown, input: unknown, ...more: unknown[]) {
    const signal = memberOf(more[0], 'signal')
    const turn = approvals.turnOf(input) ?? beginning(host, runner, agent)
    if (isSignal(signal)) turn.listenTo(signal)
    const work = () => run.call(this, agent, input, ...more) as Promise<unknown>
    return turn.run(() => follow(() => work().then(settledBy(turn)), failedIn(turn)))
  }

  /** A streaming run continues after it has returned its result. */
  function settledBy(turn: OpenTurn): (result: unknown) => unknown {
    const settle = (result: unknown) => {
      host.barrier.do(PART, () => {
        if (!approvals.askedBy(result, turn))
          turn.end({ outcome: 'completed' }, memberOf(result, 'cancelled') === true)
      })
      return result
    }
    return (result) => {
      const completed = memberOf(result, 'completed')
      if (!(completed instanceof Promise)) return settle(result)
      // The package handles its rejection itself.
      follow(() => completed.then(() => settle(result)), failedIn(turn)).catch(() => {})
      return result
    }
  }
}

/** Ends a turn that did not complete; one that did may wait for an approval. */
function failedIn(turn: OpenTurn): (ending: Ending) => void {
  return (ending) => {
    if (ending.outcome !== 'completed') turn.end(ending)
  }
}

function beginning(host: HostRecording, runner: RunnerLike, agent: unknown): OpenTurn {
  return new OpenTurn(host, {
    name: wordsIn(agent, 'name'),
    thread: wordsIn(memberOf(runner, 'config'), 'groupId'),
    signal: undefined,
  })
}

/** The runner announces a tool in the asynchronous context in which it then runs it. */
function listenToTools(host: HostRecording, runner: RunnerLike): void {
  const storage = placeStorage(host)
  runner.on('agent_tool_start', (_context: unknown, _agent: unknown, tool: unknown, of: unknown) =>
    host.barrier.do(PART, () => {
      const { within: _, ...place } = currentPlace()
      const callId = callIdOf(of)
      tell(host, 'tool-started', () => ({
        ...place,
        within: undefined,
        callId,
        name: wordsIn(tool, 'name') ?? 'tool',
        input: inputOf(memberOf(of, 'toolCall')),
      }))
      storage.enterWith({ ...place, within: callId })
    }),
  )
  runner.on('agent_tool_end', (...given: unknown[]) =>
    host.barrier.do(PART, () => {
      const { within: _, ...place } = currentPlace()
      const error = currentError()
      tell(host, 'tool-ended', () => ({
        ...place,
        within: undefined,
        callId: callIdOf(given[4]),
        outcome: error === undefined ? ('completed' as const) : ('failed' as const),
        error,
        exitCode: undefined,
      }))
      storage.enterWith(place)
    }),
  )
  runner.on('agent_handoff', (_context: unknown, from: unknown, to: unknown) => {
    const place = currentPlace()
    const names = { from: memberOf(from, 'name'), to: memberOf(to, 'name') }
    tell(host, 'note', () => ({ ...place, note: 'handoff', details: kept(names) }))
  })
}

function callIdOf(of: unknown): string {
  return wordsIn(memberOf(of, 'toolCall'), 'callId') ?? newSpanId()
}

const TRACING = Symbol.for('openai.agents.core.asyncLocalStorage')

/**
 * Returns the error of the tool that is ending. The model and the listeners only get it as text;
 * the error itself is on the span of the package's own tracing, if that is on.
 */
function currentError(): string | undefined {
  const tracing = memberOf(globalThis, TRACING as unknown as string)
  const { getStore } = (tracing ?? {}) as { getStore?: () => unknown }
  const error = memberOf(memberOf(getStore?.call(tracing), 'span'), 'error')
  if (error === undefined || error === null) return undefined
  return wordsIn(memberOf(error, 'data'), 'error') ?? wordsIn(error, 'message') ?? words(error)
}
