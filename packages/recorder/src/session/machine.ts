import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Returns the id of the machine's boot, which changes with each boot (Linux, random(4)), or
 * undefined.
 */
export function bootId(): string | undefined {
  return textOf('/proc/sys/kernel/random/boot_id')?.trim()
}

/** Returns this process's cgroup, if it limits memory or counts OOM kills (cgroups(7)). */
export function ownCgroup(): { path: string; memoryKills: number } | undefined {
  const lines = (textOf('/proc/self/cgroup') ?? '').split('\n')
  // If version 1 manages memory, version 2 does not.
  const line =
    lines.find((one) => /^\d+:([^:]*,)?memory(,[^:]*)?:/.test(one)) ??
    lines.find((one) => one.startsWith('0::'))
  const path = line?.replace(/^\d+:[^:]*:/, '')
  const memoryKills = path === undefined ? undefined : memoryKillsIn(path)
  return path === undefined || memoryKills === undefined ? undefined : { path, memoryKills }
}

/**
 * Returns how many processes the kernel has OOM-killed in a cgroup, or undefined if it does not
 * say.
 */
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
