import type { Certainty, Clue, SessionEnd } from '../cause.js'
import { fullDisk, isCut, roomNext } from '../recorder/full-disk.js'
import type { SessionCase } from '../session-case.js'
import { agoWords, timeWords } from '../words.js'

/** Returns why a session has no recorded end: its recorder died, and could not say how. */
export function deathOf(session: SessionCase): SessionEnd {
  const { runs, machine, lastSeenAt, gaps, damage } = session
  const last = runs.at(-1)
  const started: Clue[] =
    last?.started === undefined ? [] : [{ at: last.started, text: 'started; no end was recorded' }]
  const seen = lastSeenAt === undefined ? '' : ` ${agoWords(lastSeenAt, session.now)}`
  const full = fullDisk(session)
  if (full?.reason !== undefined) return diskFull(session, 'likely', full.clues)
  const isOtherBoot =
    last?.bootId !== undefined && machine.bootId !== undefined && last.bootId !== machine.bootId
  const isBeforeBoot =
    lastSeenAt !== undefined && machine.bootedAt !== undefined && lastSeenAt < machine.bootedAt
  if (isOtherBoot || (last?.bootId === undefined && isBeforeBoot)) {
    const gone =
      isBeforeBoot && machine.bootedAt !== undefined
        ? ` The machine was booted ${timeWords((machine.bootedAt - (lastSeenAt ?? 0)) / 1000)} after its last sign of life.`
        : ''
    return {
      code: 'power-loss',
      certainty: isOtherBoot ? 'likely' : 'possible',
      clues: [
        ...started,
        ...(isOtherBoot && last?.started !== undefined
          ? [
              {
                at: last.started,
                text: `recorded in boot ${last.bootId}; this is boot ${machine.bootId}`,
              },
            ]
          : []),
      ],
      sentence: `The machine went down while it ran, last seen${seen}: its end was not recorded, and the machine has been booted since.${gone}`,
    }
  }
  // What was not written yet is lost when the power fails, in several logs at once.
  if (full !== undefined) return diskFull(session, 'likely', full.clues)
  if (machine.isFull === true && damage.some(({ reason }) => isCut(reason)))
    return diskFull(session, 'possible', started)
  const kills = killsSince(session)
  if (kills > 0) {
    return {
      code: 'oom-killed',
      certainty: 'likely',
      clues: started,
      sentence: `Its recorder was killed, most likely because memory ran out: the kernel has killed ${kills} in its cgroup since it started.`,
    }
  }
  // Node tells a program of each way to end but this one; nobody but its parent hears which signal.
  const isUntold = gaps.some(({ gap }) => gap.reason === 'RECORDER_GONE')
  if (last?.isFromInside && !isUntold) {
    return {
      code: 'signal',
      certainty: 'likely',
      clues: started,
      sentence: `The program was gone without a word${seen}, as after a signal: Ctrl-C or kill, a container or a service that was stopped, or an abort of its own, such as that of Node when its heap is full.`,
      next: 'See what it printed last, and how whatever started it says that it ended: the shell, the container or the service. If it printed "heap out of memory", give Node a larger heap (NODE_OPTIONS=--max-old-space-size=8192); if the machine ran out of memory, dmesg says so.',
    }
  }
  return {
    code: 'recorder-killed',
    certainty: 'likely',
    clues: started,
    sentence: `Its recorder was killed (kill -9, or the like)${seen}: its process is gone, and no end was recorded.`,
  }
}

function diskFull(session: SessionCase, certainty: Certainty, clues: Clue[]): SessionEnd {
  return {
    code: 'disk-full',
    certainty,
    clues,
    sentence: 'The disk was full, and the end of the session could not be written.',
    next: roomNext(session),
  }
}

function killsSince({ runs, machine }: SessionCase): number {
  const memory = runs.at(-1)?.memory
  if (memory === undefined) return 0
  return (machine.memoryKills?.[memory.cgroup] ?? memory.kills) - memory.kills
}
