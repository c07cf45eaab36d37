import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eventually, tachoCommand } from '../host/index.js'
import { openTerminal, type Terminal } from '../host/tmux.js'
import { processesOf, recordedTui } from '../host/tui-terminals.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { type Workplace, workplace } from './workplace.js'

const asks = (words: string) =>
  execCommand(`echo ${words} >> made.txt`, { sandbox_permissions: 'require_escalated' })
const SCRIPT: Script = [{ calls: [asks('one')] }, { calls: [asks('two')] }, { text: 'It is done.' }]

test('kill -9 of the TUI while a question is open leaves no process and no folder behind', async () => {
  await using place = await workplace(SCRIPT)
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  process.kill(pidOf(place, /vendor\S+ .*hooks\.Interrupt/), 'SIGKILL')
  await terminal.showing(/ended \d+/)
  await eventually(() => expect(programsOf(place)).toEqual([]))
  expect(hookFolders(place)).toEqual([])
  expect(readdirSync(place.home.temporary)).toEqual([])
  expect(openSpans(place)).toEqual([])
})

test('kill -9 of Tacho leaves the question on disk, and the TUI works on without a word', async () => {
  await using place = await workplace(SCRIPT)
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  await eventually(() => expect(openSpans(place)).toContain('approval command'))
  process.kill(pidOf(place, /^\S*node\S* \S+tacho\.js codex/), 'SIGKILL')
  await eventually(() =>
    expect(programsOf(place)).not.toContain(expect.stringMatching(/tacho\.js/)),
  )
  // Once more where the TUI ignores the first, as it does right after opening a dialog.
  await eventually(async () => {
    terminal.press('y')
    const isMade = () => expect(existsSync(join(place.home.cwd, 'made.txt'))).toBe(true)
    await eventually(isMade, 5_000)
  })
  // The next hook finds no reader, and removes the folder.
  terminal.press('Escape')
  await eventually(() => expect(hookFolders(place)).toEqual([]))
  expect(terminal.screen).not.toMatch(/hook/i)
  expect(openSpans(place)).toContain('approval command')
})

test('with its folder taken away, questions after that are recorded all the same', async () => {
  await using place = await workplace(SCRIPT)
  await using terminal = await recordedTui(place, ['Write two files'])
  await terminal.showing('Yes, proceed (y)')
  // The dialog is there before its question has been read from the folder.
  await eventually(() => expect(openSpans(place)).toContain('approval command'))
  const [folder = ''] = hookFolders(place)
  rmSync(folder, { recursive: true })
  await answerTwice(terminal)
  expect(place.session().spans.filter(({ name }) => name === 'approval command')).toHaveLength(2)
  expect(place.session().log).toContain('a question may not be recorded')
})

test('hooks that hang or fail cost nothing, and end', async () => {
  const script = [...SCRIPT, ...SCRIPT]
  await using place = await workplace(script)
  for (const what of ['exec sleep 100', 'echo nonsense; exit 3']) {
    // Codex runs a hook in the user's shell, usually this one.
    const file = join(place.home.root, 'bash-env')
    writeFileSync(file, `case "$BASH_EXECUTION_STRING" in *tacho-hooks*) ${what};; esac\n`)
    const environment = { ...place.environment, BASH_ENV: file }
    await using terminal = await recordedTui({ ...place, environment }, ['Write two files'])
    await answerTwice(terminal)
    await eventually(() => expect(programsOf(place)).toEqual([]))
  }
})

test('on a full disk the TUI asks and goes on as ever', async () => {
  await using place = await workplace(SCRIPT)
  const disk = join(place.home.root, 'disk')
  mkdirSync(disk)
  const full = `mount -t tmpfs -o size=64k,mode=700 tmpfs '${disk}' || exit 9
mkdir '${disk}/x' && rmdir '${disk}/x'
head -c 1M /dev/zero >'${disk}/filling' 2>/dev/null
exec "$@"`
  const mounted = [...UNSHARED, 'sh', '-c', full, 'sh', ...tachoCommand]
  const args = ['codex', '--persist-session', 'Write two files']
  await using terminal = await openTerminal(mounted as [string, ...string[]], args, {
    env: { ...place.environment, XDG_RUNTIME_DIR: disk },
    cwd: place.home.cwd,
  })
  await answerTwice(terminal)
})

const UNSHARED = process.getuid?.() === 0 ? ['unshare', '-m'] : ['unshare', '-rm']

/** Both questions of the script, to the end. */
async function answerTwice(terminal: Terminal): Promise<void> {
  for (const question of ['$ echo one', '$ echo two']) {
    await terminal.showing(question)
    await terminal.answer('y', question)
  }
  await terminal.showing('It is done.')
  expect(terminal.screen).not.toMatch(/hook|nonsense/i)
  terminal.paste('/quit')
  terminal.press('Enter')
  expect(await terminal.ended()).toMatchObject({ exitCode: 0, hasItsModes: true })
}

/** Where hooks leave their messages. */
function hookFolders({ home }: Workplace): string[] {
  const cache = join(home.userHome, '.cache', 'tacho')
  const names = readdirSync(cache).filter((name) => name.startsWith('tacho-hooks-'))
  return names.map((name) => join(cache, name))
}

/** The names of spans without an end. */
function openSpans(place: Workplace): string[] {
  const { spans, started } = place.session()
  const ended = new Set(spans.map(({ spanId }) => spanId))
  return started.filter(({ spanId }) => !ended.has(spanId)).map(({ name }) => name)
}

/** All except tmux's own shell. */
function programsOf(place: Workplace): string[] {
  return processesOf(place)
    .map(({ command }) => command)
    .filter((command) => !/^(tmux|sh|sleep 600) /.test(command))
}

function pidOf(place: Workplace, pattern: RegExp): number {
  const found = processesOf(place).find(({ command }) => pattern.test(command))
  if (found === undefined) throw new Error(`No process is ${pattern}: ${programsOf(place)}`)
  return found.pid
}
