import { describe, expect, test } from 'vitest'
import { standIn } from '../../../agents/stand-in.js'
import { workplace } from '../../../agents/workplace.js'
import { run, tachoCommand } from '../../../host/index.js'

// Each write of the agent is an array of bytes; the first is read before the second is written.
async function relayed(writes: readonly Buffer[], flags = ['--persist-session']) {
  const codex = standIn(`
    ;(async () => {
      for (const write of ${JSON.stringify(writes.map((bytes) => bytes.toString('base64')))}) {
        fs.writeSync(2, Buffer.from(write, 'base64'))
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    })()`)
  await using place = await workplace([], { codex })
  const ended = await place.tacho(['codex', 'exec', ...flags])
  return { stderr: ended.stderr, log: place.session().log }
}

describe('standard error passes byte for byte', () => {
  test.each([
    ['lines', [Buffer.from('one\ntwo\n')]],
    ['an unfinished last line', [Buffer.from('one\ntwo')]],
    ['a line in pieces', [Buffer.from('on'), Buffer.from('e\ntw'), Buffer.from('o\n')]],
    ['bytes that are no text', [Buffer.of(0xff, 0xfe, 0x00, 0x0a, 0x80)]],
    [
      'a character cut in two',
      [Buffer.from('fa\xc3', 'latin1'), Buffer.from('\xa7ade\n', 'latin1')],
    ],
    ['escape sequences and carriage returns', [Buffer.from('\x1b[31mred\x1b[0m\r\n 50%\r100%\n')]],
    ['a line of 3 MB', [Buffer.alloc(3_000_000, 'x'), Buffer.from('\n')]],
    ['nothing at all', []],
  ])('%s', async (_, writes) => {
    const { stderr } = await relayed(writes)
    expect(stderr.equals(Buffer.concat(writes))).toBe(true)
  })
})

test('its lines are in the log, whole, whatever the pieces they came in', async () => {
  const { log } = await relayed([
    Buffer.from('on'),
    Buffer.from('e\nfa\xc3', 'latin1'),
    Buffer.from('\xa7ade', 'latin1'),
  ])
  const lines = log.split('\n').flatMap((line) => / codex: (.*)$/.exec(line)?.[1] ?? [])
  expect(lines).toEqual(['one', 'façade'])
})

test('where both outputs go to one pipe, their order stays', async () => {
  const codex = standIn(`
    for (let count = 0; count < 200; count += 1) fs.writeSync(count % 2 + 1, count + '\\n')`)
  await using place = await workplace([], { codex })
  const line = 'exec "$0" "$@" 2>&1'
  const ended = await run(
    ['sh', '-c', line, ...tachoCommand],
    ['codex', 'exec', '--persist-session'],
    {
      env: place.environment,
      cwd: place.home.cwd,
    },
  )
  expect(ended.stdout.toString()).toBe(
    Array.from({ length: 200 }, (_, count) => `${count}\n`).join(''),
  )
})
