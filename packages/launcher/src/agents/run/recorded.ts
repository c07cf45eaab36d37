import { isUuid } from '@tacho/format'
import type { RecordedAgent } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { upstreamsOf } from '../base-urls.js'

/** What is known of a program of which nothing is known. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  // Node's own, which it trusts beside its built-in ones.
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf: () => ({}),
  conversationOfMessage: () => ({}),
  namesNoSession: true,
  tapsOf: ({ options, environment }) => ({
    http: upstreamsOf(chosenBaseUrls(options, environment)),
  }),
}
