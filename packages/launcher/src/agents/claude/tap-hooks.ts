import { Peers } from '../../network/peer.js'
import type { AgentStart } from '../../process/run-agent.js'
import type { HookMessage } from '../../taps/hooks/hook-tap.js'
import { HttpHookTap } from '../../taps/hooks/http-hook-tap.js'
import type { LateRecording } from '../../taps/late-recording.js'
import type { Heard } from '../agent.js'
import { optionsOf } from './options.js'
import type { RunSettings } from './settings.js'

export type HookTapOptions = {
  start: AgentStart
  settings: RunSettings
  /** Whether hooks from settings are disabled. */
  areHooksOff: boolean
  late: LateRecording
  /** What Claude Code reports to other taps. */
  heard: Heard
  onMessage: (message: HookMessage) => void
}

/**
 * Starts Claude Code with Tacho's hooks next to the user's own, which report what the user is asked
 * and when turns and tools begin. If this run allows none, the log says so.
 */
export async function tapHooks(options: HookTapOptions): Promise<AgentStart> {
  const { start, settings, late, heard, onMessage } = options
  const reason = reasonAgainst(options)
  if (reason !== undefined) {
    late.log('warn', 'tacho', `what the user is asked is told less exactly: ${reason}`)
    return start
  }
  try {
    const peers = await Peers.open()
    // All processes started here are the agent's.
    peers.agentIs(process.pid)
    const tap = await HttpHookTap.start({
      peers,
      onMessage,
      onTrouble: (words) => late.log('warn', 'tacho', `a hook may not be recorded: ${words}`),
    })
    const { secret } = tap
    if (secret !== undefined) late.with(({ scrubber }) => scrubber.learn(secret, 'tap'))
    const tapped = settings.adding({ hooks: hooksOf(tap.url, heard) })(start)
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

/** How many seconds Claude Code waits for Tacho, which answers in milliseconds or is gone. */
const PATIENCE_SECONDS = 5

// A turn or a question waits for each of these requests.
const ALWAYS = [
  ...['UserPromptSubmit', 'PermissionRequest', 'PermissionDenied'],
  ...['Elicitation', 'ElicitationResult'],
  ...['Stop', 'StopFailure', 'SubagentStart', 'SubagentStop', 'SessionEnd'],
]

// A tool waits for each of these, so they are used only if no other tap reports the same: that the
// model called it (which the requests say), that it began to run and how it ended (log events).
const BEFORE_A_TOOL = ['PreToolUse']
const AFTER_A_TOOL = ['PostToolUse', 'PostToolUseFailure']

function hooksOf(url: string, { logEvents, requests }: Heard): Record<string, unknown[]> {
  const hooks = [{ type: 'http', url, timeout: PATIENCE_SECONDS }]
  const events = [
    ...ALWAYS,
    ...(logEvents && requests ? [] : BEFORE_A_TOOL),
    ...(logEvents ? [] : AFTER_A_TOOL),
  ]
  return Object.fromEntries(events.map((event) => [event, [{ hooks }]]))
}
