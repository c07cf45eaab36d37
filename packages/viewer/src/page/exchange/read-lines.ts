import { WORKER_ID } from '../../api/embedded.js'
import { Lines, type PackedLines } from './lines.js'
import type { LinesAsked } from './lines-worker.js'
import workerUrl from './lines-worker.js?worker&url'

type Answer = { id: number; lines: PackedLines }

let worker: Worker | undefined
let asked = 0
const waiting = new Map<number, (lines: Lines) => void>()

/** Reads the lines of a body in another thread. */
export function readLines(bytes: Uint8Array, isPretty: boolean): Promise<Lines> {
  worker ??= startedWorker()
  asked += 1
  const id = asked
  worker.postMessage({ id, bytes, isPretty } satisfies LinesAsked)
  return new Promise((resolve) => waiting.set(id, resolve))
}

function startedWorker(): Worker {
  const started = new Worker(allowed(addressOfWorker()))
  started.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(new Lines(data.lines))
    waiting.delete(data.id)
  })
  return started
}

/** An exported page is one file, which includes the worker. */
function addressOfWorker(): string {
  const embedded = document.getElementById(WORKER_ID)?.textContent
  if (!embedded) return workerUrl
  return URL.createObjectURL(new Blob([embedded], { type: 'text/javascript' }))
}

type Policies = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): {
    createScriptURL(url: string): string
  }
}

/** The page's policy lets no text become a script; this URL is our own. */
function allowed(url: string): string {
  const { trustedTypes } = window as { trustedTypes?: Policies }
  const rules = { createScriptURL: (one: string) => one }
  return trustedTypes?.createPolicy('tacho-worker', rules).createScriptURL(url) ?? url
}
