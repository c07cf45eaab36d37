import { type Fault, failingCalls } from '../failing-calls.js'

// Loaded into every Node process of a run by NODE_OPTIONS: puts failures into the calls to one folder.
const { folder, ...fault } = JSON.parse(process.env.TACHO_FAILING_DISK ?? '') as Fault & {
  folder: string
}
const disk = failingCalls(folder, fault)
process.on('exit', () => {
  if (disk.calls > 0) process.stderr.write(`calls to the disk: ${disk.calls}\n`)
})
