import { statSync } from 'node:fs'
import { join } from 'node:path'
import { isUuid, SESSION_FILES } from '@tacho/format'
import { newSessionId } from '@tacho/recorder'
import type { Upstream } from '../../taps/http/upstream.js'
import { tapped } from '../../taps/tapped.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'
import { withRegister } from './node-programs.js'

/** What a recorded run of an unknown program needs. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  // Node's own variable, for certificates trusted besides the built-in ones.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: () => ({}),
  conversationOfMessage: () => ({}),
  tapsOf,
}

function tapsOf({ program, args, options, environment, root, tell }: TappedRun): AgentTaps {
  const sessionId = newSessionId(Date.now())
  const baseUrls = chosenBaseUrls(options, environment, [program, ...args])
  const folder = join(root, sessionId)
  let isAsked = false
  return {
    sessionId,
    http: upstreamsOf(baseUrls).map(withTapped),
    change: withRegister(folder),
    onExchange() {
      isAsked = true
    },
    async close() {
      if (isAsked || hasRequests(folder)) return
      const names = baseUrls.map(({ variable }) => variable).join(', ')
      tell(
        // A Node program's recorder process may write its last records after this.
        `no request came by way of ${names}, so none is recorded unless a Node program recorded its own. If the program reads another variable, name it: --base-url-env NAME=URL`,
      )
    },
  }
}

function withTapped(upstream: Upstream): Upstream {
  return {
    ...upstream,
    redirect: (baseUrl) => (start) => tapped(baseUrl)(upstream.redirect(baseUrl)(start)),
  }
}

/** Whether a Node program has recorded its own requests. */
function hasRequests(folder: string): boolean {
  return (statSync(join(folder, SESSION_FILES.raw), { throwIfNoEntry: false })?.size ?? 0) > 0
}
