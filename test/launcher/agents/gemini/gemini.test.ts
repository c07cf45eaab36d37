import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { conversationOf } from '../../../../packages/launcher/src/agents/gemini/conversation.js'
import { startedSession } from '../../../../packages/launcher/src/agents/gemini/session-id.js'
import {
  effectiveEnvironment,
  selectedAuth,
} from '../../../../packages/launcher/src/agents/gemini/settings.js'
import { geminiMode } from '../../../../packages/launcher/src/agents/gemini/subcommand.js'
import { telemetryFor } from '../../../../packages/launcher/src/agents/gemini/telemetry.js'
import { upstreamOf } from '../../../../packages/launcher/src/agents/gemini/upstream.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-gemini-settings-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string): void {
  const file = join(root, path)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

const chooses = (selectedType: string) =>
  `{ // mine\n"security": ${JSON.stringify({ auth: { selectedType } })} }`
const USERS = 'home/.gemini/settings.json'

test.each<[what: string, files: Record<string, string>, env: Record<string, string>, to: string]>([
  [
    'an API key',
    { [USERS]: chooses('gemini-api-key') },
    {},
    'GOOGLE_GEMINI_BASE_URL https://generativelanguage.googleapis.com/',
  ],
  [
    'a gateway of the user’s, in a file',
    { [USERS]: chooses('gemini-api-key'), 'work/.env': 'GOOGLE_GEMINI_BASE_URL=http://g.test/x' },
    {},
    'GOOGLE_GEMINI_BASE_URL http://g.test/x',
  ],
  [
    'the environment goes before the file',
    { [USERS]: chooses('gemini-api-key'), 'work/.env': 'GOOGLE_GEMINI_BASE_URL=http://g.test/x' },
    { GOOGLE_GEMINI_BASE_URL: 'http://other.test' },
    'GOOGLE_GEMINI_BASE_URL http://other.test/',
  ],
  [
    'a Google login',
    { [USERS]: chooses('oauth-personal') },
    {},
    'CODE_ASSIST_ENDPOINT https://cloudcode-pa.googleapis.com/',
  ],
  [
    'Vertex AI, in a region',
    { [USERS]: chooses('vertex-ai') },
    { GOOGLE_CLOUD_LOCATION: 'europe-west4' },
    'GOOGLE_VERTEX_BASE_URL https://europe-west4-aiplatform.googleapis.com/',
  ],
  [
    "the folder's choice goes before the user's",
    { [USERS]: chooses('oauth-personal'), 'work/.gemini/settings.json': chooses('vertex-ai') },
    {},
    'GOOGLE_VERTEX_BASE_URL https://aiplatform.googleapis.com/',
  ],
  ['no choice', {}, {}, 'settings choose a login'],
  [
    'no choice, but a gateway',
    {},
    { GOOGLE_GEMINI_BASE_URL: 'http://g.test' },
    'GOOGLE_GEMINI_BASE_URL http://g.test/',
  ],
  ['a login of another version', { [USERS]: chooses('by-letter') }, {}, '"by-letter"'],
  ['settings that are no JSON', { [USERS]: '{' }, {}, 'settings choose a login'],
])('where requests go: %s', (_, files, env, to) => {
  for (const [path, text] of Object.entries(files)) write(path, text)
  const cwd = join(root, 'work')
  const environment = effectiveEnvironment(cwd, { HOME: join(root, 'home'), ...env })
  const upstream = upstreamOf(selectedAuth(cwd, environment), environment)
  if ('reason' in upstream) {
    expect(upstream.reason).toContain(to)
    return
  }
  const led = upstream.redirect('http://127.0.0.1:1')({ args: [], environment: {} }).environment
  expect(led).toEqual({ [to.split(' ')[0] ?? '']: 'http://127.0.0.1:1' })
  expect(upstream.upstream({ headers: [] }).href).toBe(to.split(' ')[1])
})

const ID = '11111111-2222-4333-8444-555555555555'

test.each<[args: string[], version: string, started: object]>([
  [
    ['-p', 'x'],
    '0.61.0',
    { id: expect.any(String), options: ['--session-id', expect.any(String)] },
  ],
  [['-p', 'x'], '0.60.9', { options: [] }],
  [['--session-id', ID], '0.61.0', { id: ID, options: [] }],
  [['-r', 'latest'], '0.61.0', { options: [] }],
  [['-r'], '0.61.0', { options: [] }],
  [['-r', ID], '0.61.0', { id: ID, options: [] }],
  [['--session-file=x.json'], '0.61.0', { options: [] }],
])('the session of %j with %s', (args, version, started) => {
  write('bundle/gemini.js', '')
  write('package.json', JSON.stringify({ name: '@google/gemini-cli', version }))
  expect(startedSession(args, join(root, 'bundle/gemini.js'))).toEqual(started)
})

test.each<[args: string, isTerminal: boolean, mode: string | undefined]>([
  ['', true, 'tui'],
  ['', false, 'prompt'],
  ['-m x fix it', true, 'tui'],
  ['-p fix', true, 'prompt'],
  ['--prompt=fix', true, 'prompt'],
  ['-i mcp', true, 'tui'],
  ['--acp', false, 'acp'],
  ['mcp list', true, undefined],
  ['--list-sessions', true, undefined],
  ['--delete-session 3', true, undefined],
  ['-- --version', true, 'tui'],
  ['--version', true, undefined],
])('gemini %s, a terminal: %s, is %s', (args, isTerminal, mode) => {
  expect(geminiMode(args === '' ? [] : args.split(' '), isTerminal)).toBe(mode)
})

test('what is asked in one piece is beside the conversation', () => {
  const of = (target: string) =>
    conversationOf({ headers: [['User-Agent', 'GeminiCLI-tui/0.61.0/m (linux)']], target }, ID)
  expect(of('/v1beta/models/m:streamGenerateContent?alt=sse')).toEqual({
    sessionId: ID,
    threadId: ID,
    agentVersion: '0.61.0',
  })
  expect(of('/v1beta/models/m:generateContent')).toMatchObject({
    threadId: `${ID}/utility`,
    threadSource: 'utility',
  })
})

test.each<
  [what: string, files: Record<string, string>, env: Record<string, string>, args: string[]]
>([
  ['an endpoint in its settings', { [USERS]: '{"telemetry":{"otlpEndpoint":"http://t"}}' }, {}, []],
  [
    'a file in its folder',
    { 'work/.gemini/settings.json': '{"telemetry":{"outfile":"t"}}' },
    {},
    [],
  ],
  ['a variable', {}, { GEMINI_TELEMETRY_ENABLED: 'true' }, []],
  ['an option', {}, {}, ['--telemetry=false']],
])('telemetry that the user has settled stays as it is: %s', (_, files, env, args) => {
  for (const [path, text] of Object.entries(files)) write(path, text)
  const cwd = join(root, 'work')
  const environment = { HOME: join(root, 'home'), ...env }
  const options = { args, cwd, environment, sessionId: () => undefined }
  expect(telemetryFor(options)).toHaveProperty('reason')
  expect(
    telemetryFor({ ...options, args: [], environment: { HOME: root }, cwd: root }),
  ).toHaveProperty('redirect')
})
