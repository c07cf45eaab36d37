import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { isSoak } from '../faults/extent.js'
import { eventually, run, tachoCommand } from '../host/index.js'
import { hostPlace, recordersEnded } from '../recorder/register/host-place.js'
import { execCommand, type ToolCall } from '../scripted-model/index.js'
import { chosen, type Editor } from './acp/editor.js'
import { editorsPlace } from './acp/place.js'
import { type AcpAgentName, realAgentPlace } from './acp/real-agent.js'
import { AppServerClient } from './app-server-client.js'
import { claudePlace } from './claude/place.js'
import { workplace } from './workplace.js'

// The sessions of all agents in one folder: each asks twice, and gets a yes and a no.
const root = mkdtempSync(join(tmpdir(), 'tacho-one-form-'))
const TACHO_SESSIONS_DIR = join(root, 'sessions')
const environment = { TACHO_SESSIONS_DIR }

afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 20 }))

/** What is expected of each agent, including its own words for yes and no. */
const asked: Record<string, [yes: string, no: string]> = {}

// Each takes some ten seconds, so `npm run soak` runs them.
const IN_EDITORS: readonly AcpAgentName[] = isSoak
  ? ['gemini', 'codex-acp', 'opencode', 'claude-agent-acp']
  : []

test('what all agents ask stands in the same columns, with what became of it and their own word', async () => {
  await codexAsks()
  await claudeAsks()
  await scriptedAgentAsks()
  await programAsks()
  for (const name of IN_EDITORS) await inEditorAsks(name)

  const tacho = (...words: string[]) =>
    run([...tachoCommand], [...words, '--sessions-dir', TACHO_SESSIONS_DIR], {
      env: { PATH: process.env.PATH ?? '', HOME: root },
      cwd: root,
    })
  const { stdout, stderr } = await tacho('approvals', '--all')
  expect(stderr.toString()).toBe('')
  const [head = '', ...rows] = stdout.toString().split('\n')
  expect(head.split(/ {2,}/)).toEqual(
    'session,agent,asked,kind,what,outcome,decision,decided by,waited'.split(','),
  )
  // Each cell starts in its column.
  const columns = ['agent', 'kind', 'what', 'outcome', 'decision', 'decided by', 'waited']
  const cells = rows.slice(0, 2 * Object.keys(asked).length).map((row) =>
    Object.fromEntries(
      columns.map((title, index) => {
        const next = columns[index + 1]
        const end = next === undefined ? undefined : head.indexOf(next)
        const from =
          title === 'agent'
            ? row.slice(head.indexOf(title), head.indexOf('asked'))
            : row.slice(head.indexOf(title), end)
        return [title, from.trim()]
      }),
    ),
  )
  for (const [agent, [yes, no]] of Object.entries(asked)) {
    const own = cells.filter((cell) => cell.agent === agent)
    expect(own, agent).toHaveLength(2)
    for (const { what } of own) expect(what, agent).toMatch(/mkfifo q\d/)
    expect(
      own.map(({ decision }) => decision),
      agent,
    ).toEqual([yes, no])
    expect(own[0]?.outcome, agent).toBe('allowed')
    expect(['denied', 'cancelled'], agent).toContain(own[1]?.outcome)
    for (const { waited } of own) expect(waited, agent).toMatch(/^\d[\d.]*\s?(?:ms|s)$/)
  }
  const { stdout: json } = await tacho('approvals', '--all', '--json')
  const told = JSON.parse(json.toString()) as Record<string, unknown>[]
  expect(told).toHaveLength(cells.length)
  const [first] = told
  for (const one of told) expect(Object.keys(one)).toEqual(Object.keys(first ?? {}))
}, 600_000)

async function codexAsks(): Promise<void> {
  const calls = [execCommand('mkfifo q1')]
  const more = [execCommand('mkfifo q2')]
  await using place = await workplace([{ calls }, { calls: more }, { text: 'Done.' }], {
    environment,
  })
  await using server = place.startTacho(['codex', 'app-server', '--persist-session'])
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  for (const [count, decision] of [
    [1, 'accept'],
    [2, 'decline'],
  ] as const) {
    const { id } = await client.commandQuestion(count)
    client.say({ ...(id !== undefined && { id }), result: { decision } })
  }
  await client.told('turn/completed')
  await client.hangUp()
  asked.codex = ['accept', 'decline']
}

async function claudeAsks(): Promise<void> {
  const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })
  const script = [{ calls: [bash('mkfifo q1')] }, { calls: [bash('mkfifo q2')] }, { text: 'Done.' }]
  await using place = await claudePlace(script, { environment })
  const words =
    '-p --input-format stream-json --output-format stream-json --verbose --permission-prompt-tool stdio --permission-mode manual'
  await using claude = place.startTacho(['claude', '--persist-session', ...words.split(' ')])
  const say = (message: object) => claude.stdin.write(`${JSON.stringify(message)}\n`)
  const said = () =>
    claude.stdout.text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { type: string; request_id: string; request?: object })
  say({ type: 'user', message: { role: 'user', content: 'Make pipes' } })
  for (const [count, behavior] of [
    [1, 'allow'],
    [2, 'deny'],
  ] as const) {
    const question = await eventually(() => {
      const all = said().filter(({ type }) => type === 'control_request')
      expect(all).toHaveLength(count)
      return all[count - 1]
    })
    const { request_id } = question ?? {}
    const { input } = (question?.request ?? {}) as { input?: object }
    const response = { behavior, updatedInput: input, message: 'No.', interrupt: false }
    say({ type: 'control_response', response: { subtype: 'success', request_id, response } })
  }
  await eventually(() => expect(said().map(({ type }) => type)).toContain('result'))
  claude.stdin.end()
  await claude.ended
  asked.claude = ['allow', 'deny']
}

async function scriptedAgentAsks(): Promise<void> {
  await using place = await editorsPlace([{ text: 'Done.' }], environment)
  await using editor = place.recorded()
  await editor.initialize()
  const id = await editor.session(place.home.cwd)
  await answerBoth(editor, id, ['ask', 'ask'])
  asked['scripted-agent'] = ['proceed_once', 'cancel']
}

async function inEditorAsks(name: AcpAgentName): Promise<void> {
  await using place = await realAgentPlace(name, environment)
  await using editor = place.editor()
  await editor.initialize()
  const id = await place.newSession(editor)
  asked[name] = await answerBoth(editor, id, ['please-run q1', 'please-run q2'])
}

/** Approves the first and declines the second; returns the ids of the chosen options. */
async function answerBoth(
  editor: Editor,
  id: string,
  prompts: readonly [string, string],
): Promise<[string, string]> {
  const words: string[] = []
  for (const [index, kind] of ['allow_once', 'reject_once'].entries()) {
    const turn = editor.prompt(id, prompts[index] ?? '')
    const { params, answer } = await editor.question()
    const { optionId = '' } = params.options.find((one) => one.kind === kind) ?? {}
    answer(chosen(optionId))
    await turn
    words.push(optionId)
  }
  await editor.hangUp()
  return [words[0] ?? '', words[1] ?? '']
}

async function programAsks(): Promise<void> {
  using place = hostPlace()
  const cli = new URL('../../packages/cli/dist/bundle/api.cjs', import.meta.url).href
  place.file(
    'program.mjs',
    `import api from ${JSON.stringify(cli)}
     for (const [what, outcome, decision] of [['mkfifo q1', 'allowed', 'yes'], ['mkfifo q2', 'denied', 'no']])
       await api.session.turn('user', async () => {
         const answered = api.session.approval({ kind: 'command', what, offered: ['yes', 'no'] })
         await new Promise((resolve) => setTimeout(resolve, 3))
         answered(outcome, { decision, decidedBy: 'user' })
       })`,
  )
  await place.recorded('program.mjs', { environment })
  await recordersEnded(TACHO_SESSIONS_DIR)
  asked.node = ['yes', 'no']
}
