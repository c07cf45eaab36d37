import { stripVTControlCharacters } from 'node:util'
import type { Recording, Session } from '@tacho/recorder'
import type { AgentStart } from '../../agent-process/run-agent.js'
import { observeAppServer } from '../app-server/observer.js'
import { withOptions } from '../subcommand.js'
import { AppServers } from './app-servers.js'
import { ClosingWords } from './closing-words.js'
import { openEndpoint } from './endpoint.js'
import type { RemoteStart } from './remote-start.js'
import { throughScreen } from './screen.js'
import { ToldThreads } from './told-threads.js'
import { WebSocketLines } from './web-socket-lines.js'

export type BehindUsOptions = {
  start: AgentStart
  remote: RemoteStart
  recording: Recording
  onThread: (threadId: string, session: Session) => void
  /** Rejects where the TUI cannot be started so after all. */
  confirmed: Promise<void>
}

// Named as if it were Codex's own: it is the TUI's to read, and no commands of the agent's see it.
const TOKEN_VARIABLE = 'CODEX_REMOTE_TOKEN'

/**
 * The start of a TUI that talks with an app-server of ours through us. The app-server gets ready
 * while the rest is.
 *
 * @throws where it cannot be; nothing is left running then.
 */
export async function startBehindUs(options: BehindUsOptions): Promise<AgentStart> {
  const { start, remote, confirmed } = options
  const threads = new ToldThreads(options.recording)
  const servers = appServers(options, threads)
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
    const closingWords = new ClosingWords(endpoint.address, (id) => threads.of(id))
    const [drawn] = await Promise.all([throughScreen(tui, closingWords), confirmed])
    return drawn
  } catch (error) {
    await close()
    throw error
  }
}

function appServers(
  { start, remote, recording, onThread }: BehindUsOptions,
  threads: ToldThreads,
): AppServers {
  return new AppServers({
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
    onErrorLine: (line) => recording.log('info', 'codex', stripVTControlCharacters(line)),
    now: () => recording.now(),
  })
}
