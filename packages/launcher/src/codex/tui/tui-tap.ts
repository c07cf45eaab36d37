import type { Recording, Session } from '@tacho/recorder'
import type { AgentStart } from '../../agent-process/run-agent.js'
import { observeAppServer } from '../app-server/observer.js'
import { readConfig, valuesOf } from '../config.js'
import { codexHome } from '../home.js'
import { withOptions } from '../subcommand.js'
import { abilitiesOf, type TuiAbilities } from './abilities.js'
import { AppServers } from './app-servers.js'
import { chosenSession } from './chosen-session.js'
import { ClosingWords } from './closing-words.js'
import { openEndpoint } from './endpoint.js'
import { mayAskForLogin } from './login.js'
import { type NotRemote, type RemoteStart, remoteStartOf } from './remote-start.js'
import { throughScreen } from './screen.js'
import { sessionFolder } from './session-folder.js'
import { ToldThreads } from './told-threads.js'
import { WebSocketLines } from './web-socket-lines.js'

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
  const abilities = await abilitiesOf(start.command, start.environment)
  try {
    const remote = await remoteStart(start, abilities)
    if (!('reason' in remote)) return await startBehindUs(options, remote)
    tellWhyNot(recording, remote.reason)
  } catch (error) {
    tellWhyNot(recording, error instanceof Error ? error.message : String(error))
  }
  return abilities.noDaemon ? withoutDaemon(start) : start
}

async function remoteStart(
  { args, environment }: AgentStart,
  abilities: TuiAbilities,
): Promise<RemoteStart | NotRemote> {
  if (process.platform === 'win32') return { reason: 'that cannot be done on Windows yet' }
  if (!process.stdin.isTTY || !process.stdout.isTTY) return { reason: 'there is no terminal' }
  if (!abilities.remote) return { reason: 'this Codex has no --remote-auth-token-env' }
  const config = readConfig(args, environment)
  if (mayAskForLogin(config, environment)) return { reason: 'nobody is logged in to Codex yet' }
  const session = chosenSession(args)
  const folder =
    session.kind === 'named' ? await sessionFolder(codexHome(environment), session.id) : undefined
  return remoteStartOf({ args, config, cwd: process.cwd(), sessionFolder: folder })
}

function tellWhyNot(recording: Recording, reason: string): void {
  recording.log('warn', 'tacho', `what the user is asked and answers is not recorded: ${reason}`)
}

/** Our options would not reach the shared app-server; Codex does without it then, and warns. */
function withoutDaemon(start: AgentStart): AgentStart {
  const isSettled = ['--no-daemon', '--remote'].some(
    (name) => start.args.includes(name) || valuesOf(start.args, [name]).length > 0,
  )
  return isSettled ? start : { ...start, args: withOptions(start.args, ['--no-daemon']) }
}

// Named as if it were Codex's own: it is the TUI's to read, and no commands of the agent's see it.
const TOKEN_VARIABLE = 'CODEX_REMOTE_TOKEN'

async function startBehindUs(
  { start, recording, onThread }: TuiTapOptions,
  remote: RemoteStart,
): Promise<AgentStart> {
  const threads = new ToldThreads(recording)
  const servers = new AppServers({
    command: start.command,
    options: remote.server,
    environment: start.environment,
    cwd: remote.cwd,
    observe() {
      const observer = observeAppServer({ recording, onThread })
      return {
        ...observer,
        fromServer(line) {
          threads.fromServer(line)
          observer.fromServer(line)
        },
      }
    },
    onErrorLine: (line) => recording.log('info', 'codex', line),
    now: () => recording.now(),
  })
  const endpoint = await openEndpoint((socket) => servers.connect(new WebSocketLines(socket)))
  const close = async () => {
    endpoint.close()
    await servers.close()
  }
  const tui = {
    ...start,
    args: withOptions(remote.tui, [
      ...['--remote', endpoint.address],
      ...['--remote-auth-token-env', TOKEN_VARIABLE],
    ]),
    environment: { ...start.environment, [TOKEN_VARIABLE]: endpoint.token },
    cwd: remote.cwd,
    async onEnd() {
      await close()
      await start.onEnd?.()
    },
  }
  try {
    return await throughScreen(tui, new ClosingWords(endpoint.address, (id) => threads.of(id)))
  } catch (error) {
    await close()
    throw error
  }
}
