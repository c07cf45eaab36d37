import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { repository } from './place.js'

/** A running scripted model, and the settings with which Codex talks to it. */
export type Model = { baseUrl: string; settings: string; [Symbol.dispose](): void }

/**
 * Starts the scripted model as a separate process, like `npm run scripted-model`, for Codex's
 * built-in provider and its WebSocket.
 *
 * @param story a JSON file with its answers in order.
 */
export async function startModel(story: string): Promise<Model> {
  const command = join(repository, 'test/dist/scripted-model/command.js')
  const child = spawn(process.execPath, [command, '--web-socket', '--script', story], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  // It must not outlive a demo that is stopped.
  process.once('exit', () => child.kill())
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1))
  return { ...(await introductionOf(child)), [Symbol.dispose]: () => void child.kill() }
}

/** What it prints once ready: its base URL on the first line, then the settings for Codex. */
function introductionOf(child: ChildProcess): Promise<{ baseUrl: string; settings: string }> {
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (bytes: Buffer) => {
      text += bytes.toString()
      if (!text.includes('wire_api')) return
      const baseUrl = /http\S+/.exec(text)?.[0] ?? ''
      resolve({ baseUrl, settings: text.slice(text.indexOf('\n') + 1) })
    })
    child.on('error', reject)
    child.on('exit', () => reject(new Error('The scripted model did not start.')))
  })
}
