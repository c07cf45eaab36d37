import { cut } from '@tacho/format'
import type { Recording } from '@tacho/recorder'

/**
 * Records which calls Gemini CLI's policy was asked about, from lines of its debug log (0.61):
 * `[<time>] [DEBUG] [PolicyEngine.check] toolCall.name: <name>, stringifiedArgs: <JSON>`. It is
 * asked twice about a call that the user must approve: the second time for the dialog.
 */
export function recordPolicyCheck(line: string, sessionId: string, recording: Recording): void {
  const [, time = '', name = '', args = ''] = CHECK.exec(line) ?? []
  const at = Date.parse(time)
  if (name === '' || Number.isNaN(at)) return
  recording.session(sessionId).event({
    kind: 'log-event',
    name: 'policy_check',
    happenedAt: at * 1000,
    attributes: {
      tool_name: name,
      // Scrubbed before it is cut, because half of a secret would not be recognized.
      args: cut(recording.scrubber.text(args), ARGS_CHARACTERS),
    },
  })
}

/** Whether a line may be a policy check: the log's other lines are many, and long. */
export function isPolicyCheck(line: string): boolean {
  return line.startsWith('[') && line.slice(0, 100).includes('[PolicyEngine.check] toolCall.name: ')
}

const CHECK =
  /^\[([^\]]{1,40})\] \[DEBUG\] \[PolicyEngine\.check\] toolCall\.name: ([^\s,]{1,200}), stringifiedArgs: (.*)$/s

/** Commands are short; longer texts are contents. */
const ARGS_CHARACTERS = 4096
