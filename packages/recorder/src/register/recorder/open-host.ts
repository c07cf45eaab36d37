import { isLogLevel } from '../../log/log-level.js'
import { Recording } from '../../recording.js'
import type { HostStarted } from '../apart/from-host.js'
import type { HostClock } from '../apart/host-clock.js'

/** The agent's name in the manifest of a session that `tacho/register` records. */
const AGENT = 'node'

/**
 * Opens the recording of a host. A process started by a recorded one is a run of its own in the
 * same session.
 *
 * @throws CannotRecord if there is no place to record to.
 */
export function openHost(
  { place, program, argv, cwd, pid }: HostStarted,
  clock: HostClock,
  onTrouble: (sentence: string) => void,
): Recording {
  const { env: environment } = process
  const { TACHO_LOG_LEVEL: level = '' } = environment
  const recording = new Recording({
    root: place.root,
    // A session that another program began has that program's version.
    agent: { name: AGENT, ...(!place.isJoined && { version: process.versions.node }) },
    command: program.name,
    argv,
    cwd,
    environment,
    logLevel: isLogLevel(level) ? level : 'info',
    taps: ['http'],
    onTrouble,
    clock,
  })
  recording.session(place.id)
  recording.logStart(`recording ${program.name} from inside, process ${pid}`)
  return recording
}
