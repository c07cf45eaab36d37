import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInOwnNetwork } from './own-network.js'
import { ProgramError, programPath } from './programs/index.js'

process.exitCode = await main()

/** `npm run demo`: installs Codex where it is missing, and records it with no network around. */
async function main(): Promise<number> {
  try {
    const codex = await programPath('codex')
    const play = join(dirname(fileURLToPath(import.meta.url)), 'demo/play.js')
    return await runInOwnNetwork([process.execPath, play, codex], 'The demo runs')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}
