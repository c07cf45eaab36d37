import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { standIn } from '../agents/stand-in.js'
import { workplace } from '../agents/workplace.js'
import { type Ended, repositoryRoot } from '../host/index.js'
import { extent, isSoak } from './extent.js'

const PRELOAD = pathToFileURL(
  join(repositoryRoot, 'test/dist/faults/programs/failing-disk.js'),
).href
const CODES = ['ENOSPC', 'EIO', 'EDQUOT', 'EROFS', 'EMFILE', 'EACCES', 'EBADF']
const sums = { runs: 0 }
afterAll(() =>
  console.log(
    `host: ${sums.runs} runs of an agent with a failing disk, output, bytes and exit code as without Tacho`,
  ),
)

// It prints every byte that it receives, and ends with an exit code of its own.
const AGENT = `
(async () => {
  for (const text of ['one', 'two']) process.stdout.write(await ask(text))
  process.stderr.write('agent: done\\n')
  process.exitCode = 7
})()
`

test('a disk that fails at any call changes nothing for the host', async () => {
  const codex = standIn(AGENT)
  const script = Array.from({ length: 4 }, () => ({ text: 'Hello from the model.', deltas: 5 }))
  const alone = await runOf(codex, script, undefined)
  const clean = await runOf(codex, script, {
    first: Number.MAX_SAFE_INTEGER,
    code: '',
    isLasting: false,
  })
  expect(hostOf(clean)).toEqual(hostOf(alone))
  const calls = Number(/calls to the disk: (\d+)/.exec(clean.stderr.toString())?.[1])
  expect(calls).toBeGreaterThan(30)
  for (const [index, first] of spread(calls, extent(10, calls)).entries()) {
    for (const isLasting of isSoak ? [false, true] : [index % 2 === 0]) {
      const code = CODES[index % CODES.length] ?? 'EIO'
      const ended = await runOf(codex, script, { first, code, isLasting })
      sums.runs += 1
      expect(hostOf(ended), `${code} at call ${first} of ${calls}`).toEqual(hostOf(alone))
    }
  }
}, 900_000)

type Fault = { first: number; code: string; isLasting: boolean }

/** Runs the agent alone, or under record with a failing disk. */
async function runOf(
  codex: string,
  script: { text: string; deltas: number }[],
  fault: Fault | undefined,
): Promise<Ended> {
  await using place = await workplace(script, { codex })
  const env = { ...place.environment, STAND_IN_BASE: place.model.baseUrl }
  if (fault === undefined) return await place.alone(['exec', 'hello'], { env })
  const folder = join(place.home.codexHome, 'sessions')
  return await place.tacho(['codex', 'exec', '--persist-session', 'hello'], {
    env: {
      ...env,
      NODE_OPTIONS: `--import=${PRELOAD}`,
      TACHO_FAILING_DISK: JSON.stringify({ folder, ...fault }),
    },
  })
}

/** What the host's user sees, without ids and times that the scripted model makes anew. */
function hostOf({ stdout, stderr, exitCode, signal }: Ended): object {
  const agentSaid = stderr
    .toString()
    .split('\n')
    .filter((line) => line.startsWith('agent: '))
  const received = stdout
    .toString()
    .replaceAll(/"(id|item_id|created_at)":("[^"]*"|\d+)/g, '"$1":0')
  return { received, agentSaid, exitCode, signal }
}

function spread(calls: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => 1 + Math.floor((index * calls) / count))
}
