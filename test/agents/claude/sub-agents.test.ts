import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { claudePlace } from './place.js'
import { say } from './say.js'

// `npm run soak` runs this.
describe.skipIf(!isSoak)('in the TUI', () => {
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
