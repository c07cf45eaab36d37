import { describe, expect, test } from 'vitest'
import { eventually } from '../../host/index.js'
import { claudePlace } from './place.js'
import { say } from './say.js'

const CANNOT_CHECK = 'Enter to stay in auto mode'
const ASKED = 'Do you want to proceed?'
const pipe = { calls: [{ name: 'Bash', arguments: { command: 'mkfifo q1' } }] }

// `npm run soak` has these.
describe.skipIf(process.env.TACHO_SOAK !== '1')('in the TUI', () => {
  test('automatic mode whose classifier nobody answers asks without a hook, and that is recorded with its wait', async () => {
    await using place = await claudePlace([pipe, { text: 'One.' }])
    await using terminal = await place.tui('--permission-mode', 'auto', 'Make a pipe')
    await terminal.showing(CANNOT_CHECK)
    // A second press would answer the question that comes next.
    await eventually(async () => {
      terminal.press('Enter')
      await eventually(() => expect(terminal.screen).not.toContain(CANNOT_CHECK), 10_000)
    })
    await terminal.showing(ASKED)
    const shown = Date.now()
    await terminal.answer('Down', '❯ No')
    await terminal.showing('❯ Yes')
    await terminal.answer('Enter', ASKED)
    await terminal.showing('One.')
    await say(terminal, '/exit')
    expect(await terminal.ended()).toMatchObject({ exitCode: 0 })

    expect(place.session().text('session_events.log')).not.toContain('PermissionRequest')
    const [approval, ...others] =
      await place.said<{ askedAt: string; waitMs: number }[]>('approvals')
    expect(others).toEqual([])
    expect(approval).toMatchObject({ what: 'mkfifo q1', outcome: 'allowed', decidedBy: 'user' })
    const { askedAt, waitMs } = approval ?? { askedAt: '', waitMs: 0 }
    expect(Date.parse(askedAt)).toBeLessThan(shown)
    expect(Date.parse(askedAt) + waitMs).toBeGreaterThanOrEqual(shown)
  })

  test('a sub-agent in the background goes on behind the turn that started it, in a thread of its own', async () => {
    const agent = { description: 'look', prompt: 'Look', subagent_type: 'general-purpose' }
    let said = 0
    await using place = await claudePlace(({ body }) => {
      const isOfTheAgent = !JSON.stringify(body.tools).includes('"name":"Agent"')
      if (isOfTheAgent) return { text: 'I looked.', headDelay: 1500 }
      said += 1
      return said === 1
        ? { calls: [{ name: 'Agent', arguments: agent }] }
        : { text: said === 2 ? 'It is under way.' : 'It has looked.' }
    })
    await using terminal = await place.tui('Start one')
    await terminal.showing('It has looked.')
    await say(terminal, '/exit')
    await terminal.ended()

    const { turns, exchanges, threads, session } = await place.said<Shown>('show')
    const own = String(session.id)
    const [sub = ''] = threads.filter(({ kind }) => kind === 'sub-agent').map(({ id }) => id)
    expect(turns.map(({ threadId, outcome }) => [threadId, outcome]).sort()).toEqual(
      [
        [own, 'completed'],
        [own, 'completed'],
        [sub, 'completed'],
      ].sort(),
    )
    expect(exchanges.filter(({ threadId }) => threadId === sub)).toHaveLength(1)
    expect(exchanges.filter(({ threadId }) => threadId === own)).toHaveLength(3)
    expect(place.session().names()).toContain(`agent-${sub}.jsonl`)
  })
})

type Shown = Record<'turns' | 'exchanges' | 'threads', Record<string, string>[]> & {
  session: Record<string, unknown>
}
