import type { FaultBarrier } from '../../fault-barrier.js'
import type { Recording } from '../../recording.js'
import { learnEnvironment } from '../../scrubber-for.js'
import type { HostRecording } from '../host-recording.js'
import { providerAt } from './known-hosts.js'
import { RecordedRequest } from './recorded-request.js'
import type { OnRequest } from './request-listener.js'
import { SelectedHosts } from './selected-hosts.js'
import { SpannedRequest, spanUndici } from './spanned-request.js'
import type { Stop } from './stop.js'

export type RecordedRequests = {
  onRequest: OnRequest
  /** Ends what is open, for the process exits. */
  stopAll(stop: Stop): void
}

export type RecordRequestsOptions = {
  recording: Recording
  barrier: FaultBarrier
  environment: NodeJS.ProcessEnv
  /** Says what a request belongs to that begins now. */
  conversation: HostRecording['conversation']
}

/** Records the requests of the host: with their bodies where their host is selected, else as spans. */
export function recordRequests(options: RecordRequestsOptions): RecordedRequests {
  const { recording, barrier, environment, conversation } = options
  const selected = new SelectedHosts(environment)
  const open = new Set<RecordedRequest>()
  const hosts = new Set<string>()
  return {
    onRequest(request) {
      if (!URL.canParse(request.url)) return undefined
      const url = new URL(request.url)
      // A program may have read its keys from a file since it began.
      if (!hosts.has(url.host)) learnEnvironment(recording.scrubber, environment)
      hosts.add(url.host)
      if (!selected.has(url, request.method)) {
        if (request.undici === undefined) return new SpannedRequest(recording, request, url)
        spanUndici(recording, request.undici, url).catch((cause) =>
          barrier.do('spans', () => {
            throw cause
          }),
        )
        return undefined
      }
      const recorded = new RecordedRequest({
        recording,
        barrier,
        request,
        provider: providerAt(url.hostname),
        conversation: conversation(),
        onOver: (one) => open.delete(one),
      })
      open.add(recorded)
      return recorded
    },
    stopAll(stop) {
      for (const request of open) request.stopped(stop)
    },
  }
}
