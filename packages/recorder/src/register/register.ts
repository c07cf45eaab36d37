import { createRequire } from 'node:module'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { switchedOn, wrongSwitch } from '@tacho/format'
import type { openProgramLogger } from '../log/program-logger.js'
import { unpatched } from './apart/unpatched.js'
import { Host } from './host.js'
import { isHostRecorded, setHostRecording } from './host-recording.js'
import { observeClientRequests } from './http/client-request.js'
import { observeUndici } from './http/undici.js'
import { announce, leadsToTap, placeIn, SESSION_VARIABLE, TAPPED_VARIABLE } from './place.js'
import { isRunner, programOf, realPath } from './program.js'

/**
 * Has this process (or worker thread) recorded from here on, where the environment says so. What is
 * loaded into it is small; what records is a process of its own, which starts when there is something
 * to record: at once where the session begins with this process, and else with its first request, for
 * most of an agent's child processes make none.
 *
 * Never throws: what cannot be recorded is told in one line, and the host runs.
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
    tell,
  })
  setHostRecording(host)
  for (const observe of [observeUndici, observeClientRequests]) observed(observe, host)
  process.on('exit', (code) => host.barrier.do('the end', () => host.close(code)))
  if (isMainThread && !place.isJoined && !isRunner(program)) host.open()
}

// What was loaded before us may have frozen what we are to listen to.
function observed(observe: typeof observeUndici, { onRequest, barrier }: Host): void {
  try {
    observe(onRequest, barrier)
  } catch (cause) {
    tell(`some requests of this process are not recorded. (${String(cause).split('\n')[0]})`)
  }
}

/** Beside us in the bundle, for few programs ask for it. */
function loadLogger(): { openProgramLogger: typeof openProgramLogger } {
  return createRequire(import.meta.url)('./program-logger.cjs')
}

/** Why the process that records cannot be started; nothing where it can. */
function obstacleToStarting(): string | undefined {
  if (process.permission?.has('child') === false)
    return 'it may not start the process that records it (--allow-child-process)'
  // Its executable is the program, and would run it a second time.
  if ('getBuiltinModule' in process && process.getBuiltinModule('node:sea')?.isSea())
    return 'it is a single executable application'
  return undefined
}

/**
 * Tacho's own programs are not recorded: `tacho show` in a shell in which recording is on, or the
 * launcher of an agent.
 */
function isOurs(script: string | undefined): boolean {
  if (!script) return false
  const own = realPath(fileURLToPath(import.meta.url))
  const ourFolder = resolve(dirname(own), '../..')
  return ['bin/tacho', 'dist/'].some((ours) => realPath(script).startsWith(`${ourFolder}/${ours}`))
}

/** An agent that was started by `tacho <agent>` is recorded by its taps, unless these want us, too. */
function isTapped(environment: NodeJS.ProcessEnv): boolean {
  return Boolean(environment[TAPPED_VARIABLE]) && !environment[SESSION_VARIABLE]
}

let hasTold = false

// By one call of the system's: `process.stderr` would be made, and can be a pipe that is full.
function tell(sentence: string): void {
  if (hasTold) return
  hasTold = true
  try {
    unpatched.writeSync(2, `tacho: ${sentence}\n`)
  } catch {
    // Nobody reads it.
  }
}
