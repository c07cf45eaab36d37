import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Recording } from '@tacho/recorder'
import {
  conversationOf,
  conversationOfMessage,
} from '../../../packages/launcher/dist/codex/conversation.js'
import { HttpTap } from '../../../packages/launcher/dist/http-tap/http-tap.js'
import { LateRecording } from '../../../packages/launcher/dist/late-recording.js'
import { networkOf } from '../../../packages/launcher/dist/network/network.js'
import { Peers } from '../../../packages/launcher/dist/network/peer.js'
import { SessionOnDisk } from '../../agents/session-on-disk.js'

/** A real HTTP tap of this process, before an upstream that the test writes. */
export type TapBetween = {
  tap: HttpTap
  recording: Recording
  upstream: Server
  upstreamUrl: URL
  /** `http://127.0.0.1:PORT/<secret>/<host>/v1` */
  baseUrl: string
  /** Ends the recording and gives what is on the disk. */
  recorded(): Promise<SessionOnDisk>
  close(): Promise<void>
}

/**
 * Starts one. Only one at a time: OpenTelemetry's provider is the process's.
 *
 * @param path of the upstream's base URL.
 * @param canTellPeers false: as on a system that does not tell who is at the other end.
 */
export async function tapBetween(
  listener: RequestListener,
  path = '/v1',
  { canTellPeers = true } = {},
): Promise<TapBetween> {
  const root = mkdtempSync(join(tmpdir(), 'tacho-tap-'))
  const upstream = createServer(listener)
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  const upstreamUrl = new URL(`http://127.0.0.1:${port}${path}`)
  const recording = new Recording({
    root,
    agent: { name: 'codex' },
    command: 'exec',
    argv: [],
    cwd: root,
    environment: {},
    logLevel: 'debug',
    onTrouble: (sentence) => {
      throw new Error(sentence)
    },
  })
  const peers = await Peers.open()
  if (!canTellPeers) peers.close()
  const late = new LateRecording()
  await late.open(async () => recording)
  const tap = await HttpTap.start({
    late,
    peers,
    upstream: () => upstreamUrl,
    provider: 'scripted',
    idleTimeout: 300_000,
    base: path,
    network: networkOf({}, { certificateVariable: 'NONE' }),
    conversationOf,
    conversationOfMessage,
  })
  const recorded = async () => {
    await tap.close()
    await recording.close({ exitCode: 0 })
    return new SessionOnDisk(recording.latest.folder)
  }
  return {
    tap,
    recording,
    upstream,
    upstreamUrl,
    baseUrl: tap.baseUrl,
    recorded,
    async close() {
      await tap.close()
      peers.close()
      upstream.closeAllConnections()
      await new Promise((resolve) => upstream.close(resolve))
      rmSync(root, { recursive: true, force: true })
    },
  }
}
