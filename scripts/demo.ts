import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runInOwnNetwork } from './own-network.js'
import { ProgramError, programPath } from './programs/index.js'

const DEMOS = {
  codex: { program: 'codex', play: 'demo/play.js' },
  claude: { program: 'claude', play: 'demo/play.js' },
  node: { program: 'sdks', play: 'demo/node/play.js' },
} as const

process.exitCode = await main(process.argv[2])

/**
 * `npm run demo`: installs Codex if it is missing and records it, with no network. `-- claude` does
 * the same with Claude Code, `-- node` with an agent that is a Node program.
 */
async function main(what = 'codex'): Promise<number> {
  if (!isDemo(what)) {
    process.stderr.write('Usage: npm run demo, npm run demo -- claude, or npm run demo -- node\n')
    return 2
  }
  try {
    const { program, play } = DEMOS[what]
    const path = join(dirname(fileURLToPath(import.meta.url)), play)
    const words = [process.execPath, path, await programPath(program), what]
    return await runInOwnNetwork(words, 'The demo runs')
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}

function isDemo(what: string): what is keyof typeof DEMOS {
  return Object.hasOwn(DEMOS, what)
}
