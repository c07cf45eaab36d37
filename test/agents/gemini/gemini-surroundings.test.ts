import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually, run, tachoCommand } from '../../host/index.js'
import { openTerminal, type Terminal } from '../../host/tmux.js'
import { startOwnCollector } from '../claude/collector.js'
import { geminiPlace } from './place.js'
import { PATIENCE, quit, say, shown } from './tui.js'

const asks = { calls: [{ name: 'run_shell_command', arguments: { command: 'mkfifo one' } }] }
const MODEL = ['-m', 'gemini-2.5-flash']
const PROMPT = [...MODEL, '-p', 'Say hello']

type Place = Awaited<ReturnType<typeof geminiPlace>>

test('a Gemini CLI that is not installed is named, with what installs it', async () => {
  await using place = await geminiPlace([])
  const env = { ...place.own.env, TACHO_GEMINI: '', PATH: '/nowhere' }
  const options = { ...place.own, env }
  const end = await run(tachoCommand, ['gemini', '--persist-session', ...PROMPT], options)
  expect(end.exitCode).toBe(127)
  expect(end.stderr.toString()).toContain('npm install -g @google/gemini-cli')
})

test('one of a version that is not known gets no option of ours; one that refuses ends as it does', async () => {
  await using place = await geminiPlace([])
  const program = join(place.root, 'gemini')
  const refuses = '#!/bin/sh\necho "Unknown arguments: $*" >&2\nexit 3\n'
  writeFileSync(program, refuses, { mode: 0o755 })
  const options = { ...place.own, env: { ...place.own.env, TACHO_GEMINI: program } }
  const end = await run(tachoCommand, ['gemini', '--persist-session', ...PROMPT], options)
  expect(end).toMatchObject({ exitCode: 3, signal: null })
  expect(end.stderr.toString()).toContain(`Unknown arguments: ${PROMPT.join(' ')}\n`)
  expect(place.session().manifest.runs).toMatchObject([{ ended: { exitCode: 3 } }])
})

// Each takes some ten seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak)('Gemini CLI', () => {
  test('shows, asks its model and ends the same in its TUI with Tacho as without', async () => {
    const [alone, recorded] = await Promise.all(
      ['plainTui' as const, 'tui' as const].map(async (which) => {
        await using place = await geminiPlace([asks, { text: 'It is made.' }])
        await using terminal = await place[which](...MODEL)
        const screens = [await atTheDialog(place, terminal)]
        terminal.press('Enter')
        screens.push(await painted(terminal, /It is made\.[\s\S]*Type your message[\s\S]*gemini-2/))
        const exitCode = await quit(terminal)
        const requests = place.model.exchanges.map(({ method, url, rawHeaders, requestBody }) =>
          [method, url, rawHeaders.join('\n'), requestBody.toString()].map((text) =>
            masked(text, place.root),
          ),
        )
        return {
          exitCode,
          requests,
          screens: screens.map((text) => onceReady(masked(text, place.root))),
        }
      }),
    )
    expect(recorded).toEqual(alone)
  }, 300_000)

  test("keeps its user's telemetry and debug log; what it asks is not told then", async () => {
    await using place = await geminiPlace([asks, { text: 'It is made.' }])
    await using collector = await startOwnCollector()
    const log = join(place.root, 'debug.log')
    const env = {
      ...place.own.env,
      GEMINI_TELEMETRY_ENABLED: 'true',
      GEMINI_TELEMETRY_TARGET: 'local',
      GEMINI_TELEMETRY_OTLP_PROTOCOL: 'http',
      GEMINI_TELEMETRY_OTLP_ENDPOINT: collector.url,
      GEMINI_DEBUG_LOG_FILE: log,
    }
    const command = [...tachoCommand] as const
    const args = ['gemini', '--persist-session', ...MODEL]
    await using terminal = await openTerminal(command, args, { env, cwd: place.cwd })
    await atTheDialog(place, terminal)
    terminal.press('Enter')
    await shown(terminal, 'It is made.')
    expect(await quit(terminal)).toBe(0)
    expect(collector.events).toContain('gemini_cli.tool_call')
    expect([...collector.paths]).toEqual(expect.arrayContaining(['/v1/traces', '/v1/metrics']))
    expect(readFileSync(log, 'utf8')).toContain('[PolicyEngine.check]')
    const { exchanges, tools } = await place.told('show', 'last')
    expect(exchanges).toHaveLength(2)
    expect(tools).toMatchObject([{ command: 'mkfifo one', outcome: 'completed' }])
    expect(await place.told('approvals', 'last')).toEqual([])
  }, 300_000)

  test('killed at a dialog, it has told neither a question nor an answer', async () => {
    await using place = await geminiPlace([asks])
    await using terminal = await place.tui(...MODEL)
    await atTheDialog(place, terminal)
    for (const pid of processesIn(place.home)) process.kill(pid, 'SIGKILL')
    await terminal.ended()
    const { session, tools } = await place.told('show', 'last')
    expect(session.ended).toBe('died')
    expect(tools).toMatchObject([{ command: 'mkfifo one', outcome: null }])
    expect(await place.told('approvals', 'last')).toEqual([])
  }, 300_000)

  test('whose version is not known has its sessions named as its chats say', async () => {
    await using place = await geminiPlace([{ text: 'Hello.' }])
    const program = join(place.root, 'gemini')
    writeFileSync(program, `#!/bin/sh\nexec '${place.program}' "$@"\n`, { mode: 0o755 })
    const options = { ...place.own, env: { ...place.own.env, TACHO_GEMINI: program } }
    const end = await run(tachoCommand, ['gemini', '--persist-session', ...PROMPT], options)
    expect(end.exitCode).toBe(0)
    const chats = readdirSync(join(place.home, '.gemini/tmp'), {
      recursive: true,
      encoding: 'utf8',
    })
    const [chat = ''] = chats.filter((name) => name.endsWith('.jsonl'))
    const { id } = place.session()
    expect(chat).toContain(id.slice(0, 8))
  }, 300_000)
})

/** Has it ask before a command, and returns the screen. */
async function atTheDialog(place: Place, terminal: Terminal): Promise<string> {
  await shown(terminal, 'Type your message')
  await say(terminal, 'Make one', () => place.model.exchanges.length > 0)
  return painted(terminal, /● 1\. Allow once[\s\S]*suggest changes[\s\S]*╰/)
}

/** The screen once it shows all of it: it is painted from the top. */
function painted(terminal: Terminal, wanted: RegExp): Promise<string> {
  return eventually(() => {
    const { screen } = terminal
    expect(screen).toMatch(wanted)
    return screen
  }, PATIENCE)
}

/**
 * What a screen shows if Gemini CLI was ready when the prompt was typed. If it was not, which is
 * chance, it says so, and what was above its first words moves up.
 */
function onceReady(screen: string): string {
  return screen
    .replace(/^[\s\S]*?(?=^ *Tips for getting started)/m, '')
    .replace(/^ ℹ Initializing\.\.\. Prompts will be queued\.\n+/m, '')
}

/** Without what differs between any two places, or moves. */
function masked(text: string, root: string): string {
  return text
    .replaceAll(root, 'ROOT')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'API')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
    .replaceAll(/(?<=content-length\n)\d+/gi, 'LENGTH')
    .replaceAll(/(?<=PGID: )\d+/g, 'NUMBER')
    .replaceAll(/\d+(\.\d+)?m?s\b/g, 'TIME')
    .replaceAll(/ +$/gm, '')
}

/** Those with this home, except for the terminal's shell. */
function processesIn(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const isOurs = readFileSync(`/proc/${name}/environ`, 'utf8').includes(`HOME=${home}\0`)
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8')
        return isOurs && /tacho\.js|gemini/.test(command) && !/^(sh|tmux)\0/.test(command)
          ? [Number(name)]
          : []
      } catch {
        // It has ended meanwhile.
        return []
      }
    })
}
