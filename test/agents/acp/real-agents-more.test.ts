import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { attribute, type SessionOnDisk } from '../session-on-disk.js'
import { chosen } from './editor.js'
import { type AcpAgentName, type RealAgentPlace, realAgentPlace } from './real-agent.js'

const AGENTS: readonly AcpAgentName[] = ['gemini', 'codex-acp', 'opencode', 'claude-agent-acp']

/** What an API can do once, and what is recorded of that. */
const TROUBLES = [
  ['please-fail 400', { status: 400, outcome: 'failed' }],
  ['please-fail 401', { status: 401, outcome: 'failed' }],
  ['please-fail 429', { status: 429, outcome: 'failed' }],
  ['please-fail 500', { status: 500, outcome: 'failed' }],
  ['please-break', { status: 200, outcome: 'failed' }],
] as const

// Each takes some ten seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak).each(AGENTS)('%s', (agent) => {
  test('off, it says the same, ends as it does alone, and leaves the same files', async () => {
    const [alone, off] = [await seenOf(agent, 'alone'), await seenOf(agent, 'off')]
    expect(alone.said.join()).toContain('q1')
    expect(off.complained).not.toContain('tacho:')
    // What some of them say when the editor hangs up depends on what they were doing.
    expect({ ...off, complained: '' }).toEqual({ ...alone, complained: '' })
  }, 240_000)

  test('an API that fails is recorded with what came of it, and the next prompt is answered', async () => {
    await using place = await realAgentPlace(agent)
    await using editor = place.editor()
    await editor.initialize()
    const id = await place.newSession(editor)
    await editor.prompt(id, 'please-say')
    const ended: string[] = []
    for (const [prompt] of TROUBLES) {
      ended.push(
        await editor.prompt(id, prompt).then(
          ({ stopReason }) => stopReason,
          () => 'error',
        ),
      )
    }
    expect(await editor.prompt(id, 'please-say')).toMatchObject({ stopReason: 'end_turn' })
    await editor.hangUp()
    const session = place.session(id)
    const { exchanges } = await place.told('show', id)
    for (const [prompt, told] of TROUBLES)
      expect([prompt, exchanges]).toEqual([
        prompt,
        expect.arrayContaining([expect.objectContaining(told)]),
      ])
    const seen = ['end_turn', ...ended, 'end_turn']
    expect(turnsOf(session)).toEqual(seen.map((end) => (end === 'error' ? 'failed' : 'completed')))
  }, 400_000)
})

const DELEGATING = ['codex-acp', 'gemini', 'claude-agent-acp'] as const

describe.each(isSoak ? DELEGATING : DELEGATING.slice(0, 2))('%s', (agent) => {
  test('a sub-agent is a thread of its own', async () => {
    await using place = await realAgentPlace(agent)
    await using editor = place.editor()
    await editor.initialize()
    const id = await place.newSession(editor, true)
    expect(await editor.prompt(id, 'please-delegate')).toMatchObject({ stopReason: 'end_turn' })
    await editor.hangUp()
    const { threads, exchanges } = await place.told('show', id)
    const [sub, ...others] = threads.filter(({ kind }: Thread) => kind === 'sub-agent')
    expect(others).toEqual([])
    expect(threads.map(({ kind }: Thread) => kind).sort()).toEqual(['sub-agent', 'user'])
    const own = exchanges.filter(({ threadId }: { threadId: string }) => threadId === sub.id)
    expect(own).toMatchObject([{ outcome: 'completed' }])
    expect(exchanges.length).toBeGreaterThan(own.length)
  }, 240_000)
})

type Thread = { kind: string }

/** What its editor sees, with a command that needs approval, and what it leaves in its home. */
async function seenOf(agent: AcpAgentName, how: 'alone' | 'off') {
  await using place = await realAgentPlace(agent)
  await using editor = place.editor(how)
  await editor.initialize()
  const id = await place.newSession(editor)
  const turn = editor.prompt(id, 'please-run q1')
  const { params, answer } = await editor.question()
  answer(chosen(params.options.find(({ kind }) => kind === 'allow_once')?.optionId ?? ''))
  await turn
  const end = await editor.hangUp()
  const complained = masked(Buffer.concat(editor.stderr).toString(), place)
  // A title comes at any time, or not at all.
  const lines = editor.received.split('\n').filter((line) => !line.includes('session_info_update'))
  const said = lines.map((line) => masked(line, place))
  return { end, said: said.sort(), complained, files: filesIn(place) }
}

/** Without what differs between any two places. */
function masked(text: string, { root }: RealAgentPlace): string {
  return text
    .replaceAll(root, 'ROOT')
    .replaceAll(root.replaceAll('/', '-').toLowerCase(), 'ROOT')
    .replaceAll(root.replaceAll('/', '-'), 'ROOT')
    .replaceAll(/\b[\da-f]{40}\b/g, 'HASH')
    .replaceAll(/(?<=Ms=)\d+/g, 'NUMBER')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'API')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
    .replaceAll(/\b(ses|msg|prt|call|evt|toolu)_\w+/g, '$1_ID')
    .replaceAll(/(session|rollout)-[\dT-]+-(?=ID|[\da-f]{8})/g, '$1-')
    .replaceAll(/(?<=session-)[\da-f]{8}/g, 'ID')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(?:Z|\+00:00)/g, 'TIME')
    .replaceAll(/\d+(\.\d+)?m?s\b/g, 'TIME')
    .replaceAll(/\b1\d{9,12}\b/g, 'TIME')
}

const UNTIDY =
  /-(?:shm|wal)$|^\.npm|node_modules|package(-lock)?\.json$|^\.claude\/(?:sessions|shell-snapshots)\/|^\.codex\/shell_snapshots\/|^\.local\/state\/opencode\/locks\//

/**
 * Names and modes, except for what an agent had not tidied up, or npm not fetched, when the editor
 * hung up.
 */
function filesIn(place: RealAgentPlace): string[] {
  return readdirSync(place.home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !UNTIDY.test(name))
    .map((name) => {
      const { mode } = statSync(join(place.home, name), { throwIfNoEntry: false }) ?? { mode: 0 }
      return `${masked(name, place)} ${(mode & 0o777).toString(8)}`
    })
    .sort()
}

function turnsOf(session: SessionOnDisk): unknown[] {
  return session.spans
    .filter(({ name }) => name === 'invoke_agent' || name.startsWith('invoke_agent '))
    .map((span) => attribute(span, 'tacho.turn.outcome'))
}
