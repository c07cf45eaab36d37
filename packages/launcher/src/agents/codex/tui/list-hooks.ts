import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { list, record, text } from '@tacho/model'
import type { Program } from './known-programs.js'

// It takes 0.2 s; if Codex does not answer, it is assumed that it cannot.
const PATIENCE_MILLISECONDS = 3000

// Otherwise it would query its servers about the user's account, and fetch plugins, in Tacho's name
// (0.169).
const OFFLINE = ['-c', 'cli_auth_credentials_store="ephemeral"', '-c', 'features.plugins=false']

/**
 * Asks a Codex for its hooks with some options: the hash of each, by its key. Codex contacts nobody
 * else meanwhile. Returns undefined if it does not answer.
 */
export async function listHooks(
  { command, environment }: Program,
  options: readonly string[],
): Promise<Map<string, string> | undefined> {
  const server = spawn(command, ['app-server', ...OFFLINE, ...options], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: PATIENCE_MILLISECONDS,
    killSignal: 'SIGKILL',
  })
  try {
    return await ask(server)
  } finally {
    server.stdin?.end()
    server.kill()
  }
}

async function ask(server: ChildProcess): Promise<Map<string, string> | undefined> {
  const { stdin, stdout } = server
  if (stdin === null || stdout === null) return undefined
  server.on('error', () => stdout.destroy())
  stdin.on('error', () => {})
  const send = (message: object) => stdin.write(`${JSON.stringify(message)}\n`)
  const clientInfo = { name: 'tacho', title: 'Tacho', version: '1' }
  send({ id: 0, method: 'initialize', params: { clientInfo } })
  try {
    for await (const line of createInterface({ input: stdout })) {
      const { id, result, error } = JSON.parse(line) as Record<string, unknown>
      if (error !== undefined) return undefined
      if (id === 0) {
        send({ method: 'initialized' })
        send({ id: 1, method: 'hooks/list', params: { cwds: [process.cwd()] } })
      }
      if (id === 1) return hashesOf(record(result))
    }
  } catch {
    // Its output was not JSON, or broke off.
  }
  return undefined
}

function hashesOf(result: Record<string, unknown>): Map<string, string> {
  const hooks = list(result.data).flatMap((folder) => list(record(folder).hooks).map(record))
  return new Map(
    hooks.flatMap(({ key, currentHash }) => {
      const [name, hash] = [text(key), text(currentHash)]
      return name === undefined || hash === undefined ? [] : [[name, hash] as const]
    }),
  )
}
