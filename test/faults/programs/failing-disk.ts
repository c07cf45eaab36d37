import { type Fault, failingCalls } from '../failing-calls.js'

// NODE_OPTIONS loads this into every Node process of a run: it makes the calls to one folder fail.
const { folder, ...fault } = JSON.parse(process.env.TACHO_FAILING_DISK ?? '') as Fault & {
  folder: string
}
const disk = failingCalls(folder, fault)
process.on('exit', () => {
  if (disk.calls > 0) process.stderr.write(`calls to the disk: ${disk.calls}\n`)
})
