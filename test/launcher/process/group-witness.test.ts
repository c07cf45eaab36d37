import { type ChildProcess, spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { GroupWitness } from '../../../packages/launcher/dist/process/group-witness.js'
import { eventually } from '../../host/index.js'

// As on a busy machine: between a signal and its end it is neither alive nor dead, for longer than
// a signal takes to reach the whole group.
const SLOW_TO_DIE = `
  let isDying = false
  process.on('SIGINT', () => {
    isDying = true
    setTimeout(() => {
      process.removeAllListeners('SIGINT')
      process.kill(process.pid, 'SIGINT')
    }, 200)
  })
  process.stdin.on('data', (bytes) => isDying || process.stdout.write(bytes))
`

test('a signal that the witness takes long to die of was the group’s', async () => {
  const children: ChildProcess[] = []
  const witness = new GroupWitness(() => {
    const child = spawn(process.execPath, ['-e', SLOW_TO_DIE])
    children.push(child)
    return child
  })
  const before = await witness.hasHeard('SIGINT')
  children[0]?.kill('SIGINT')
  const after = await witness.hasHeard('SIGINT')
  witness.close()
  expect([before, after]).toEqual([false, true])
})

test('a signal that is heard late, because starting the next witness took long, was the group’s', async () => {
  const children: ChildProcess[] = []
  const witness = new GroupWitness(() => {
    // As on a busy machine.
    if (children.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
    const child = spawn('cat')
    children.push(child)
    return child
  })
  const heard = new Promise((resolve) => {
    // Behind the witness's own listener, which starts the next one.
    children[0]?.once('exit', () => resolve(witness.hasHeard('SIGUSR1')))
  })
  children[0]?.kill('SIGUSR1')
  expect(await heard).toBe(true)
  // The next one is meant for us alone.
  await eventually(async () => expect(await witness.hasHeard('SIGUSR1')).toBe(false))
  witness.close()
})
