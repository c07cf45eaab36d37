import { readdirSync, readFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'

// An ordinary host: it does one kind of work and prints how long that took.
const [what, base] = process.argv.slice(2)
const BODY = JSON.stringify({ model: 'm', stream: true, input: 'word '.repeat(8000) })
const MEBIBYTE = 1024 * 1024

const ask = (how, path = 'v1/responses') =>
  fetch(`${base}/${path}?${how}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
  })

/** How much memory the host and each process that it started use. */
const idleMemory = () => {
  const own = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isOurs(pid))
  return { memory: process.memoryUsage().rss / MEBIBYTE, beside: own.map(residentOf)[0] ?? 0 }
}
const statusOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8')
  } catch {
    return ''
  }
}
const isOurs = (pid) => statusOf(pid).includes(`PPid:\t${process.pid}\n`)
const residentOf = (pid) => Number(/VmRSS:\s+(\d+)/.exec(statusOf(pid))?.[1]) / 1024

const WORK = {
  async sse() {
    for await (const _ of (await ask('sse')).body);
  },
  async posts() {
    for (let count = 0; count < 1000; count += 1) await (await ask('whole')).text()
  },
  async first() {
    const times = []
    for (let count = 0; count < 60; count += 1) {
      const start = performance.now()
      const { body } = await ask('first')
      const reader = body.getReader()
      await reader.read()
      times.push(performance.now() - start)
      while (!(await reader.read()).done);
      await wait(2)
    }
    times.sort((one, other) => one - other)
    return { first: times[30] }
  },
  async streams() {
    const drain = async () => {
      for await (const _ of (await ask('paced')).body);
    }
    await Promise.all(Array.from({ length: 100 }, drain))
  },
  async download() {
    for await (const _ of (await ask('large', 'v1/files')).body);
  },
  idle: idleMemory,
  async paused() {
    let taken = 0
    for await (const bytes of (await ask('large', 'v1/files')).body) {
      taken += bytes.length
      if (taken > 64 * MEBIBYTE) break
      await wait(1)
    }
  },
}

await (await ask('first')).text()
// The recorder is running by then: its start is measured in a row of its own.
await wait(1000)
globalThis.gc?.()
let most = 0
const before = process.memoryUsage().rss
const sampling = setInterval(() => {
  most = Math.max(most, process.memoryUsage().rss - before)
}, 20)
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const cpu = process.cpuUsage()
const start = performance.now()
const more = await WORK[what]()
const time = performance.now() - start
const { user, system } = process.cpuUsage(cpu)
delay.disable()
clearInterval(sampling)
const pause = delay.max / 1e6
console.log(
  JSON.stringify({ time, cpu: (user + system) / 1000, pause, memory: most / MEBIBYTE, ...more }),
)
