import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { claudePlace } from './place.js'
import { say } from './say.js'

const ASKED = 'Do you want to proceed?'
const pipe = (name: string) => ({
  calls: [{ name: 'Bash', arguments: { command: `mkfifo ${name}` } }],
})

// `npm run soak` runs this.
describe.skipIf(!isSoak)('without hooks', () => {
  test('what the user is asked in the TUI is told by the decision, and how long it waited by a span', async () => {
    await using place = await claudePlace([pipe('q1'), { text: 'One.' }, pipe('q2')])
    const settings = JSON.stringify({ disableAllHooks: true })
    await using terminal = await place.tui('--settings', settings, 'Make a pipe')
    await terminal.showing(ASKED)
    const shown = Date.now()
    await terminal.answer('1', ASKED)
    await terminal.showing('One.')
    await say(terminal, 'Make another')
    await terminal.showing('mkfifo q2')
    await terminal.showing(ASKED)
    await terminal.answer('Escape', ASKED)
    await terminal.showing('What should Claude do instead?')
    await say(terminal, '/exit')
    expect(await terminal.ended()).toMatchObject({ exitCode: 0 })

    const approvals = await place.said<{ askedAt: string; waitMs: number | null }[]>('approvals')
    expect(approvals).toMatchObject([
      { what: 'mkfifo q1', outcome: 'allowed', decision: 'user_temporary', decidedBy: 'user' },
      { what: 'mkfifo q2', decision: 'user_reject', decidedBy: 'user' },
    ])
    // It was asked before the dialog appeared, and answered after that.
    const [{ askedAt, waitMs } = { askedAt: '', waitMs: 0 }] = approvals
    expect(Date.parse(askedAt)).toBeLessThan(shown)
    expect(Date.parse(askedAt) + (waitMs ?? 0)).toBeGreaterThanOrEqual(shown)
  })
})
