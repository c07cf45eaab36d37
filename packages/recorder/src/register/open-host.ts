import { isLogLevel } from '../log/log-level.js'
import { Recording } from '../recording.js'
import type { HostRecording } from './host-recording.js'
import { type RecordedRequests, recordRequests } from './http/record-requests.js'
import type { Place } from './place.js'
import type { Program } from './program.js'

/** What the manifest calls the agent of a session that `tacho/register` records. */
const AGENT = 'node'

export type HostStart = {
  place: Place
  program: Program
  environment: NodeJS.ProcessEnv
  tell: (sentence: string) => void
  host: HostRecording
}

export type OpenedHost = { recording: Recording; requests: RecordedRequests }

/**
 * Opens the recording of a process of which we are a part. A process that was started by one that is
 * recorded is a run of its own in the same session.
 *
 * @throws CannotRecord where there is no place to record to.
 */
export function openHost({ place, program, environment, tell, host }: HostStart): OpenedHost {
  const { TACHO_LOG_LEVEL: level = '' } = environment
  const recording = new Recording({
    root: place.root,
    // The session of another program has that program's version.
    agent: { name: AGENT, ...(!place.isJoined && { version: process.versions.node }) },
    command: program.name,
    argv: process.argv.slice(1),
    cwd: process.cwd(),
    environment,
    logLevel: isLogLevel(level) ? level : 'info',
    taps: ['http'],
    onTrouble: tell,
  })
  recording.session(place.id)
  recording.logStart(`recording ${program.name} from inside, process ${process.pid}`)
  const requests = recordRequests({
    recording,
    barrier: host.barrier,
    environment,
    conversation: () => host.conversation(),
  })
  return { recording, requests }
}
