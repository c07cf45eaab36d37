import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { repositoryRoot, run } from '../host/index.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-docs-'))
  write('package.json', '{"scripts":{"demo":"x","test":"x"}}')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(file: string, text: string): void {
  mkdirSync(dirname(join(root, file)), { recursive: true })
  writeFileSync(join(root, file), text)
}

/** Checks the tree, and returns the lines that it prints. */
async function check(): Promise<{ exitCode: number | null; lines: string[] }> {
  const program = join(repositoryRoot, 'scripts/dist/check-docs.js')
  const { exitCode, stderr } = await run(process.execPath, [program, root], {
    env: { HOME: homedir(), PATH: process.env.PATH },
  })
  return { exitCode, lines: stderr.toString().split('\n').filter(Boolean) }
}

test('pages whose links, commands and examples are true pass', async () => {
  write('docs/other page.md', '# One\n\n## How it’s *read*, `jq`\n\n## One\n')
  write(
    'README.md',
    `# Tacho

[the root](.), [a page](docs/other%20page.md), [a heading](docs/other%20page.md#how-its-read-jq),
[the second of a name](docs/other%20page.md#one-1), [this page](#tacho), [afar](https://example.org/x#y),
\`[no](link.md)\`, \`npm ci && npm run demo\`, \`tacho show <session> --json\`, \`npm run …\`.

\`\`\`console
$ TACHO_SESSIONS_DIR=x npx tacho raw last 1 --request | jq .   # tacho nothing
tacho says what it likes --here
$ tacho codex exec --persist-session --flags-of-codex "tacho no --no"
\`\`\`

\`\`\`ts
import { SessionFileSpanExporter } from '@tacho/recorder'
const exporter: SessionFileSpanExporter = new SessionFileSpanExporter('spans.jsonl')
\`\`\`
`,
  )
  expect(await check()).toEqual({ exitCode: 0, lines: [] })
})

test('what is wrong is told with its file and its line', async () => {
  write(
    'docs/cli.md',
    `# Page
[gone](format.md) and ![a picture](images/gone.svg)
[no heading](#nothing)
[outside](../../secret.md)
Run \`npm run nothing\`.
Run \`tacho explode last\`.

\`\`\`sh
npx tacho ls --jsn
node_modules/.bin/tacho show last | jq . && tacho shw last
\`\`\`

\`\`\`ts
import { Recording } from '@tacho/recorder'

new Recording(1)
\`\`\`
`,
  )
  const { exitCode, lines } = await check()
  expect(exitCode).toBe(1)
  for (const line of [
    'docs/cli.md:2: the link format.md leads to docs/format.md, which is not there',
    'docs/cli.md:2: the link images/gone.svg leads to docs/images/gone.svg, which is not there',
    'docs/cli.md:3: docs/cli.md has no heading #nothing; it has #page',
    'docs/cli.md:4: the link ../../secret.md leads out of the repository',
    'docs/cli.md:5: package.json has no script nothing; it has demo, test',
    'docs/cli.md:6: tacho has no command explode; see tacho --help',
    'docs/cli.md:9: tacho ls has no --jsn; see tacho help ls',
    'docs/cli.md:10: tacho has no command shw; see tacho --help',
  ]) {
    expect(lines).toContain(line)
  }
  expect(lines.find((line) => line.startsWith('docs/cli.md:16: TS2345'))).toBeDefined()
  expect(lines).toHaveLength(9)
})

test('the contract tells of every attribute of each kind of span, and of no other', async () => {
  const contract = readFileSync(join(repositoryRoot, 'docs/format.md'), 'utf8')
  const spans = contract.slice(contract.indexOf('## session_meta.log'))
  write('docs/cli.md', '# A\n\n## `tacho export otlp [session...]`\n')
  write('docs/format.md', spans.replaceAll(/\]\((?!#how)[^)]*\)/g, ']'))
  expect((await check()).lines).toEqual([])
  write(
    'docs/format.md',
    spans
      .replaceAll(/\]\((?!#how)[^)]*\)/g, ']')
      .replace('| `tacho.cwd` |', '| `tacho.pwd` |')
      .replace('| `tacho.turn.id` |', '| `tacho.turn` |'),
  )
  expect((await check()).lines.map((line) => line.replace(/:\d+:/, ':'))).toEqual([
    'docs/format.md: does not tell of tacho.turn.id on every span',
    'docs/format.md: tells of tacho.turn, and every span has no such',
    'docs/format.md: does not tell of tacho.cwd on a span of the kind session',
    'docs/format.md: tells of tacho.pwd, and a span of the kind session has no such',
  ])
})

test('an attribute is named in one list, and nowhere else', async () => {
  write(
    'packages/recorder/src/a/span.ts',
    "// 'tacho.words'\nset({ 'tacho.one': 1,\n 'gen_ai.two.b': 2 })\n",
  )
  const list = 'packages/format/src/spans/span-attributes.ts'
  expect((await check()).lines).toEqual([
    `packages/recorder/src/a/span.ts:2: names the attribute tacho.one; that is in ${list}`,
    `packages/recorder/src/a/span.ts:3: names the attribute gen_ai.two.b; that is in ${list}`,
  ])
})

test('the catalogue lists the code of every error that a package gives, and no other', async () => {
  write(
    'packages/one/src/errors.ts',
    `export type OneErrorCode =
  /** Gone. */
  | 'gone'
  | 'LOST'

export class OneError extends Error {
  readonly code: OneErrorCode
}

export class OtherError extends Error {
  readonly code = 'other-one'
}

export class NamelessError extends Error {
  readonly isSo = true
}
`,
  )
  write('docs/errors.md', '| code | meaning |\n| --- | --- |\n| `gone` | a |\n| `never` | b |\n')
  expect((await check()).lines).toEqual([
    'packages/one/src/errors.ts:14: the error NamelessError has no code',
    'packages/one/src/errors.ts:4: docs/errors.md does not list the error LOST',
    'packages/one/src/errors.ts:11: docs/errors.md does not list the error other-one',
    'docs/errors.md:4: no source gives the error never',
  ])
})

// Assembled here, because this file is checked too.
const forbidden = [
  ['https://registry', 'npmjs.org/x'].join('.'),
  ['pypi', 'org'].join('.'),
  ['', 'home', 'eve', 'project'].join('/'),
  ['', 'Users', 'eve'].join('/'),
  ['see docs', 'gone.md'].join('/'),
]
for (const words of forbidden) {
  test(`a source that says ${JSON.stringify(words)} is told of`, async () => {
    write('packages/one/src/file.ts', `// fine\n// ${words}\n`)
    write('node_modules/one/file.ts', words)
    const { exitCode, lines } = await check()
    expect(exitCode).toBe(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('packages/one/src/file.ts:2: names ')
  })
}

for (const words of [
  '/home/ada/project',
  'https://example.org/home/eve',
  '~/home/eve',
  'not/docs/x.md',
]) {
  test(`a source may say ${words}`, async () => {
    write('file.ts', `// ${words}\n`)
    write('image.bin', `\0${forbidden.join('\n')}`)
    expect(await check()).toEqual({ exitCode: 0, lines: [] })
  })
}
