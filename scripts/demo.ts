import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInOwnNetwork } from './own-network.js'
import { ProgramError, programPath } from './programs/index.js'

process.exitCode = await main(process.argv[2])

/**
 * `npm run demo`: installs Codex where it is missing, and records it with no network around. With
 * `-- node` the same for an agent that is a Node program.
 */
async function main(what: string | undefined): Promise<number> {
  if (what !== undefined && what !== 'node') {
    process.stderr.write('Usage: npm run demo, or npm run demo -- node\n')
    return 2
  }
  try {
    const needed = await programPath(what === 'node' ? 'openai-agents' : 'codex')
    const play = join(dirname(fileURLToPath(import.meta.url)), playOf(what))
    return await runInOwnNetwork([process.execPath, play, needed], 'The demo runs')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}

function playOf(what: string | undefined): string {
  return what === 'node' ? 'demo/node/play.js' : 'demo/play.js'
}
