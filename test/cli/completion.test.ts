import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openTerminal, type Terminal } from '../host/tmux.js'
import { SESSION_ID, sessionsDirectory, writeSession } from '../reader/session-folder.js'
import { TACHO, tacho } from './tacho.js'

const directory = sessionsDirectory()
writeSession(directory)
const elsewhere = sessionsDirectory()
const place = mkdtempSync(join(tmpdir(), 'tacho-completion-'))
const bin = join(place, 'bin')
mkdirSync(bin)
symlinkSync(TACHO, join(bin, 'tacho'))
mkdirSync(join(place, 'folder'))
writeFileSync(join(place, 'file.txt'), '')
// Without this folder, fish fills it from the manual pages, in the background and even after it has
// ended.
mkdirSync(join(place, '.local/share/fish/generated_completions'), { recursive: true })
afterAll(() => rmSync(place, { recursive: true }))

const env = {
  PATH: `${bin}${delimiter}${process.env.PATH}`,
  HOME: place,
  LANG: 'C.UTF-8',
  TACHO_SESSIONS_DIR: directory,
}

/** What is typed after `tacho`, with an unfinished last word, and what is offered for it. */
const CASES: readonly (readonly [typed: readonly string[], offered: readonly string[]])[] = [
  [['sh'], ['show', 'shim']],
  [['--v'], ['--version']],
  [['show', 'la'], ['last']],
  [['show', '0199'], [SESSION_ID]],
  [['show', '--json', '0199'], [SESSION_ID]],
  [['show', '--sessions-dir', elsewhere, '0199'], []],
  [['show', 'last', '0199'], []],
  [['raw', '0199'], [SESSION_ID]],
  [
    ['raw', 'last', '1', '--re'],
    ['--request', '--response'],
  ],
  [['raw', 'last', '1', '--response', '--re'], []],
  [
    ['raw', 'last', '1', '--request', '--'],
    ['--json', '--sessions-dir', '--help'],
  ],
  [
    ['rebuild', 'last', '--'],
    ['--to', '--all', '--json', '--sessions-dir', '--help'],
  ],
  [['rebuild', 'last', '--json', '--j'], []],
  [['ls', '--i'], []],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
  [
    ['export', 'p'],
    ['perfetto', 'parquet'],
  ],
  [['export', 'otlp', '0199'], [SESSION_ID]],
  [['export', 'otlp', '--again', 'last', '0199'], [SESSION_ID]],
  [['export', 'otlp', 'last', '--ag'], ['--again']],
  [
    ['export', 'otlp', 'last', '-'],
    [
      ...['--all', '--since', '--endpoint', '--protocol', '--again', '--json', '--sessions-dir'],
      '--help',
    ],
  ],
  [
    ['export', 'har', 'last', '--'],
    ['--output', '--force', '--sessions-dir', '--help'],
  ],
  [
    ['export', 'otlp', '--protocol', 'http/'],
    ['http/protobuf', 'http/json'],
  ],
  [['export', 'otlp', '--since', ''], []],
  [
    ['shim', ''],
    ['install', 'remove', 'status'],
  ],
  [['shim', 'install', 'co'], ['codex']],
  [['help', 'comp'], ['completion']],
  [
    ['help', 'export', 'p'],
    ['perfetto', 'parquet'],
  ],
  [
    ['export', 'help', 'h'],
    ['har', 'html', 'help'],
  ],
  [['diff', 'last', '0199'], [SESSION_ID]],
  [['grep', 'x', '0199'], [SESSION_ID]],
  [['ls', '--agent', 'cla'], ['claude']],
  [
    ['grep', 'x', '--in', 're'],
    ['request', 'response'],
  ],
  ...['explain', 'messages', 'context', 'cache', 'stats', 'approvals', 'cancellations', 'log'].map(
    (command): [string[], string[]] => [[command, '0199'], [SESSION_ID]],
  ),
  [['codex', '--p'], ['--persist-session']],
  [['codex', 'exec', '--p'], ['--persist-session']],
  [['codex', '--', '--p'], []],
  [['show', '--', '0199'], [SESSION_ID]],
]

test('every command that tacho --help names is offered', async () => {
  const { stdout } = await tacho(['--help'])
  const [, commands = ''] = stdout.toString().split('Commands:\n')
  const named = commands.split('\n').flatMap((line) => /^ {2}([a-z]\S*)/.exec(line)?.[1] ?? [])
  expect(named).toContain('show')
  const offered = await tacho(['complete', 'zsh', '--', ''])
  expect(wordsIn(offered.stdout.toString())).toEqual(named)
})

test('an id that a shell would have to quote, or take for code, is not offered', async () => {
  const root = sessionsDirectory()
  for (const id of ['$(touch x)', 'a b', '-rf', 'a\nb', '`x`', "it's"]) writeSession(root, { id })
  writeSession(root)
  const { stdout } = await tacho(['complete', 'bash', '--', 'show', ''], {
    TACHO_SESSIONS_DIR: root,
  })
  expect(wordsIn(stdout.toString())).toEqual(['last', SESSION_ID])
})

test('a shell that is not known is refused with those that are', async () => {
  const { stderr, exitCode } = await tacho(['completion', 'tcsh'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('bash, zsh, fish')
})

describe('bash', () => {
  // bash splits words at these characters, and passes the pieces on.
  const piecesOf = (typed: readonly string[]) =>
    typed.flatMap((word) => (word === '' ? [''] : word.split(/([=:]+)/).filter(Boolean)))

  const all: typeof CASES = [
    ...CASES,
    [
      ['export', 'otlp', '--protocol=h'],
      ['http/protobuf', 'http/json'],
    ],
    [['export', 'otlp', '--endpoint', 'http://h:1', 'la'], ['last']],
  ]

  test('offers at each place what fits there', () => {
    const asked = all.map(([typed]) => {
      const pieces = ['tacho', ...piecesOf(typed)].map((word) => `'${word}'`).join(' ')
      return `COMP_WORDS=(${pieces}); COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
        _tacho 2>/dev/null; printf '%s\\n' "== \${COMP_WORDS[*]}" "\${COMPREPLY[@]}"`
    })
    const script = ['source <(tacho completion bash)', ...asked].join('\n')
    const { stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      env,
      cwd: place,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(answered(all, stdout)).toEqual(all)
  })

  test('nothing of the user is overwritten: no function, no variable, no setting', () => {
    const state = `declare -f; declare -p | grep -vE ' (_|BASH_[A-Z]+|BASHPID|RANDOM|SRANDOM|SECONDS|EPOCH[A-Z]+|LINENO|PIPESTATUS|COMP[A-Z_]*)='; set +o; shopt; complete -p | grep -v tacho`
    const { stdout, stderr } = spawnSync(
      'bash',
      [
        ...['--norc', '-c'],
        `first() { echo mine; }; then_() { echo mine; }; words=mine line=mine options=mine
         look() { ${state}; }
         source <(tacho completion bash)
         before="$(look)"
         COMP_WORDS=(tacho export otlp ''); COMP_CWORD=3; _tacho 2>/dev/null
         [ "$before" = "$(look)" ] && echo same; first; then_; compgen -A function | sort | tr '\\n' ' '`,
      ],
      { env, cwd: place, encoding: 'utf8' },
    )
    expect(stderr).toBe('')
    expect(stdout).toBe('same\nmine\nmine\n_tacho first look then_ ')
  })

  test('Tab completes ids, words behind an equals sign, files and folders', async () => {
    const rc = join(place, 'bashrc')
    writeFileSync(rc, "PS1='$ '\nsource <(tacho completion bash)\nbind 'set bell-style none'\n")
    await using shell = await openTerminal('bash', ['--rcfile', rc, '-i'], { env, cwd: place })
    await tabs(shell)
  })
})

describe('zsh', () => {
  test('the first Tab loads it from fpath, and completes ids, words, files and folders', async () => {
    const functions = join(place, 'functions')
    mkdirSync(functions, { recursive: true })
    const { stdout } = await tacho(['completion', 'zsh'])
    writeFileSync(join(functions, '_tacho'), stdout)
    writeFileSync(
      join(place, '.zshrc'),
      `PS1='$ '; fpath=(${functions} $fpath); autoload -Uz compinit && compinit -u -d ${place}/dump\n`,
    )
    await using shell = await openTerminal('zsh', ['-i'], { env, cwd: place })
    await tabs(shell)
    shell.type('tacho export \t')
    await shell.showing(/^perfetto +-- a JSON trace/m)
  })

  test('a zsh that completes nothing yet is told what is missing', async () => {
    const script = 'source <(tacho completion zsh)'
    const { stderr } = spawnSync('zsh', ['-f', '-c', script], { env, encoding: 'utf8' })
    expect(stderr).toContain('autoload -Uz compinit && compinit')
  })
})

describe('fish', () => {
  test('offers at each place what fits there', () => {
    const asked = CASES.map(([typed]) => {
      const line = ['tacho', ...typed].join(' ')
      return `echo "== ${line}"; complete -C "${line}"`
    })
    const script = ['tacho completion fish | source', ...asked].join('\n')
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', script], {
      env,
      cwd: place,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    const sorted = CASES.map(([typed, offered]) => [typed, [...offered].sort()])
    expect(answered(CASES, stdout).map(([typed, offered]) => [typed, offered.sort()])).toEqual(
      sorted,
    )
  })

  test('Tab completes ids, words behind an equals sign, files and folders', async () => {
    mkdirSync(join(place, '.config/fish'), { recursive: true })
    writeFileSync(
      join(place, '.config/fish/config.fish'),
      "function fish_prompt; echo -n '$ '; end\nset -g fish_greeting\nset -g fish_autosuggestion_enabled 0\ntacho completion fish | source\n",
    )
    await using shell = await openTerminal('fish', ['-i'], { env, cwd: place })
    await tabs(shell)
  })
})

/** Presses Tab where one word fits, and checks that the shell inserted it. */
async function tabs(shell: Terminal): Promise<void> {
  await shell.showing(/^\$/m)
  for (const [typed, completed] of [
    ['tacho sho', 'tacho show'],
    ['tacho show 01', `tacho show ${SESSION_ID}`],
    ['tacho show --json 01', `tacho show --json ${SESSION_ID}`],
    ['tacho export otlp --protocol=g', 'tacho export otlp --protocol=grpc'],
    ['tacho export otlp --protocol g', 'tacho export otlp --protocol grpc'],
    ['tacho shim install co', 'tacho shim install codex'],
    ['tacho help export pa', 'tacho help export parquet'],
    ['tacho rebuild last --to fo', 'tacho rebuild last --to folder/'],
    ['tacho rebuild last --to=fo', 'tacho rebuild last --to=folder/'],
    ['tacho export har last -o fi', 'tacho export har last -o file.txt'],
    ['tacho codex exec fi', 'tacho codex exec file.txt'],
  ] as const) {
    shell.type(`${typed}\t`)
    await shell.showing(`$ ${completed}`)
    shell.press('C-u')
    shell.press('C-l')
  }
}

/** What a shell offered for each case, after a line `== …`. */
function answered(cases: typeof CASES, stdout: string): [readonly string[], string[]][] {
  const [, ...answers] = stdout.split(/^== .*\n/m)
  return cases.map(([typed], index) => [typed, wordsIn(answers[index] ?? '')])
}

function wordsIn(lines: string): string[] {
  return lines.split('\n').flatMap((line) => line.split('\t')[0] || [])
}
