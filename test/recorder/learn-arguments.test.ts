import { createScrubber } from '@tacho/scrub'
import { describe, expect, test } from 'vitest'
import { learnArguments } from '../../packages/recorder/dist/learn-arguments.js'

const SECRET = 'a1b2c3d4e5f6a7b8'

describe('a secret in the arguments', () => {
  test.each([
    ['--api-key', SECRET],
    [`--api-key=${SECRET}`],
    [`--token="${SECRET}"`],
    ['-c', `model_providers.x.experimental_bearer_token="${SECRET}"`],
    [`-cmodel_providers.x.experimental_bearer_token=${SECRET}`],
    ['-c', `model_providers.x.query_params={"key"="${SECRET}"}`],
    ['-c', `model_providers.x.query_params = { v = "1", api_key = '${SECRET}' }`],
    ['-c', `model_providers.x.http_headers={"Authorization"="Bearer ${SECRET}"}`],
    [`OPENAI_API_KEY=${SECRET}`],
  ])('%s %s is learnt', (...argv) => {
    expect(scrubbed(argv, `so it is ${SECRET}`)).toMatch(/^so it is \[secret/)
  })

  test.each([
    ['-c', 'model_providers.x.env_key="SCRIPTED_MODEL_KEY"', 'SCRIPTED_MODEL_KEY'],
    [
      '-c',
      'model_providers.x.env_http_headers={"X-Key"="SCRIPTED_MODEL_KEY"}',
      'SCRIPTED_MODEL_KEY',
    ],
    ['--key-file', '/home/ada/keys/openai', '/home/ada/keys/openai'],
    ['exec', 'The token is understanding-everything', 'understanding-everything'],
    ['exec', 'key: understanding-everything', 'understanding-everything'],
    ['--max-tokens', '123456789012345', '123456789012345'],
    ['--keyboard', 'international-layout', 'international-layout'],
    ['--token', '--dangerously-bypass-approvals', '--dangerously-bypass-approvals'],
    ['-c', 'x.query_params={"api-version"="2026-11-01-preview"}', '2026-11-01-preview'],
  ])('%s %s holds none', (first, second, word) => {
    expect(scrubbed([first, second], word)).toBe(word)
  })

  test.each(['a', '=', '{', '"', '{"key"="', 'x.', ' ', '-', '"a"="', ','])(
    'is looked for in reasonable time among many %j',
    { timeout: 10_000 },
    (part) => {
      const argv = [part.repeat(200_000), `key={${part.repeat(200_000)}`, `a={${part.repeat(4000)}`]
      expect(scrubbed(argv, 'nothing')).toBe('nothing')
    },
  )
})

function scrubbed(argv: readonly string[], text: string): string {
  const scrubber = createScrubber({ fingerprint: () => '7f3a' })
  learnArguments(scrubber, argv)
  return scrubber.text(text)
}
