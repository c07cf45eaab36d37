import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { eventually } from '../host/index.js'
import { recordedTui } from '../host/tui-terminals.js'
import { execCommand, type Script } from '../scripted-model/index.js'
import { attribute } from './session-on-disk.js'
import { standIn } from './stand-in.js'
import { tuiPair } from './tui-pair.js'
import { type Workplace, workplace } from './workplace.js'

const ASKS = execCommand('echo hello > made.txt', { sandbox_permissions: 'require_escalated' })
const SCRIPT: Script = [{ calls: [ASKS] }, { text: 'It is done.' }]

test("the user's own hooks run as without us, those of his arguments and of his files", async () => {
  const trust = '--dangerously-bypass-hook-trust'
  const hook = (words: string) =>
    `hooks.PermissionRequest=[{hooks=[{type="command",command="echo ${words} >>told"}]}]`
  const told: string[] = []
  const { alone, recorded } = await tuiPair(SCRIPT, {
    args: [trust, '-c', hook('argument'), 'Write a file'],
    prepare({ home }) {
      writeFileSync(
        join(home.codexHome, 'hooks.json'),
        JSON.stringify({ hooks: { PermissionRequest: [hookOf('echo file >>told')] } }),
      )
    },
    async drive(terminal, shot, place) {
      await terminal.showing('Yes, proceed (y)')
      shot()
      await terminal.answer('y', 'Yes, proceed (y)')
      await terminal.showing('It is done.')
      await terminal.showing(/Worked for .*· scripted/s)
      shot()
      told.push(readFileSync(join(place.home.cwd, 'told'), 'utf8').split('\n').sort().join(' '))
    },
    look(place) {
      expect(approvalsOf(place)).toEqual([['echo hello > made.txt', 'accept', 'user']])
    },
  })
  expect(told).toEqual([' argument file', ' argument file'])
  expect(recorded).toEqual(alone)
})

test('a hook of the user that is not trusted is asked about, and only that', async () => {
  const { alone, recorded } = await tuiPair([{ text: 'It is done.' }], {
    args: ['Say it'],
    prepare({ home }) {
      writeFileSync(
        join(home.codexHome, 'hooks.json'),
        JSON.stringify({ hooks: { Stop: [hookOf('true')] } }),
      )
    },
    async drive(terminal, shot) {
      const dialog = await terminal.showing(/1 hook\b/)
      shot()
      // Its last line says which keys it takes; once more behind it, Escape would stop the turn.
      await terminal.answer('Escape', dialog.split('\n').at(-1) ?? '')
      await terminal.showing('It is done.')
      await terminal.showing(/Worked for .*· scripted/s)
      shot()
    },
  })
  expect(recorded).toEqual(alone)
})

test('an answer that a hook of the user gives is no answer of the user', async () => {
  const decision = { behavior: 'deny', message: 'Not here.' }
  const answer = { hookSpecificOutput: { hookEventName: 'PermissionRequest', decision } }
  await using place = await workplace(SCRIPT)
  writeFileSync(join(place.home.root, 'answer.json'), JSON.stringify(answer))
  writeFileSync(
    join(place.home.codexHome, 'hooks.json'),
    JSON.stringify({
      hooks: { PermissionRequest: [hookOf(`cat ${join(place.home.root, 'answer.json')}`)] },
    }),
  )
  await using terminal = await recordedTui(place, ['--dangerously-bypass-hook-trust', 'Write'])
  await terminal.showing('It is done.')
  terminal.paste('/quit')
  terminal.press('Enter')
  await terminal.ended()
  expect(approvalsOf(place)).toEqual([['echo hello > made.txt', 'decline', 'rule']])
})

test('without log events of Codex, a question is answered by what came of it', async () => {
  await using place = await workplace([{ calls: [ASKS] }, { text: 'First.' }, { calls: [ASKS] }], {
    tables: '[otel]\nexporter = "none"\n',
  })
  await using terminal = await recordedTui(place, ['Write a file'])
  await terminal.showing('Yes, proceed (y)')
  await terminal.answer('y', 'Yes, proceed (y)')
  await terminal.showing('First.')
  await terminal.showing('· scripted')
  terminal.paste('Once more')
  terminal.press('Enter')
  await terminal.showing('Yes, proceed (y)')
  await terminal.answer('Escape', 'Yes, proceed (y)')
  await terminal.showing('You canceled the request')
  // The screen is ahead of the hooks, and a Codex that ends also ends its hooks.
  await eventually(() =>
    expect(place.session().text(SESSION_FILES.events)).toContain('"Interrupt"'),
  )
  terminal.paste('/quit')
  terminal.press('Enter')
  await terminal.ended()
  // Nothing tells whether it was refused, or was allowed and then interrupted.
  expect(approvalsOf(place)).toEqual([
    ['echo hello > made.txt', 'accept', undefined],
    ['echo hello > made.txt', undefined, undefined],
  ])
  const { spans } = place.session()
  for (const span of spans.filter(({ name }) => name === 'approval command')) {
    expect(attribute(span, 'tacho.approval.wait_ms')).toBeUndefined()
    expect(attribute(span, 'tacho.approval.open')).toBeUndefined()
  }
})

test('with --remote, and with a Codex without hooks, the log says what is not recorded', async () => {
  const codex = standIn(`
if (args.includes('--help')) console.log('Usage: codex [OPTIONS]')
else if (args[0] === 'app-server') process.exit(2)
else console.log('arguments: ' + args.filter((one) => !one.includes('=') && one !== '-c').join())`)
  for (const [args, reason] of [
    [['Hello'], 'this Codex does not report its hooks'],
    [['--remote', 'ws://127.0.0.1:1', 'Hello'], 'with --remote Codex works elsewhere'],
  ] as const) {
    await using place = await workplace([], { codex })
    await using terminal = await recordedTui(place, args)
    const { screen, exitCode } = await terminal.ended()
    expect([screen.trim(), exitCode]).toEqual([`arguments: ${args.join()}`, 0])
    expect(place.session().log).toContain(
      `what the user is asked and answers is not recorded: ${reason}`,
    )
  }
})

function hookOf(command: string) {
  return { hooks: [{ type: 'command', command }] }
}

function approvalsOf(place: Workplace): unknown[][] {
  return place
    .session()
    .spans.filter(({ name }) => name.startsWith('approval '))
    .map((span) =>
      ['what', 'decision', 'decided_by'].map((name) => attribute(span, `tacho.approval.${name}`)),
    )
}
