import { createServer, Socket } from 'node:net'
import { join } from 'node:path'
import type { SessionOnDisk } from '../../../agents/session-on-disk.js'
import { standIn } from '../../../agents/stand-in.js'
import { type Workplace, workplace } from '../../../agents/workplace.js'
import type { Running } from '../../../host/index.js'
import { Output } from '../../../host/output.js'

/** A program in the place of `codex app-server` whose standard input and output belong to a test. */
const RELAY = `
const socket = require('node:net').connect({ path: process.env.ENDS, allowHalfOpen: true })
process.stdin.pipe(socket)
socket.pipe(process.stdout)
socket.on('end', () => process.stdin.destroy())
`

/** Controls both ends of the tap: what one says must be what the other hears. */
export type Ends = {
  place: Workplace
  /** The client's side: its standard input and output are Tacho's. */
  client: Running
  /** The app-server's side; whatever is written here, it says. */
  server: Socket
  /** What the app-server has heard. */
  heard: Output
  /** Says a message on the server's side and waits until the client has it. */
  serverSays(message: object): Promise<void>
  /** Says a message on the client's side and waits until the server has it. */
  clientSays(message: object): Promise<void>
  /** Ends both sides, and returns what was recorded. */
  finish(): Promise<SessionOnDisk>
  [Symbol.asyncDispose](): Promise<void>
}

/** Starts `tacho codex app-server --persist-session` between two ends. */
export async function ends(args: readonly string[] = ['--persist-session']): Promise<Ends> {
  const listener = createServer({ allowHalfOpen: true })
  const place = await workplace([{}], { codex: standIn(RELAY) })
  const path = join(place.home.root, 'ends')
  const connected = new Promise<Socket>((resolve) => listener.once('connection', resolve))
  await new Promise<void>((resolve) => listener.listen(path, resolve))
  const env = { ...place.environment, ENDS: path }
  const client = place.startTacho(['codex', 'app-server', ...args], { env })
  const server = await Promise.race([connected, client.ended])
  if (!(server instanceof Socket)) {
    throw new Error(`Tacho ended before the app-server was there:\n${server.stderr.toString()}`)
  }
  server.on('error', () => {})
  const heard = new Output(server)
  return {
    place,
    client,
    server,
    heard,
    async serverSays(message) {
      const line = `${JSON.stringify(message)}\n`
      server.write(line)
      await client.stdout.containing(line)
    },
    async clientSays(message) {
      const line = `${JSON.stringify(message)}\n`
      client.stdin.write(line)
      // A trace member may come right after its first brace.
      await heard.containing(line.slice(1))
    },
    async finish() {
      client.stdin.end()
      server.end()
      await client.ended
      return place.session()
    },
    async [Symbol.asyncDispose]() {
      listener.close()
      server.destroy()
      await client[Symbol.asyncDispose]()
      await place[Symbol.asyncDispose]()
    },
  }
}
