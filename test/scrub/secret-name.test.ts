import { isSecretName } from '@tacho/scrub'
import { expect, test } from 'vitest'

test.each([
  ['OPENAI_API_KEY', true],
  ['APIKEY', true],
  ['GITHUB_TOKEN', true],
  ['HF_TOKENS', true],
  ['npm_config__authToken', true],
  ['AWS_SECRET_ACCESS_KEY', true],
  ['CLIENT_SECRET', true],
  ['PGPASSWORD', true],
  ['DB_PASS', true],
  ['SSH_PASSPHRASE', true],
  ['GOOGLE_CREDENTIALS', true],
  ['BYPASS_TOKEN', true],
  ['MONKEY_KEY', true],
  ['MYSQL_PWD', true],
  ['GITHUB_PAT', true],
  ['SENTRY_DSN', true],
  ['_AUTH', true],
  ['PWD', false],
  ['OLDPWD', false],
  ['SSH_AUTH_SOCK', false],
  ['PATH', false],
  ['HOME', false],
  ['EDITOR', false],
  ['', false],
  ['GIT_ASKPASS', false],
  ['SSH_ASKPASS', false],
  ['XKB_KEYMAP', false],
  ['KEYBOARD_LAYOUT', false],
  ['TOKENIZERS_PARALLELISM', false],
  ['CLAUDE_CODE_MAX_OUTPUT_SIZE', false],
  ['MAX_TOKENS', false],
])('the value of %s is a secret: %s', (name, wanted) => {
  expect(isSecretName(name)).toBe(wanted)
})
