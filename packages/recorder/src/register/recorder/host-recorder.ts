import { createRequire } from 'node:module'
import { giveWay } from './give-way.js'
import type { recordHost } from './record-host.js'

// The program of the process that records a host. What it loads takes a while; it gives way before that.
const onHostEnded = giveWay()
const recording: { recordHost: typeof recordHost } = createRequire(import.meta.url)(
  './open-recording.cjs',
)
recording.recordHost(onHostEnded)
