import { Peers } from '../../network/peer.js'
import type { AgentStart } from '../../process/run-agent.js'
import type { HookMessage } from '../../taps/hooks/hook-tap.js'
import { HttpHookTap } from '../../taps/hooks/http-hook-tap.js'
import type { LateRecording } from '../../taps/late-recording.js'
import { optionsOf } from './options.js'
import type { RunSettings } from './settings.js'

export type HookTapOptions = {
  start: AgentStart
  settings: RunSettings
  /** No hooks of settings run. */
  areHooksOff: boolean
  late: LateRecording
  /** Claude Code's log events tell how each tool ended. */
  hearsLogEvents: boolean
  onMessage: (message: HookMessage) => void
}

/**
 * The start of Claude Code with hooks of ours beside the user's own, which tell what the user is asked
 * and when turns and tools begin. Where this run allows none, the log says so.
 */
export async function tapHooks(options: HookTapOptions): Promise<AgentStart> {
  const { start, settings, late, hearsLogEvents, onMessage } = options
  const reason = reasonAgainst(options)
  if (reason !== undefined) {
    late.log('warn', 'tacho', `what the user is asked is told less exactly: ${reason}`)
    return start
  }
  try {
    const peers = await Peers.open()
    // All that we start is the agent's.
    peers.agentIs(process.pid)
    const tap = await HttpHookTap.start({
      peers,
      onMessage,
      onTrouble: (words) => late.log('warn', 'tacho', `a hook may not be recorded: ${words}`),
    })
    const { secret } = tap
    if (secret !== undefined) late.with(({ scrubber }) => scrubber.learn(secret, 'tap'))
    const tapped = settings.adding({ hooks: hooksOf(tap.url, hearsLogEvents) })(start)
    return {
      ...start,
      ...tapped,
      async onEnd() {
        await start.onEnd?.()
        tap.close()
        peers.close()
      },
    }
  } catch (error) {
    late.log('warn', 'tacho', `what the user is asked is told less exactly: ${String(error)}`)
    return start
  }
}

function reasonAgainst({ start, areHooksOff }: HookTapOptions): string | undefined {
  if (areHooksOff) return 'the hooks of this Claude Code are switched off'
  const { options } = optionsOf(start.args)
  const option = ['--bare', '--safe-mode'].find((name) => options.has(name))
  return option === undefined ? undefined : `with ${option} there are no hooks`
}

/** How long Claude Code waits for us, in seconds: we answer in milliseconds, or are gone. */
const PATIENCE_SECONDS = 5

// Each is a request that a tool or a turn waits for: where log events tell the same, there is none.
const ALWAYS = [
  ...['UserPromptSubmit', 'PreToolUse', 'PermissionRequest', 'PermissionDenied'],
  ...['Stop', 'StopFailure', 'SubagentStart', 'SubagentStop', 'SessionEnd'],
]

function hooksOf(url: string, hearsLogEvents: boolean): Record<string, unknown[]> {
  const hooks = [{ type: 'http', url, timeout: PATIENCE_SECONDS }]
  const events = hearsLogEvents ? ALWAYS : [...ALWAYS, 'PostToolUse', 'PostToolUseFailure']
  return Object.fromEntries(events.map((event) => [event, [{ hooks }]]))
}
