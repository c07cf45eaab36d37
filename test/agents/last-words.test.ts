import { expect, test } from 'vitest'
import { run, tachoCommand } from '../host/index.js'
import { openTerminal } from '../host/tmux.js'
import { standIn } from './stand-in.js'
import { type Workplace, workplace } from './workplace.js'

const SILENT = 'It said nothing on standard error.'
const ARGS = ['codex', 'exec', '--persist-session', 'hello']

test.each<[where: string, isRead: boolean, runIn: (place: Workplace) => Promise<unknown>]>([
  ['a pipe of its own', true, (place) => place.tacho(ARGS)],
  ['a terminal', false, inTerminal],
  ['the pipe of its standard output', false, (place) => inShell(place, '2>&1')],
  [
    'a pipe, but not in the log, which has warnings alone',
    false,
    (place) => inShell(place, '', { TACHO_LOG_LEVEL: 'warn' }),
  ],
])(
  'whether an agent said something is told if its standard error was read: %s',
  async (_, isRead, runIn) => {
    await using place = await workplace([{ text: 'Hello.' }], {
      codex: standIn("ask('hello').then(() => process.exit(70))"),
    })
    await runIn(place)
    const { stdout } = await place.tacho(['explain', 'last', '--json'])
    const { causes, sentence } = JSON.parse(stdout.toString())
    expect(causes).toMatchObject([{ code: 'crash' }])
    expect(sentence.includes(SILENT)).toBe(isRead)
    expect(causes[0].next.includes('See what it printed last, where it was started.')).toBe(!isRead)
  },
)

async function inTerminal({ environment: env, home }: Workplace): Promise<void> {
  await using terminal = await openTerminal(tachoCommand, ARGS, { env, cwd: home.cwd })
  expect(await terminal.ended()).toMatchObject({ exitCode: 70 })
}

function inShell({ environment, home }: Workplace, redirection: string, more: object = {}) {
  const env = { ...environment, ...more }
  return run('sh', ['-c', `"$@" ${redirection}`, 'sh', ...tachoCommand, ...ARGS], {
    env,
    cwd: home.cwd,
  })
}
