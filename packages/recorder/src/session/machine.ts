import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The id of the machine's boot, which is another one after each (Linux, random(4)); nothing elsewhere. */
export function bootId(): string | undefined {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim()
}

/** The cgroup of this process, where it limits memory or counts what was killed for want of it (cgroups(7)). */
export function ownCgroup(): { path: string; memoryKills: number } | undefined {
  const lines = (textOf('/proc/self/cgroup') ?? '').split('\n')
  // Where version 1 has the memory, version 2 has none of it.
  const line =
    lines.find((one) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(one)) ??
    lines.find((one) => one.startsWith('0::'))
  const path = line?.replace(/^\d+:[^:]*:/, '')
  const memoryKills = path === undefined ? undefined : memoryKillsIn(path)
  return path === undefined || memoryKills === undefined ? undefined : { path, memoryKills }
}

/** How many processes the kernel has killed in a cgroup for want of memory; nothing where it does not tell. */
export function memoryKillsIn(path: string): number | undefined {
  const text =
    textOf(join('/sys/fs/cgroup', path, 'memory.events')) ??
    textOf(join('/sys/fs/cgroup/memory', path, 'memory.oom_control'))
  const count = /^oom_kill (\d+)$/m.exec(text ?? '')?.[1]
  return count === undefined ? undefined : Number(count)
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
