import { join } from 'node:path'
import { isUuid } from '@tacho/format'
import { newSessionId } from '@tacho/recorder'
import type { Upstream } from '../../taps/http/upstream.js'
import { tapped } from '../../taps/tapped.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'
import { withRegister } from './node-programs.js'

/** What is brought by a program of which nothing is known. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  // Node's own, which it trusts beside its built-in ones.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: () => ({}),
  conversationOfMessage: () => ({}),
  tapsOf,
}

function tapsOf({ program, args, options, environment, root, tell }: TappedRun): AgentTaps {
  const sessionId = newSessionId(Date.now())
  const baseUrls = chosenBaseUrls(options, environment, [program, ...args])
  let isAsked = false
  return {
    sessionId,
    http: upstreamsOf(baseUrls).map(withTapped),
    change: withRegister(join(root, sessionId)),
    onExchange() {
      isAsked = true
    },
    async close() {
      if (isAsked) return
      const names = baseUrls.map(({ variable }) => variable).join(', ')
      tell(
        `no request was seen that goes by ${names}, and only a Node program has recorded others. If the program reads another variable, name it: --base-url-env NAME=URL`,
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
