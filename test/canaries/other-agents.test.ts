import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BYPASS, claudePlace } from '../agents/claude/place.js'
import { geminiPlace } from '../agents/gemini/place.js'
import { opencodePlace } from '../agents/opencode/place.js'
import { EXEC, workplace } from '../agents/workplace.js'
import { isSoak } from '../faults/extent.js'
import { SCRIPTED_KEY } from '../host/index.js'
import { execCommand, type ToolCall } from '../scripted-model/index.js'
import { type Canary, canaryOf, foundIn, shapedCanaries } from './canaries.js'

const SHAPED = shapedCanaries()
const KNOWN = [1, 2, 3].map((number) =>
  canaryOf(`TEAM_${number}_TOKEN`, `quiet${number}Value${number}Zq8x4Ty7Rw2Pk0Lm`),
)
const CANARIES = [...SHAPED, ...KNOWN, canaryOf('SCRIPTED_KEY', SCRIPTED_KEY)]
const ENVIRONMENT = Object.fromEntries(KNOWN.map(({ name, text }) => [name, text]))
const LINES = CANARIES.map(({ text }) => `${text}\n`).join('')
/** Without those that a model could not say on one line. */
const WORDS = CANARIES.filter(({ text }) => !/['\n]/.test(text))
  .map(({ text }) => text)
  .join(' ')

/**
 * An answer in small pieces that calls a tool which prints all of them, and one that repeats them.
 */
const scriptOf = (call: ToolCall) => [
  { text: LINES, deltas: 60, calls: [call] },
  { text: LINES, deltas: 7 },
]

/**
 * In every file of a session except the agent's own transcript, whose name depends on the agent.
 */
function expectNone(folder: string, canaries: readonly Canary[] = CANARIES): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => statSync(file).nlink === 1)
  const texts = files.map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
  expect(texts.join()).toContain('[secret:')
  expect(texts.flatMap((text) => foundIn(text, canaries))).toEqual([])
}

/** Those that take some ten seconds each and differ little from the others. */
const long = isSoak ? test : test.skip

test('Claude Code: no canary of its messages, its hooks or its tools is on disk', async () => {
  const call = { name: 'Bash', arguments: { command: `cat notes.txt; env; echo '${WORDS}'` } }
  await using place = await claudePlace(scriptOf(call), { environment: ENVIRONMENT })
  writeFileSync(join(place.home.cwd, 'notes.txt'), LINES)
  const said = ['claude', '--persist-session', '--debug-log', '-p', `Keep ${LINES}`, ...BYPASS]
  expect(await place.tacho(said)).toMatchObject({ exitCode: 0 })
  expectNone(place.session().folder)
})

test('Codex over a WebSocket whose messages are deflated: no canary is on disk', async () => {
  await using place = await workplace(scriptOf(execCommand(`cat notes.txt; echo '${WORDS}'`)), {
    isBuiltIn: true,
    server: { webSocket: 'deflated' },
    environment: ENVIRONMENT,
  })
  writeFileSync(join(place.home.cwd, 'notes.txt'), LINES)
  const said = ['codex', ...EXEC, '--persist-session', `Keep ${LINES}`]
  expect(await place.tacho(said)).toMatchObject({ exitCode: 0 })
  expect(place.model.upgrades.length).toBeGreaterThan(0)
  expectNone(place.session().folder)
})

long('Codex over a WebSocket whose messages come in fragments: no canary is on disk', async () => {
  await using place = await workplace(
    [
      { text: LINES, deltas: 30, cut: 50, calls: [execCommand(`echo '${WORDS}'`)] },
      { text: LINES, deltas: 3, cut: 17 },
    ],
    { isBuiltIn: true, server: { webSocket: true }, environment: ENVIRONMENT },
  )
  const said = ['codex', ...EXEC, '--persist-session', `Keep ${LINES}`]
  expect(await place.tacho(said)).toMatchObject({ exitCode: 0 })
  expectNone(place.session().folder)
})

long('Gemini CLI: no canary of its messages, its tools or its log is on disk', async () => {
  const call = { name: 'read_file', arguments: { file_path: 'notes.txt' } }
  await using place = await geminiPlace(scriptOf(call))
  writeFileSync(join(place.cwd, 'notes.txt'), LINES)
  const prompt = ['-m', 'gemini-2.5-flash', '-p', `Keep ${WORDS}`]
  const ended = await place.tacho('gemini', '--persist-session', '--debug-log', ...prompt)
  expect(ended).toMatchObject({ exitCode: 0 })
  expectNone(place.session().folder, SHAPED)
})

long('opencode: no canary of its messages, its tools or its log is on disk', async () => {
  const command = `cat notes.txt; env; echo '${WORDS}'`
  const call = { name: 'bash', arguments: { command, description: 'Prints' } }
  await using place = await opencodePlace(scriptOf(call), { environment: ENVIRONMENT })
  writeFileSync(join(place.cwd, 'notes.txt'), LINES)
  const ended = await place.tacho('opencode', 'run', '--persist-session', `Keep ${WORDS}`)
  expect(ended).toMatchObject({ exitCode: 0 })
  expectNone(place.session().folder)
})
