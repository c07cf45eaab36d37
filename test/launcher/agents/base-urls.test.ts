import { expect, test } from 'vitest'
import { chosenBaseUrls } from '../../../packages/launcher/dist/agents/base-url-options.js'

const NONE = {
  OPENAI_BASE_URL: 'https://api.openai.com/v1',
  OPENAI_API_BASE: 'https://api.openai.com/v1',
  ANTHROPIC_BASE_URL: 'https://api.anthropic.com/',
  GOOGLE_GEMINI_BASE_URL: 'https://generativelanguage.googleapis.com/',
}
const { OPENAI_BASE_URL: _, OPENAI_API_BASE: __, ...OTHERS } = NONE
const OWN = 'http://127.0.0.1:11434/v1'

type Case = [
  about: string,
  given: { options?: string[]; environment?: Record<string, string>; words?: string[] },
  led: Record<string, string>,
]

const CASES: Case[] = [
  ['where none is set, the common ones of each API', {}, NONE],
  [
    'of an API of which one is set, that one',
    { environment: { OPENAI_API_BASE: OWN } },
    { ...OTHERS, OPENAI_API_BASE: OWN },
  ],
  ['an empty one is not set', { environment: { OPENAI_API_BASE: '' } }, NONE],
  ['one that is not a URL stays', { environment: { OPENAI_BASE_URL: 'localhost' } }, OTHERS],
  [
    'others only where they are set',
    { environment: { GROQ_BASE_URL: OWN, VITE_BASE_URL: OWN } },
    { ...NONE, GROQ_BASE_URL: OWN },
  ],
  [
    'of Gemini CLI what was not set stays so',
    { words: ['npx', '@google/gemini-cli', '--acp'] },
    { ...NONE, GOOGLE_GEMINI_BASE_URL: '' },
  ],
  [
    'and what was set leads to us',
    { words: ['/usr/bin/gemini'], environment: { GOOGLE_GEMINI_BASE_URL: OWN } },
    { ...NONE, GOOGLE_GEMINI_BASE_URL: OWN },
  ],
  [
    'one that is named leads where it is said to, or where it did',
    {
      options: [
        '--base-url-env',
        `A=${OWN}`,
        '--base-url-env=B',
        '--base-url-env',
        'OPENAI_HOST=/',
      ],
      environment: { B: 'https://b.example/x' },
    },
    { A: OWN, B: 'https://b.example/x', OPENAI_HOST: 'https://api.openai.com/', ...NONE },
  ],
  [
    'one that is named goes before what is known of it',
    { options: ['--base-url-env', `OPENAI_BASE_URL=${OWN}`] },
    { ...NONE, OPENAI_BASE_URL: OWN },
  ],
]

for (const [about, { options = [], environment = {}, words = [] }, led] of CASES) {
  test(`variables that lead to us: ${about}`, () => {
    const chosen = chosenBaseUrls(options, environment, words)
    const expected = Object.entries(led).filter(([, url]) => url !== '')
    expect(
      Object.fromEntries(chosen.map(({ variable, upstream }) => [variable, upstream.href])),
    ).toEqual(Object.fromEntries(expected))
  })
}

for (const [option, words] of [
  [['--base-url-env'], 'needs a variable'],
  [['--base-url-env', '1A=https://x'], 'needs a variable'],
  [['--base-url-env', 'A'], 'A is not set to a URL'],
  [['--base-url-env', 'A=ftp://x'], 'that is neither an HTTP URL nor a path'],
  [['--base-url-env', 'FOO_URL=/v1'], 'no API is known by that name'],
  [['--model', 'x'], '--model is not an option'],
] as const) {
  test(`${option.join(' ')} is wrong use`, () => {
    expect(() => chosenBaseUrls(option, {}, [])).toThrow(words)
  })
}
