import type { Headers } from '@tacho/format'
import type { Side } from '../apart/from-host.js'
import type { Peer, RequestListener } from '../http/request-listener.js'

/**
 * Takes what a host tells of one request, while it is told. Bytes are in memory that is another's
 * when the call returns.
 */
export type RequestRecord = Omit<RequestListener, 'takesBodies' | 'sent'> & {
  sent(headers: Headers): void
  peer(peer: Peer): void
  /** This many bytes of a body could not be told; none of it follows. */
  cut(side: Side, bytes: number): void
}
