import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { startHttpProxy } from '../../network/index.js'
import type { ToolCall } from '../../scripted-model/index.js'
import { endAlike } from './alike.js'
import { anthropicHost } from './anthropic-host.js'
import { expectItsBodies } from './bodies.js'
import { startOwnCollector } from './collector.js'
import { BYPASS, type ClaudePlace, claudePlace } from './place.js'

const PROMPT = ['-p', 'Make a pipe', ...BYPASS]
const RECORDED = ['claude', '--persist-session', ...PROMPT]

const pipe: ToolCall = { name: 'Bash', arguments: { command: 'mkfifo q1' } }
const SCRIPT = [{ calls: [pipe] }, { text: 'Done.' }]

/** A hook that leaves a line behind. */
const hook = (line: string) => ({ hooks: [{ type: 'command', command: `echo ${line} >> hooked` }] })

const hooked = ({ home }: ClaudePlace) => readFileSync(join(home.cwd, 'hooked'), 'utf8')

function writeUserSettings({ home }: ClaudePlace, settings: object): void {
  const folder = join(home.userHome, '.claude')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings))
}

type Shown = Record<'turns' | 'tools' | 'exchanges', object[]>

// `npm run soak` runs these.
describe.skipIf(!isSoak)('Claude Code keeps', () => {
  test("its user's hooks, of settings files and of --settings, and their variables", async () => {
    const options = JSON.stringify({
      hooks: { PreToolUse: [hook('option')] },
      env: { OWN: 'of-the-option' },
    })
    const print: ToolCall = { name: 'Bash', arguments: { command: 'echo $OWN $ALSO >> hooked' } }
    const run = async (isRecorded: boolean) => {
      await using place = await claudePlace([{ calls: [print] }, { text: 'Done.' }])
      writeUserSettings(place, {
        hooks: { PreToolUse: [hook('file')], Stop: [hook('stop')] },
        env: { ALSO: 'of-the-file' },
      })
      const args = [...(isRecorded ? RECORDED : PROMPT), '--settings', options]
      const end = await (isRecorded ? place.tacho(args) : place.alone(args))
      if (isRecorded) {
        const { turns, tools } = await place.said<Shown>('show')
        expect(turns).toMatchObject([{ outcome: 'completed' }])
        expect(tools).toMatchObject([{ name: 'Bash', outcome: 'completed' }])
      }
      return { end: endAlike(end, place), hooked: hooked(place).split('\n').sort() }
    }
    const [alone, recorded] = [await run(false), await run(true)]
    expect(alone.hooked).toEqual(['', 'file', 'of-the-option of-the-file', 'option', 'stop'])
    expect(recorded).toEqual(alone)
  })

  test("its user's OTLP endpoint: the same log events, metrics and headers", async () => {
    const run = async (isRecorded: boolean) => {
      await using collector = await startOwnCollector()
      const environment = {
        CLAUDE_CODE_ENABLE_TELEMETRY: '1',
        OTEL_LOGS_EXPORTER: 'otlp',
        OTEL_METRICS_EXPORTER: 'otlp',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-own=of-the-user',
      }
      await using place = await claudePlace(SCRIPT, { environment })
      const end = await (isRecorded ? place.tacho(RECORDED) : place.alone(PROMPT))
      if (isRecorded) {
        const { tools } = await place.said<Shown>('show')
        expect(tools).toMatchObject([{ name: 'Bash', outcome: 'completed' }])
        expect(place.session().text('session_events.log')).toContain('tool_decision')
      }
      return {
        end: endAlike(end, place),
        events: collector.events.sort(),
        paths: [...collector.paths].sort(),
      }
    }
    const [alone, recorded] = [await run(false), await run(true)]
    expect(alone.events).toContain('tool_decision')
    // It reports our hooks like any others, and our spans go where its user's telemetry goes.
    const events = recorded.events.filter((name) => !name.startsWith('hook_'))
    const paths = recorded.paths.filter((path) => !path.startsWith('/v1/traces'))
    expect({ ...recorded, events, paths }).toEqual(alone)
  })

  test.each(['HTTPS_PROXY', 'HTTP_PROXY', 'settings'])(
    'its way through a proxy of its user (%s)',
    async (how) => {
      const run = async (isRecorded: boolean) => {
        await using proxy = await startHttpProxy({ leadTo: '127.0.47.1' })
        const options = await anthropicHost('127.0.47.1')
        // The only way there is the proxy.
        const hostNames = { 'api.anthropic.com': '127.0.47.9' }
        const variables = { [how === 'settings' ? 'HTTPS_PROXY' : how]: proxy.url }
        const environment = { ...options.environment, ...(how !== 'settings' && variables) }
        await using place = await claudePlace(SCRIPT, { ...options, hostNames, environment })
        if (how === 'settings') writeUserSettings(place, { env: variables })
        const end = await (isRecorded ? place.tacho(RECORDED) : place.alone(PROMPT))
        if (isRecorded) expectItsBodies(place.session(), place)
        const asked = new Set(proxy.heads.map((head) => head.split('\r\n')[0]))
        return { end: endAlike(end, place), asked: [...asked] }
      }
      const [alone, recorded] = [await run(false), await run(true)]
      expect(alone.asked).toEqual(['CONNECT api.anthropic.com:443 HTTP/1.1'])
      expect(recorded).toEqual(alone)
    },
  )
})

// `npm run soak` runs these.
describe.skipIf(!isSoak)("an administrator's settings", () => {
  test.each<[what: string, managed: object, said: string | RegExp]>([
    [
      'that allow no hooks but theirs',
      { allowManagedHooksOnly: true },
      /hooks of this Claude Code are switched off/,
    ],
    [
      'that switch hooks off',
      { disableAllHooks: true },
      /hooks of this Claude Code are switched off/,
    ],
  ])('%s are kept, and the log says what is told less exactly', async (_, managed, said) => {
    await using place = await claudePlace(SCRIPT, { managed })
    const end = await place.tacho(RECORDED)
    expect(endAlike(end, place)).toMatchObject({ exitCode: 0, printed: 'Done.\n', complained: '' })
    const session = place.session()
    expect(session.log).toMatch(said)
    expect(session.text('session_events.log')).not.toContain('"hook"')
    expectItsBodies(session, place)
    const { tools } = await place.said<Shown>('show')
    expect(tools).toMatchObject([{ name: 'Bash', outcome: 'completed' }])
  })

  test('that fix the base URL are kept, and a line says that no requests are recorded', async () => {
    await using place = await claudePlace(SCRIPT, {})
    const managed = { env: { ANTHROPIC_BASE_URL: place.environment.ANTHROPIC_BASE_URL } }
    await using fixed = await claudePlace(SCRIPT, {
      managed,
      environment: { ANTHROPIC_BASE_URL: undefined },
    })
    const end = await fixed.tacho(RECORDED)
    expect(place.model.exchanges.length).toBe(2)
    expect(endAlike(end, fixed)).toMatchObject({
      exitCode: 0,
      printed: 'Done.\n',
      complained:
        "tacho: no requests are recorded: an administrator's settings fix ANTHROPIC_BASE_URL\n",
    })
    const { tools, exchanges } = await fixed.said<Shown>('show')
    expect(exchanges).toEqual([])
    expect(tools).toMatchObject([{ name: 'Bash', outcome: 'completed' }])
  })
})
