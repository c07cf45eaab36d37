import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import type { Answer } from '../../scripted-model/index.js'
import { endAlike, requestsAlike } from './alike.js'
import { anthropicHost } from './anthropic-host.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, type ClaudePlace, type ClaudePlaceOptions, claudePlace } from './place.js'

const SECRET = 'made-up-credential-0123456789abcdef'

const HELLO: Answer[] = [{ text: 'Hello.', usage: { inputTokens: 7, outputTokens: 3 } }]

const PROMPT = ['-p', 'Say hello', ...BYPASS]

type Variables = Record<string, string | undefined>

type Credential = { environment: Variables; prepare?: (place: ClaudePlace) => void }

const KEY: Credential = { environment: { ANTHROPIC_API_KEY: SECRET } }

const OTHERS: [what: string, credential: Credential][] = [
  [
    'ANTHROPIC_AUTH_TOKEN',
    { environment: { ANTHROPIC_API_KEY: undefined, ANTHROPIC_AUTH_TOKEN: SECRET } },
  ],
  [
    'CLAUDE_CODE_OAUTH_TOKEN',
    { environment: { ANTHROPIC_API_KEY: undefined, CLAUDE_CODE_OAUTH_TOKEN: SECRET } },
  ],
  ['a stored login', { environment: { ANTHROPIC_API_KEY: undefined }, prepare: logIn }],
]

/** Runs it alone and recorded, each in its own place, and compares everything that is visible. */
async function isRecordedAsItIs(
  { environment, prepare }: Credential,
  placed: (at: 1 | 2) => Promise<ClaudePlaceOptions>,
): Promise<void> {
  const [first, second] = [await placed(1), await placed(2)]
  await using alone = await claudePlace(HELLO, with_(first, environment))
  await using recorded = await claudePlace(HELLO, with_(second, environment))
  for (const place of [alone, recorded]) prepare?.(place)
  const [expected, end] = await Promise.all([
    alone.alone(PROMPT),
    recorded.tacho(['claude', '--persist-session', ...PROMPT]),
  ])
  expect(endAlike(end, recorded)).toEqual(endAlike(expected, alone))
  expect(inOrder(requestsAlike(recorded))).toEqual(atAnotherAddress(alone))
  const session = recorded.session()
  expectItsBodies(session, recorded)
  const { exchanges } = await recorded.said<{ exchanges: object[] }>('show')
  expect(exchanges).toMatchObject([
    { outcome: 'completed', usage: { inputTokens: 7, outputTokens: 3 } },
  ])
  const files = session.names().map((name) => session.text(name))
  expect(files.join('')).not.toContain(SECRET)
}

/** Requests of Claude Code outside its conversation come in any order. */
function inOrder(requests: unknown[]): unknown[] {
  return requests.sort((one, other) => (String(one) < String(other) ? -1 : 1))
}

/** What Claude Code leaves out unless its base URL is Anthropic's own: docs/recording-claude.md. */
function atAnotherAddress(place: ClaudePlace): unknown[] {
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: gateway } = place.environment
  const requests = inOrder(requestsAlike(place))
  if (gateway !== undefined) return requests
  const sent = JSON.stringify(requests).replaceAll(
    'mid-conversation-system-clear-at-2026-08-21,',
    '',
  )
  return (JSON.parse(sent) as [string][]).filter(
    ([what]) => key === undefined || what !== 'GET /api/claude_code/settings',
  )
}

function with_(options: ClaudePlaceOptions, environment: Variables): ClaudePlaceOptions {
  return { ...options, environment: { ...options.environment, ...environment } }
}

const atAnthropic = (at: 1 | 2) => anthropicHost(`127.0.45.${at}`)

test('with an API key, Anthropic gets what it gets without Tacho, and all of it is recorded', () =>
  isRecordedAsItIs(KEY, atAnthropic))

// `npm run soak` runs these.
describe.skipIf(!isSoak)('with', () => {
  test.each(OTHERS)('%s, Anthropic gets what it gets without Tacho', (_, credential) =>
    isRecordedAsItIs(credential, atAnthropic),
  )

  test.each(OTHERS)('%s, a gateway gets what it gets without Tacho', (_, credential) =>
    isRecordedAsItIs(credential, async () => ({})),
  )
})

function logIn({ home }: ClaudePlace): void {
  const folder = join(home.userHome, '.claude')
  mkdirSync(folder, { recursive: true })
  const claudeAiOauth = {
    accessToken: SECRET,
    refreshToken: `refresh-${SECRET}`,
    expiresAt: Date.now() + 86_400_000,
    scopes: ['user:inference', 'user:profile'],
    subscriptionType: 'max',
  }
  writeFileSync(join(folder, '.credentials.json'), JSON.stringify({ claudeAiOauth }), {
    mode: 0o600,
  })
}
