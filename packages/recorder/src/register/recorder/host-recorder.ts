import { createRequire } from 'node:module'
import { giveWay } from './give-way.js'
import type { recordHost } from './record-host.js'

// The recorder process's program. Lowers its priority first, because loading the rest takes a
// while.
const onHostEnded = giveWay()
const recording: { recordHost: typeof recordHost } = createRequire(import.meta.url)(
  './open-recording.cjs',
)
recording.recordHost(onHostEnded)
