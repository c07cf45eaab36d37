import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { filesAlike, requestsAlike, screenAlike } from './alike.js'
import { type ClaudePlace, claudePlace } from './place.js'
import { say } from './say.js'

const ASKED = 'Do you want to proceed?'
const pipe = (name: string) => ({
  calls: [{ name: 'Bash', arguments: { command: `mkfifo ${name}` } }],
})

const SCRIPT = [
  pipe('q1'),
  { text: 'The first is done.' },
  pipe('q2'),
  { text: 'I leave it.' },
  { text: 'This has no end, '.repeat(40), deltas: 40, holdAfter: 20 },
]

// `npm run soak` runs these.
describe.skipIf(!isSoak)('the TUI', () => {
  test('shows, asks its model and ends the same with Tacho as without', async () => {
    const [alone, off, recorded] = await Promise.all([
      driven('plainTui'),
      driven('offTui'),
      driven('tui', async (place) => {
        const approvals = await place.said<object[]>('approvals')
        expect(approvals).toMatchObject([
          { what: 'mkfifo q1', outcome: 'allowed', decision: 'user_temporary' },
          { what: 'mkfifo q2', outcome: 'denied', decision: 'user_reject' },
        ])
        const cancellations = await place.said<object[]>('cancellations')
        expect(cancellations).toMatchObject([{ origin: 'host' }])
      }),
    ])
    expect(off).toEqual(alone)
    const { files: _, ...shown } = alone
    expect(recorded).toMatchObject(shown)
  }, 300_000)
})

async function driven(
  which: 'plainTui' | 'offTui' | 'tui',
  look?: (place: ClaudePlace) => Promise<void>,
) {
  await using place = await claudePlace(SCRIPT)
  await using terminal = await place[which]('Make a pipe')
  const screens: string[] = []
  const shot = () => screens.push(screenAlike(terminal.screen, place))
  const rested = async () => {
    await terminal.showing('? for shortcuts')
    shot()
  }
  await terminal.showing(ASKED)
  shot()
  await terminal.answer('1', ASKED)
  await terminal.showing('The first is done.')
  await rested()
  await say(terminal, 'Make another')
  await terminal.showing('mkfifo q2')
  await terminal.showing(ASKED)
  for (const option of ['❯ 1. Yes', '❯ 2. Yes', '❯ 3. Yes']) await terminal.answer('Down', option)
  await terminal.showing('❯ 4. No')
  shot()
  terminal.press('Tab')
  await terminal.showing('and tell Claude')
  terminal.type('Not that one')
  await terminal.showing('Not that one')
  shot()
  await terminal.answer('Enter', ASKED)
  await terminal.showing('I leave it.')
  await rested()
  await say(terminal, 'Go on for ever')
  await terminal.showing('This has no end')
  await terminal.answer('Escape', 'esc to interrupt')
  await place.model.clientGone(5)
  await rested()
  await say(terminal, '/exit')
  const { exitCode, hasItsModes, screen } = await terminal.ended()
  await look?.(place)
  return {
    screens: [...screens, screenAlike(screen, place)],
    ...{ exitCode, hasItsModes, requests: requestsAlike(place), files: filesAlike(place) },
  }
}
