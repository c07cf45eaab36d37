import { expect, test } from 'vitest'
import { standIn } from './stand-in.js'
import { workplace } from './workplace.js'

// The agent shares our standard output, and with it whatever a process does to its flags (fcntl(2),
// O_NONBLOCK).
test('the agent’s standard output stays one that waits for its reader', async () => {
  const codex = standIn(`ask('hello').then(() => {
    const flags = /flags:\\t(\\d+)/.exec(fs.readFileSync('/proc/self/fdinfo/1', 'utf8'))[1]
    fs.writeSync(1, Number.parseInt(flags, 8) & 0o4000 ? 'does not wait' : 'waits')
  })`)
  await using place = await workplace([{ text: 'Yes.' }], { codex })
  const ended = await place.tacho(['codex', 'exec', '--persist-session'])
  expect(ended.stdout.toString()).toBe('waits')
})
