import { readFileSync } from 'node:fs'
import { type Running, start } from '../../host/index.js'

const cleanPath = { PATH: process.env.PATH }

// Prints the result of one connection, and ends; with `twice`, after a second connection, which it
// makes on SIGUSR2.
const CLIENT = `
const [port, host, twice] = process.argv.slice(1)
const open = () => {
  const socket = require('node:net').connect({ port, host })
  socket.on('connect', () => socket.write('hello'))
  socket.on('data', (bytes) => socket.destroy(console.log('got ' + bytes)))
  socket.on('error', (error) => console.log(error.code))
  socket.on('close', () => console.log('closed'))
}
if (twice) process.once('SIGUSR2', () => { clearInterval(waiting); open() })
const waiting = twice && setInterval(() => {}, 1e6)
open()
`

/** The command that starts a client, for a shell. */
export function clientWords(port: number, host = '127.0.0.1', twice = ''): string[] {
  return [process.execPath, '-e', CLIENT, String(port), host, twice]
}

/** A process that connects to one of our ports and sends a word. */
export function startClient(port: number, host?: string): Running {
  const [program = '', ...args] = clientWords(port, host)
  return start(program, args, { env: cleanPath, cwd: '/' })
}

/** The same in a process group of its own, as a browser has. */
export function startApart(port: number): Running {
  return start('setsid', clientWords(port), { env: cleanPath, cwd: '/' })
}

/** A shell that does something with a client's command, which is its `"$@"`. */
export function startShell(script: string, port: number, twice = ''): Running {
  const words = clientWords(port, '127.0.0.1', twice)
  return start('/bin/sh', ['-c', script, 'sh', ...words], { env: cleanPath, cwd: '/' })
}

/** Whether we may start a process as another user. */
export const canBeSomebodyElse = process.getuid?.() === 0 && isWholeMap()

/**
 * A client of another user, if we may start one; otherwise one of ours that belongs to no agent.
 */
export function startStranger(port: number): Running {
  if (!canBeSomebodyElse) return startApart(port)
  const asNobody = ['--reuid=65534', '--regid=65534', '--clear-groups', ...clientWords(port)]
  return start('setpriv', asNobody, { env: cleanPath, cwd: '/' })
}

function isWholeMap(): boolean {
  const map = readFileSync('/proc/self/uid_map', 'utf8').trim().split(/\s+/)
  return map[0] === '0' && Number(map[2]) > 65_534
}
