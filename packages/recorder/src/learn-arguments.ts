import { isSecretName, type Scrubber } from '@tacho/scrub'

/**
 * Teaches a scrubber the secrets in a command line that have a telling name: `--api-key VALUE`,
 * `--api-key=VALUE`, `-c provider.token="VALUE"`, and in tables, `-c
 * provider.query_params={"key"="VALUE"}`. Prompts are not searched.
 */
export function learnArguments(scrubber: Scrubber, argv: readonly string[]): void {
  for (const [index, argument] of argv.entries()) {
    if (argument.length > ARGUMENT_CHARACTERS) continue
    const next = argv[index + 1]
    const isFlag = FLAG.test(argument)
    if (isFlag && next !== undefined && !next.startsWith('-')) learn(scrubber, argument, next)
    const [, path = '', value = ''] = ASSIGNMENT.exec(argument) ?? []
    if (path === '' || NAMES_VARIABLES.test(path)) continue
    learn(scrubber, path, value)
    if (value.startsWith('{')) learnTable(scrubber, path, value)
  }
}

// Longer than any credential or table of credentials; anything longer is a prompt.
const ARGUMENT_CHARACTERS = 4096

const FLAG = /^--?[\w-]+$/
const ASSIGNMENT = /^(?:-[A-Za-z])?([\w.-]{1,200})\s*=\s*(.*)$/s
// `env_key="NAME"`, `env_http_headers={"X-Key"="NAME"}`: such values are names of variables.
const NAMES_VARIABLES = /(^|[._-])env([._-]|$)/i

function learnTable(scrubber: Scrubber, path: string, table: string): void {
  for (const [, name = '', value = ''] of table.matchAll(PAIR)) {
    // A header can be secret by its name alone.
    if (/header/i.test(path)) scrubber.headers([[name, value]])
    learn(scrubber, name, value)
  }
}

const PAIR = /(?:^|[{,\s])["']?([\w.-]{1,200})["']?\s{0,9}=\s{0,9}["']([^"']{0,9999})["']/g

function learn(scrubber: Scrubber, path: string, value: string): void {
  const name = path.slice(path.lastIndexOf('.') + 1).replaceAll('-', '_')
  const plain = value.replace(/^(["'])(.*)\1$/s, '$2')
  if (isSecretName(name)) scrubber.learn(plain, 'argument')
}
