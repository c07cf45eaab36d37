import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AGENTS } from '@tacho/launcher'
import { expect, test } from 'vitest'
import { parrotsPlace } from '../agents/stand-in-agent/place.js'
import { EXEC, workplace } from '../agents/workplace.js'
import { SCRIPTED_KEY, tachoCommand } from '../host/index.js'
import { startCollector } from '../launcher/taps/otlp/collector.js'
import { execCommand } from '../scripted-model/index.js'
import { type Canary, canaryOf, foundIn, shapedCanaries } from './canaries.js'
import { everyByteOf, everythingPrinted, muchPrinted, SAYS_NOTHING } from './everything-printed.js'

const SHAPED = shapedCanaries()
/** Recognizable only by value: they match no shape. */
const KNOWN = Array.from({ length: 24 }, (_, index) =>
  canaryOf(
    `TEAM_${index}_TOKEN`,
    `quiet${index}Value${((index + 7) * 7654321).toString(36)}Zq${index}x4Ty7Rw2Pk`,
  ),
)
const CANARIES = [...SHAPED, ...KNOWN, canaryOf('SCRIPTED_KEY', SCRIPTED_KEY)]
const ENVIRONMENT = Object.fromEntries(KNOWN.map(({ name, text }) => [name, text]))

/** The canaries for one turn: every nth, so that each place has different ones. */
function share(
  places: number,
  place: number,
  of: readonly Canary[] = [...SHAPED, ...KNOWN],
): Canary[] {
  return of.filter((_, index) => index % places === place)
}

const linesOf = (canaries: readonly Canary[]) => canaries.map(({ text }) => text).join('\n')
const isOneLine = ({ text }: Canary) => !/['\n]/.test(text)

test('no canary of a session of the real Codex is on disk, over OTLP, or in what a command prints', async () => {
  expect(CANARIES.length).toBeGreaterThanOrEqual(60)
  await using collector = await startCollector()
  const inFile = linesOf(share(5, 2))
  const commands = 'cat notes.txt; cat -n notes.txt; env | sort'
  const argument = linesOf(share(5, 1).filter(isOneLine))
  await using place = await workplace(
    [
      { text: linesOf(share(5, 0)), deltas: 40, calls: [execCommand(commands)] },
      { calls: [execCommand(`printf '%s' '${argument}'`)], reasoning: linesOf(share(5, 3)) },
      {
        status: 400,
        body: JSON.stringify({ error: { message: linesOf(share(5, 4)), code: GITHUB } }),
      },
    ],
    { environment: { ...ENVIRONMENT, ...sendsTo(collector.url) } },
  )
  const cwd = join(place.home.cwd, GITHUB)
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'notes.txt'), inFile)
  const ended = await place.tacho([
    ...['codex', ...EXEC, '--persist-session', '--debug-log', '-C', cwd],
    ...['-c', `model_providers.scripted.query_params={"q"="${KNOWN[3]?.text}"}`],
    ...['-c', `model_providers.scripted.http_headers={"X-Note"="${SHAPED[7]?.text}"}`],
    `Keep these: ${linesOf(CANARIES)}`,
  ])
  expect(ended.exitCode).toBe(1)
  const sent = place.model.modelExchanges
    .map(({ requestBody }) => requestBody.toString())
    .join('\n')
  // The reverse, so that this test can fail: all of them were there, and came back.
  const asSent = CANARIES.filter(({ text }) => !sent.includes(JSON.stringify(text).slice(1, -1)))
  expect(asSent.map(({ name }) => name)).toEqual([])
  const root = join(place.home.codexHome, 'sessions')
  const printed = await everythingPrinted({
    tacho: (...words) => place.tacho(words),
    command: tachoCommand as [string, ...string[]],
    root,
    scratch: join(place.home.root, 'scratch'),
  })
  // A new command must be added here.
  const { stdout } = await place.tacho(['--help'])
  const known = [...printed.keys(), ...SAYS_NOTHING].map((line) => line.split(' ')[0])
  expect(commandsOf(stdout.toString()).filter((name) => !known.includes(name))).toEqual([])
  await place.tacho(['export', 'otlp', 'last', '--again', '--sessions-dir', root])
  expectNone(
    place.session().folder,
    printed,
    collector.exports.map(({ body }) => body.toString('latin1')),
  )
})

test('no canary of a session of another agent is on disk, over OTLP, or in what a command prints', async () => {
  await using collector = await startCollector()
  const words = share(3, 0)
    .filter(isOneLine)
    .map(({ text }) => text)
  await using place = await parrotsPlace(
    [
      { text: linesOf(share(3, 1)), calls: [execCommand(`echo '${linesOf(share(3, 2))}'`)] },
      { text: linesOf(CANARIES), headers: { 'x-told': words.at(-1) ?? '', 'x-key': GITHUB } },
    ],
    { ...ENVIRONMENT, ...sendsTo(collector.url) },
  )
  const ended = await place.tacho(
    'parrot',
    'say',
    words.join(', '),
    'par_canary',
    '--persist-session',
  )
  expect(ended.exitCode).toBe(3)
  const printed = await muchPrinted(place)
  await place.tacho('export', 'otlp', 'last', '--again', '--sessions-dir', place.root)
  const [only = ''] = readdirSync(place.root).filter((name) => name.startsWith('par_'))
  expectNone(
    join(place.root, only),
    printed,
    collector.exports.map(({ body }) => body.toString('latin1')),
  )
})

const GITHUB = SHAPED.find(({ name }) => name.startsWith('github-token'))?.text ?? ''

function sendsTo(url: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_LOGS_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${KNOWN[5]?.text}`,
  }
}

function expectNone(folder: string, printed: Map<string, string>, sent: string[]): void {
  const all = new Map([...printed, ['the folder', everyByteOf(folder)], ['OTLP', sent.join('\n')]])
  const hits = [...all].map(([where, text]) => [where, foundIn(text, CANARIES)])
  expect(hits.filter(([, found]) => found?.length !== 0)).toEqual([])
  // Something was said in each of these places, and its markers are there.
  const places = ['the folder', 'OTLP', 'messages last', 'raw last 2 --request']
  for (const where of [...places, ...(printed.has('mcp') ? EXPORTS : [])]) {
    expect([where, all.get(where)?.includes('[secret:')]).toEqual([where, true])
  }
  const empty = [...all].filter(([, text]) => text.trim() === '').map(([where]) => where)
  expect(empty).toEqual([])
}

/** The commands that help lists, except those that run an agent. */
function commandsOf(help: string): string[] {
  const [, list = ''] = help.split('\nCommands:\n')
  const names = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name)
  return names.filter((name) => !RUNS.includes(name))
}

const RUNS = [...AGENTS.map(({ name }) => name), 'run']

const EXPORTS = ['export html', 'export share', 'mcp', 'sql', 'view', 'salvage', 'rebuild']
