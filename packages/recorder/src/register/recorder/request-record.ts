import type { Headers } from '@tacho/format'
import type { Side } from '../apart/from-host.js'
import type { Peer, RequestListener } from '../http/request-listener.js'

/** Receives a host's messages about one request. Bytes are valid only until the call returns. */
export type RequestRecord = Omit<RequestListener, 'takesBodies' | 'sent'> & {
  sent(headers: Headers): void
  peer(peer: Peer): void
  /** This many bytes of a body could not be handed over; none of it follows. */
  cut(side: Side, bytes: number): void
}
