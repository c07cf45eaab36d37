import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Recording } from '@tacho/recorder'
import { Peers } from '../../network/peer.js'
import type { AgentStart } from '../../process/run-agent.js'
import type { LateRecording } from '../../taps/late-recording.js'
import { ServerEventsTap } from '../../taps/server-events/server-events-tap.js'
import { withOptions } from '../with-options.js'
import type { OpencodeConfig } from './config.js'
import type { Conversations } from './conversation.js'
import { ServerEvents } from './server-events.js'
import { optionValue } from './subcommand.js'

export type ServerTapOptions = {
  start: AgentStart
  config: OpencodeConfig
  conversations: Conversations
  late: LateRecording
}

/**
 * Starts opencode with a server whose events Tacho receives: the user's if its port is set,
 * otherwise one on a free port, with a password that is otherwise kept secret.
 */
export async function tapServer(options: ServerTapOptions): Promise<AgentStart> {
  const { start, late, conversations } = options
  const server = await serverOf(options)
  if ('reason' in server) {
    late.log('warn', 'tacho', `what the user is asked is not recorded: ${server.reason}`)
    return start
  }
  const { password, port } = server
  if (password !== undefined) late.with(({ scrubber }) => scrubber.learn(password, 'tap'))
  const events = new ServerEvents(conversations)
  const peers = await Peers.open()
  peers.agentIs(process.pid)
  const { OPENCODE_SERVER_USERNAME: user = 'opencode' } = start.environment
  const tap = new ServerEventsTap({
    url: new URL(`http://127.0.0.1:${port}/global/event`),
    authorization: password === undefined ? undefined : basic(user, password),
    isAgents: (port) => peers.isAgentOn(port),
    onEvent: (text) => late.with((recording: Recording) => events.take(text, recording)),
    onTrouble: (words) =>
      late.log('warn', 'tacho', `what the user is asked may not be recorded: ${words}`),
  })
  return {
    ...start,
    args: [...server.args],
    environment: { ...start.environment, ...server.environment },
    async onEnd() {
      await start.onEnd?.()
      tap.close()
      peers.close()
      if (!tap.hasHeard) late.log('warn', 'tacho', 'opencode has told nothing of what it did')
    },
  }
}

type Server = {
  port: number
  password: string | undefined
  args: readonly string[]
  environment: NodeJS.ProcessEnv
}

async function serverOf({ start, config }: ServerTapOptions): Promise<Server | { reason: string }> {
  const { args, environment } = start
  const password = environment.OPENCODE_SERVER_PASSWORD || undefined
  const chosen = optionValue(args, '--port') ?? config.server.port
  if (chosen !== undefined) {
    const port = Number(chosen)
    // The user's own server stays as it is, even without a password, because others need to reach
    // it.
    return Number.isInteger(port) && port > 0 && port < 65_536
      ? { port, password, args, environment: {} }
      : { reason: 'the port of its server is not known' }
  }
  const isOthers =
    ['--hostname', '--mdns'].some((name) => args.some((one) => one.startsWith(name))) ||
    config.server.hostname !== undefined ||
    config.server.mdns === true
  if (isOthers) return { reason: 'its server is for others, and its port is not known' }
  const port = await freePort()
  const own = password ?? randomBytes(24).toString('base64url')
  return {
    port,
    password: own,
    args: withOptions(args, ['--port', String(port)]),
    environment: { OPENCODE_SERVER_PASSWORD: own },
  }
}

// Another program could take the port before opencode does, and opencode would not start. The
// system never assigns the same port twice in a row.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}
