import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import type { ModelRequest } from '../../scripted-model/index.js'
import { endAlike, requestsAlike } from './alike.js'
import { awsEventStream } from './aws-event-stream.js'
import { expectItsBodies } from './bodies.js'
import { BYPASS, claudePlace } from './place.js'

const SECRET = 'made-up-credential-0123456789abcdef'

const PROMPT = ['-p', 'Say hello', ...BYPASS]

const NO_LOGIN = { ANTHROPIC_API_KEY: undefined, ANTHROPIC_BASE_URL: undefined }

type Variables = Record<string, string | undefined>

type Provider = {
  variables: (address: string) => Variables
  /** The end of a request's path. */
  path: RegExp
  /** What is recorded of them. */
  recorded: object[]
}

const TOLD = {
  outcome: 'completed',
  model: expect.any(String),
  usage: { inputTokens: 7, outputTokens: 3 },
}

const PROFILE = 'arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/a1b2c3d4e5f6'

const PROVIDERS: Record<string, Provider> = {
  'Google Vertex AI': {
    variables: (address) => ({
      CLAUDE_CODE_USE_VERTEX: '1',
      CLAUDE_CODE_SKIP_VERTEX_AUTH: '1',
      ANTHROPIC_VERTEX_PROJECT_ID: 'a-project',
      CLOUD_ML_REGION: 'us-east5',
      ANTHROPIC_VERTEX_BASE_URL: `${address}/v1`,
    }),
    path: /^\/v1\/projects\/a-project\/.*:streamRawPredict$/,
    recorded: [TOLD],
  },
  'Microsoft Foundry': {
    variables: (address) => ({
      CLAUDE_CODE_USE_FOUNDRY: '1',
      ANTHROPIC_FOUNDRY_API_KEY: SECRET,
      ANTHROPIC_FOUNDRY_BASE_URL: `${address}/anthropic`,
    }),
    path: /^\/anthropic\/v1\/messages/,
    recorded: [TOLD],
  },
  'Amazon Bedrock with an API key': {
    variables: (address) => ({
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_BEARER_TOKEN_BEDROCK: SECRET,
      AWS_REGION: 'us-east-1',
      ANTHROPIC_BEDROCK_BASE_URL: address,
    }),
    path: /^\/model\/.*\/invoke-with-response-stream$/,
    // Its first answer calls a tool, and the second request brings the output.
    recorded: [TOLD, TOLD],
  },
  'Amazon Bedrock with a profile of your own': {
    variables: (address) => ({
      CLAUDE_CODE_USE_BEDROCK: '1',
      AWS_BEARER_TOKEN_BEDROCK: SECRET,
      AWS_REGION: 'us-east-1',
      ANTHROPIC_BEDROCK_BASE_URL: address,
      ANTHROPIC_MODEL: PROFILE,
      ANTHROPIC_SMALL_FAST_MODEL: PROFILE,
    }),
    path: /^\/model\/.*application-inference-profile.*\/invoke-with-response-stream$/,
    recorded: [TOLD, TOLD],
  },
}

const SIGNED = {
  CLAUDE_CODE_USE_BEDROCK: '1',
  AWS_ACCESS_KEY_ID: 'made-up-access-key-id',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_REGION: 'us-east-1',
}

// `npm run soak` runs these.
describe.skipIf(!isSoak)('of', () => {
  test.each(Object.entries(PROVIDERS))(
    '%s the requests are recorded, and stay as they are',
    async (_, { variables, path, recorded }) => {
      const options = { environment: NO_LOGIN, environmentAt: variables }
      await using alone = await claudePlace(says, options)
      await using place = await claudePlace(says, options)
      const [expected, end] = await Promise.all([
        alone.alone(PROMPT),
        place.tacho(['claude', '--persist-session', ...PROMPT]),
      ])
      expect(expected.stdout.toString()).toBe('Hello.\n')
      expect(endAlike(end, place)).toEqual(endAlike(expected, alone))
      expect(requestsAlike(place)).toEqual(requestsAlike(alone))
      const session = place.session()
      expectItsBodies(session, place)
      const { exchanges, tools } = await place.said<{
        exchanges: { url: string }[]
        tools: object[]
      }>('show')
      const asked = exchanges.filter(({ url }) => path.test(url.replace(/^https?:\/\/[^/]+/, '')))
      expect(asked).toMatchObject(recorded)
      const called = { name: 'Bash', command: 'echo from a tool', outcome: 'completed' }
      expect(tools).toMatchObject(recorded.length > 1 ? [called] : [])
      expect(JSON.stringify(await place.said('messages'))).toContain('Hello.')
      expect(
        session
          .names()
          .map((name) => session.text(name))
          .join(''),
      ).not.toContain(SECRET)
    },
  )

  test('Amazon Bedrock with AWS credentials no request is recorded, one line says so, and turns are', async () => {
    const environmentAt = (address: string) => ({ ...SIGNED, ANTHROPIC_BEDROCK_BASE_URL: address })
    const options = { environment: NO_LOGIN, environmentAt }
    await using place = await claudePlace(says, options)
    const end = await place.tacho(['claude', '--persist-session', ...PROMPT])
    expect(end.stdout.toString()).toBe('Hello.\n')
    expect(end.stderr.toString()).toBe(
      'tacho: no requests are recorded: requests to Amazon Bedrock are signed for its host\n',
    )
    const { exchanges, turns } = await place.said<Record<string, object[]>>('show')
    expect(exchanges).toEqual([])
    expect(turns).toMatchObject([{ outcome: 'completed' }])
  })
})

const answer = (content: object, delta: object, stopReason: string) => [
  {
    type: 'message_start',
    message: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] },
      usage: { input_tokens: 7, output_tokens: 1 },
    },
  },
  { type: 'content_block_start', index: 0, content_block: content },
  { type: 'content_block_delta', index: 0, delta },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: stopReason }, usage: { output_tokens: 3 } },
  { type: 'message_stop' },
]
const CALLS = answer(
  { type: 'tool_use', id: 'toolu_1', name: 'Bash', input: {} },
  { type: 'input_json_delta', partial_json: '{"command":"echo from a tool"}' },
  'tool_use',
)
const SAYS = answer({ type: 'text', text: '' }, { type: 'text_delta', text: 'Hello.' }, 'end_turn')

function says({ exchange }: ModelRequest) {
  if (!exchange.url.endsWith('/invoke-with-response-stream'))
    return { text: 'Hello.', usage: { inputTokens: 7, outputTokens: 3 } }
  const hasOutput = exchange.requestBody.includes('tool_result')
  return {
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    events: awsEventStream(hasOutput ? SAYS : CALLS),
  }
}
