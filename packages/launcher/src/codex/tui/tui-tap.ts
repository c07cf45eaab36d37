import type { Recording, Session } from '@tacho/recorder'
import type { AgentStart } from '../../agent-process/run-agent.js'
import { readConfig, valuesOf } from '../config.js'
import { codexHome } from '../home.js'
import { withOptions } from '../subcommand.js'
import { abilitiesOf, type TuiAbilities } from './abilities.js'
import { startBehindUs } from './behind-us.js'
import { chosenSession } from './chosen-session.js'
import { mayAskForLogin } from './login.js'
import { type NotRemote, type RemoteStart, remoteStartOf } from './remote-start.js'
import { sessionFolder } from './session-folder.js'

export type TuiTapOptions = {
  start: AgentStart
  recording: Recording
  onThread: (threadId: string, session: Session) => void
}

/**
 * The start of Codex's TUI with an app-server of ours, whose messages pass through us: all that the
 * user is asked, answers and interrupts. Where this Codex or this start does not allow that, the log
 * says so, and the TUI is its own app-server.
 */
export async function tapTui(options: TuiTapOptions): Promise<AgentStart> {
  const { start, recording } = options
  const abilities = abilitiesOf(start.command, start.environment)
  try {
    const remote = await remoteStart(start)
    if ('reason' in remote) throw new Error(remote.reason)
    return await startBehindUs({ ...options, remote, confirmed: requireRemote(abilities) })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const words = `what the user is asked and answers is not recorded: ${reason}`
    recording.log('warn', 'tacho', words)
    return (await abilities).noDaemon ? withoutDaemon(start) : start
  }
}

async function remoteStart({ args, environment }: AgentStart): Promise<RemoteStart | NotRemote> {
  if (process.platform === 'win32') return { reason: 'that cannot be done on Windows yet' }
  if (!process.stdin.isTTY || !process.stdout.isTTY) return { reason: 'there is no terminal' }
  const config = readConfig(args, environment)
  if (mayAskForLogin(config, environment)) return { reason: 'nobody is logged in to Codex yet' }
  const session = chosenSession(args)
  const folder =
    session.kind === 'named' ? await sessionFolder(codexHome(environment), session.id) : undefined
  return remoteStartOf({ args, config, cwd: process.cwd(), sessionFolder: folder })
}

async function requireRemote(abilities: Promise<TuiAbilities>): Promise<void> {
  if (!(await abilities).remote) throw new Error('this Codex has no --remote-auth-token-env')
}

/** Our options would not reach the shared app-server; Codex does without it then, and warns. */
function withoutDaemon(start: AgentStart): AgentStart {
  const isSettled = ['--no-daemon', '--remote'].some(
    (name) => start.args.includes(name) || valuesOf(start.args, [name]).length > 0,
  )
  return isSettled ? start : { ...start, args: withOptions(start.args, ['--no-daemon']) }
}
