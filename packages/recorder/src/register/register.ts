import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { switchedOn, wrongSwitch } from '@tacho/format'
import type { openProgramLogger } from '../log/program-logger.js'
import { unpatched } from './apart/unpatched.js'
import type { writeUntold } from './apart/untold.js'
import { Host } from './host.js'
import { isHostRecorded, setHostRecording } from './host-recording.js'
import { observeClientRequests } from './http/client-request.js'
import { observeHttp2 } from './http/http2.js'
import { observeUndici } from './http/undici.js'
import { announce, leadsToTap, placeIn, SESSION_VARIABLE, TAPPED_VARIABLE } from './place.js'
import { isRunner, programOf, realPath } from './program.js'

/**
 * Starts recording this process (or worker thread), if the environment says so. Little is loaded
 * into it; the recorder process does the work. That starts at once if the session begins with this
 * process, and otherwise with the first request, because most child processes of an agent make
 * none.
 *
 * Never throws: on failure it prints one line, and the host runs unrecorded.
 */
export function register(environment: NodeJS.ProcessEnv = process.env): void {
  try {
    start(environment)
  } catch (cause) {
    tell(`this process is not recorded. (${String(cause).split('\n')[0]})`)
  }
}

function start(environment: NodeJS.ProcessEnv): void {
  const { TACHO_PERSIST_SESSION: text } = environment
  const isOn = switchedOn(text)
  if (isOn === undefined) tell(`${wrongSwitch('TACHO_PERSIST_SESSION', text)} Nothing is recorded.`)
  if (!isOn || isHostRecorded() || isOurs(process.argv[1]) || isTapped(environment)) return
  const obstacle = obstacleToStarting()
  if (obstacle !== undefined) {
    tell(`this process is not recorded: ${obstacle}.`)
    return
  }
  const place = placeIn(environment)
  announce(place, environment)
  const program = programOf(process.argv[1])
  const host = new Host({
    place,
    program,
    environment,
    isTapped: leadsToTap(environment),
    openLogger: (write) => loadLogger().openProgramLogger(write),
    writeUntold: (path, untold) => loadUntold().writeUntold(path, untold),
    tell,
  })
  setHostRecording(host)
  for (const observe of [observeUndici, observeClientRequests, observeHttp2])
    observed(observe, host)
  process.on('exit', (code) => host.barrier.do('the end', () => host.close(code)))
  if (isMainThread && !place.isJoined && !isRunner(program)) host.open()
}

// Something loaded earlier may have frozen what needs to be wrapped.
function observed(observe: typeof observeUndici, { onRequest, barrier }: Host): void {
  try {
    observe(onRequest, barrier)
  } catch (cause) {
    tell(`some requests of this process are not recorded. (${String(cause).split('\n')[0]})`)
  }
}

/** A separate file of the bundle, because few programs need it. */
function loadLogger(): { openProgramLogger: typeof openProgramLogger } {
  return createRequire(import.meta.url)('./program-logger.cjs')
}

/** A separate file too: it is almost never needed. */
function loadUntold(): { writeUntold: typeof writeUntold } {
  return createRequire(import.meta.url)('./untold.cjs')
}

/** Returns why the recorder process cannot be started, or undefined if it can. */
function obstacleToStarting(): string | undefined {
  if (process.permission?.has('child') === false)
    return 'it may not start the process that records it (--allow-child-process)'
  // Its executable is the program, and would run it a second time.
  if ('getBuiltinModule' in process && process.getBuiltinModule('node:sea')?.isSea())
    return 'it is a single executable application'
  return undefined
}

/**
 * Whether a script is one of Tacho's own, which are not recorded: `tacho show` in a shell with
 * recording on, or the launcher of an agent.
 */
function isOurs(script: string | undefined): boolean {
  if (!script) return false
  const own = realPath(fileURLToPath(import.meta.url))
  const ourFolder = resolve(dirname(own), '../..')
  return ['bin/tacho', 'dist/'].some((ours) => realPath(script).startsWith(`${ourFolder}/${ours}`))
}

/**
 * Whether `tacho <agent>` started this agent, so that its taps record it, unless they ask for this
 * recording too.
 */
function isTapped(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment[TAPPED_VARIABLE]) && !environment[SESSION_VARIABLE]
}

let hasTold = false

// A direct system call: using `process.stderr` would create the stream, and it can be a full pipe.
function tell(sentence: string): void {
  if (hasTold) return
  hasTold = true
  try {
    unpatched.writeSync(2, `tacho: ${sentence}\n`)
  } catch {
    // Nobody reads it.
  }
}
