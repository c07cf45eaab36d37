import { FaultBarrier } from '../../fault-barrier.js'
import { LEFT_BEHIND_MILLISECONDS } from '../../limits.js'
import type { Recording } from '../../recording.js'
import { learnEnvironment } from '../../scrubber-for.js'
import { PIPE } from '../apart/descriptors.js'
import type { FromHost, FromRecorder, HostStarted, Told } from '../apart/from-host.js'
import { type Handover, takeLeft } from '../apart/handover.js'
import { HostClock } from '../apart/host-clock.js'
import type { Stop } from '../http/stop.js'
import { Inbox } from './inbox.js'
import { openHost } from './open-host.js'
import { RequestRecords } from './request-records.js'

/**
 * Records a host: reads its messages from the pipe until it is gone, and then ends.
 *
 * @param onHostEnded called when the host has ended.
 */
export function recordHost(onHostEnded: () => void): void {
  const recorder = new HostRecorder(PIPE, onHostEnded)
  // Ending a whole group or service ends the host too, and that still has to be recorded.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
  process.on('uncaughtException', (cause) => recorder.failed(cause))
}

class HostRecorder {
  readonly #inbox: Inbox
  readonly #onHostEnded: () => void
  readonly #barrier = new FaultBarrier((part, cause) =>
    this.#recording?.log('error', 'tacho', `${part}: ${String(cause)}`),
  )
  #clock: HostClock | undefined
  #recording: Recording | undefined
  #requests: RequestRecords | undefined
  #handover: Handover | undefined
  #isOver = false

  constructor(descriptor: number, onHostEnded: () => void) {
    this.#onHostEnded = onHostEnded
    this.#inbox = new Inbox({
      descriptor,
      onMessage: (message, told) => this.#hear(message, told),
      onHostGone: onHostEnded,
      onEnd: () => this.#hostIsGone(),
    })
  }

  #hear(message: FromHost, told: Told): void {
    if (message.kind === 'started') this.#start(message, told)
    else this.#clock?.during(told, () => this.#take(message))
  }

  failed(cause: unknown): void {
    this.#barrier.do('the process that records', () => {
      throw cause
    })
  }

  #start(started: HostStarted, told: Told): void {
    const clock = new HostClock(started.clock)
    this.#clock = clock
    this.#handover = started.handover
    clock.during(told, () => {
      try {
        const recording = openHost(started, clock, (sentence) => this.#trouble(sentence))
        this.#recording = recording
        this.#requests = new RequestRecords(recording, this.#barrier)
      } catch (cause) {
        const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n')
        this.#trouble(`this process is not recorded. ${reason}`)
      }
    })
    // Frees the working folder, so that it can be removed or unmounted.
    process.chdir('/')
  }

  #take(message: Exclude<FromHost, HostStarted>): void {
    const recording = this.#recording
    if (recording === undefined || this.#isOver) return
    switch (message.kind) {
      case 'environment':
        learnEnvironment(recording.scrubber, message.variables)
        break
      case 'line':
        recording.log(message.level, message.label, message.message)
        break
      case 'event':
        this.#barrier.do('what the program tells', () => recording.latest.event(message.event))
        break
      case 'lost':
        recording.latest.noteLost(message.lost)
        break
      case 'ended':
        this.#end(message.exitCode)
        break
      default:
        this.#requests?.take(message)
    }
  }

  #hostIsGone(): Uint8Array | undefined {
    const handover = this.#handover
    this.#handover = undefined
    const left = handover && takeLeft(handover)
    if (left === undefined) this.#end(undefined)
    return left
  }

  /** @param exitCode undefined if the host disappeared: it was killed. */
  #end(exitCode: number | undefined): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#onHostEnded()
    const recording = this.#recording
    this.#requests?.stopAll(exitCode === undefined ? KILLED : EXITED)
    const onWritten = () => this.#say({ kind: 'written' })
    const ended = exitCode === undefined ? undefined : { exitCode }
    const closing = recording?.close(ended, {
      at: recording.now(),
      leftBehindMilliseconds: LEFT_BEHIND_MILLISECONDS,
      onWritten,
    })
    void Promise.resolve(closing).finally(() => process.exit())
  }

  #trouble(sentence: string): void {
    // The messages are worded for the command line and name its flag.
    this.#say({
      kind: 'trouble',
      sentence: sentence.replaceAll('--sessions-dir', 'TACHO_SESSIONS_DIR'),
    })
  }

  #say(word: FromRecorder): void {
    this.#inbox.say(`${JSON.stringify(word)}\n`)
  }
}

const EXITED: Stop = { side: 'agent', code: 'exit', message: 'the process exited' }
const KILLED: Stop = { side: 'agent', code: 'exit', message: 'the process was killed' }
