import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Recording } from '@tacho/recorder'
import {
  conversationOf,
  conversationOfMessage,
} from '../../../../packages/launcher/dist/agents/codex/conversation.js'
import { networkOf } from '../../../../packages/launcher/dist/network/network.js'
import { Peers } from '../../../../packages/launcher/dist/network/peer.js'
import { HttpTap } from '../../../../packages/launcher/dist/taps/http/http-tap.js'
import { LateRecording } from '../../../../packages/launcher/dist/taps/late-recording.js'
import { SessionOnDisk } from '../../../agents/session-on-disk.js'

/** A real HTTP tap in this process, in front of any upstream. */
export type TapBefore = AsyncDisposable & {
  tap: HttpTap
  recording: Recording
  /** `http://127.0.0.1:PORT/v1` */
  late: LateRecording
  /** Opens the recording, if that was left to the test. */
  open(): Promise<void>
  baseUrl: string
  /** Ends the recording and returns what is on disk. */
  recorded(): Promise<SessionOnDisk>
}

export type TapBeforeOptions = {
  /** Its proxies and certificates. */
  environment?: NodeJS.ProcessEnv
  /** False: as on a system that does not tell who is at the other end. */
  canTellPeers?: boolean
  declines?: (path: string) => boolean
  /** Whether the test opens the recording. */
  opensLate?: boolean
}

/** Starts one. Only one at a time: OpenTelemetry's provider is global to the process. */
export async function tapBefore(
  upstream: string,
  { environment = {}, canTellPeers = true, declines, opensLate = false }: TapBeforeOptions = {},
): Promise<TapBefore> {
  const root = mkdtempSync(join(tmpdir(), 'tacho-tap-'))
  const url = new URL(upstream)
  const late = new LateRecording()
  const recording = new Recording({
    clock: late.clock,
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
  const open = () => late.open(async () => recording)
  if (!opensLate) await open()
  const tap = await HttpTap.start({
    late,
    peers,
    upstream: () => url,
    provider: 'scripted',
    idleTimeout: 300_000,
    base: url.pathname.replace(/\/$/, ''),
    network: networkOf(environment, { certificateVariable: 'TEST_CERTIFICATE' }),
    conversationOf,
    conversationOfMessage,
    ...(declines !== undefined && { declines }),
  })
  return {
    tap,
    recording,
    late,
    open,
    baseUrl: tap.baseUrl,
    async recorded() {
      await tap.close()
      await recording.close({ exitCode: 0 })
      return new SessionOnDisk(recording.latest.folder)
    },
    async [Symbol.asyncDispose]() {
      await tap.close()
      peers.close()
      rmSync(root, { recursive: true, force: true })
    },
  }
}
