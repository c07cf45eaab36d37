import { readFileSync, statfsSync } from 'node:fs'
import { join, normalize } from 'node:path'
import type { Machine } from '@tacho/model'
import { known } from '../known.js'

/**
 * Returns what this machine knows about why a session on it may have died; only on Linux.
 *
 * @param cgroups of the session's runs, as recorded.
 */
export function machineOf(folder: string, cgroups: readonly string[]): Machine {
  const bootTime = /^btime (\d+)$/m.exec(textOf('/proc/stat') ?? '')?.[1]
  const memoryKills: Record<string, number> = Object.create(null)
  for (const path of cgroups) {
    const kills = memoryKillsOf(path)
    if (kills !== undefined) memoryKills[path] = kills
  }
  return {
    memoryKills,
    ...known({
      bootId: textOf('/proc/sys/kernel/random/boot_id')?.trim(),
      bootedAt: bootTime === undefined ? undefined : Number(bootTime) * 1_000_000,
      isFull: isFull(folder),
    }),
  }
}

// cgroups(7): `oom_kill` counts the processes in it that the kernel has killed.
function memoryKillsOf(path: string): number | undefined {
  const inside = normalize(`/${path}`)
  const text =
    textOf(join('/sys/fs/cgroup', inside, 'memory.events')) ??
    textOf(join('/sys/fs/cgroup/memory', inside, 'memory.oom_control'))
  const count = /^oom_kill (\d+)$/m.exec(text ?? '')?.[1]
  return count === undefined ? undefined : Number(count)
}

function isFull(folder: string): boolean | undefined {
  try {
    const { bavail, blocks } = statfsSync(folder)
    return blocks > 0 && bavail === 0
  } catch {
    return undefined
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
