import { homedir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readSwitches, WrongUse, withHome } from '../../../packages/launcher/dist/run/switches.js'

const OFF = {
  persistSession: false,
  isAskedFor: false,
  debugLog: undefined,
  noScrub: false,
  sessionsDir: undefined,
  logLevel: undefined,
  args: [],
}
const ON = { persistSession: true, isAskedFor: true }

test.each<[string, object]>([
  ['', OFF],
  ['exec Hello', { ...OFF, args: ['exec', 'Hello'] }],
  ['--persist-session', { ...OFF, ...ON }],
  ['exec --persist-session Hello', { ...OFF, ...ON, args: ['exec', 'Hello'] }],
  ['exec Hello --persist-session', { ...OFF, ...ON, args: ['exec', 'Hello'] }],
  ['--persist-session=1', { ...OFF, ...ON }],
  ['--persist-session=true', { ...OFF, ...ON }],
  ['--persist-session=0', OFF],
  ['--persist-session=false', OFF],
  ['--persist-session --persist-session=0', OFF],
  ['exec -- --persist-session', { ...OFF, args: ['exec', '--', '--persist-session'] }],
  ['--persist-session -- -- x', { ...OFF, ...ON, args: ['--', '--', 'x'] }],
  ['exec -', { ...OFF, args: ['exec', '-'] }],
  ['--no-scrub exec', { ...OFF, noScrub: true, args: ['exec'] }],
  ['--no-scrub=off exec', { ...OFF, args: ['exec'] }],
  ['exec -- --no-scrub', { ...OFF, args: ['exec', '--', '--no-scrub'] }],
  ['--debug-log', { ...OFF, debugLog: {} }],
  ['--debug-log exec', { ...OFF, debugLog: {}, args: ['exec'] }],
  ['--debug-log a.log exec', { ...OFF, debugLog: { path: 'a.log' }, args: ['exec'] }],
  ['--debug-log /tmp/a exec', { ...OFF, debugLog: { path: '/tmp/a' }, args: ['exec'] }],
  ['--debug-log=exec', { ...OFF, debugLog: { path: 'exec' } }],
  ['--debug-log= exec', { ...OFF, debugLog: {}, args: ['exec'] }],
  ['--debug-log -m gpt', { ...OFF, debugLog: {}, args: ['-m', 'gpt'] }],
  ['--sessions-dir /s exec', { ...OFF, sessionsDir: '/s', args: ['exec'] }],
  ['--sessions-dir=-s', { ...OFF, sessionsDir: '-s' }],
  ['--persist-sessions', { ...OFF, args: ['--persist-sessions'] }],
  ['-c a=--persist-session', { ...OFF, args: ['-c', 'a=--persist-session'] }],
])('%j', (line, wanted) => {
  expect(readSwitches(line.split(' ').filter(Boolean), {})).toEqual(wanted)
})

test('a prompt that ends like a file name is no path of a log', () => {
  const { debugLog, args } = readSwitches(['--debug-log', 'Please read main.ts'], {})
  expect([debugLog, args]).toEqual([{}, ['Please read main.ts']])
})

describe('the environment', () => {
  test.each([
    [{ TACHO_PERSIST_SESSION: '1' }, true],
    [{ TACHO_PERSIST_SESSION: 'true' }, true],
    [{ TACHO_PERSIST_SESSION: 'TRUE' }, true],
    [{ TACHO_PERSIST_SESSION: 'yes' }, true],
    [{ TACHO_PERSIST_SESSION: 'On' }, true],
    [{ TACHO_PERSIST_SESSION: '0' }, false],
    [{ TACHO_PERSIST_SESSION: 'No' }, false],
    [{ TACHO_PERSIST_SESSION: 'OFF' }, false],
    [{ TACHO_PERSIST_SESSION: 'false' }, false],
    [{ TACHO_PERSIST_SESSION: '' }, false],
    [{}, false],
  ])('%j switches it: %s', (environment, persistSession) => {
    expect(readSwitches([], environment)).toEqual({ ...OFF, persistSession })
    expect(readSwitches(['--persist-session'], environment).persistSession).toBe(true)
    expect(readSwitches(['--persist-session=0'], environment).persistSession).toBe(false)
  })

  test('names the places, and a flag beats it', () => {
    const environment = {
      TACHO_DEBUG_LOG: 'e.log',
      TACHO_SESSIONS_DIR: '/e',
      TACHO_LOG_LEVEL: 'warn',
    }
    expect(readSwitches([], environment)).toMatchObject({
      debugLog: { path: 'e.log' },
      sessionsDir: '/e',
      logLevel: 'warn',
    })
    expect(readSwitches(['--debug-log=f.log', '--sessions-dir=/f'], environment)).toMatchObject({
      debugLog: { path: 'f.log' },
      sessionsDir: '/f',
    })
  })
})

test.each<[string, Record<string, string>]>([
  ['--persist-session=maybe', {}],
  ['--sessions-dir', {}],
  ['--sessions-dir --persist-session', {}],
  ['--sessions-dir=', {}],
])('%j with %j is wrong use', (line, environment) => {
  expect(() => readSwitches(line.split(' ').filter(Boolean), environment)).toThrow(WrongUse)
})

test('a variable that means nothing is told to who starts a conversation; a flag makes up for it', () => {
  const environment = { TACHO_PERSIST_SESSION: 'maybe' }
  expect(readSwitches([], environment)).toMatchObject({ persistSession: false })
  expect(readSwitches([], environment).wrong).toBeInstanceOf(WrongUse)
  expect(readSwitches(['--persist-session'], environment)).toEqual({ ...OFF, ...ON })
})

test('~ is the home, and only at the beginning', () => {
  expect(withHome('~')).toBe(homedir())
  expect(withHome('~/a')).toBe(join(homedir(), 'a'))
  expect(withHome('~b/a')).toBe('~b/a')
  expect(withHome('a/~')).toBe('a/~')
})
