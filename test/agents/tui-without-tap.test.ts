import { expect, test } from 'vitest'
import { standIn } from './stand-in.js'
import { masked, plainTui, recordedTui } from './tui-terminals.js'
import { workplace } from './workplace.js'

const NOT_RECORDED = 'what the user is asked and answers is not recorded'

test('where the TUI takes no app-server of ours, it is its own, and the requests are recorded', async () => {
  const script = [{ text: 'Hello.' }]
  await using place = await workplace(script)
  await using plainPlace = await workplace(script)
  const args = ['-s', 'workspace-write', '--add-dir', '/', 'Say hello']
  await using recorded = await recordedTui(place, args)
  await using plain = await plainTui(plainPlace, args)
  for (const terminal of [recorded, plain]) {
    await terminal.showing('Hello.')
    // The title that the last words tell.
    await terminal.showing('· scripted')
    terminal.paste('/quit')
    terminal.press('Enter')
  }
  const [withUs, without] = await Promise.all([recorded.ended(), plain.ended()])
  expect(withUs).toMatchObject({ exitCode: 0, hasItsModes: true })
  expect(masked(withUs.screen, place)).toBe(masked(without.screen, plainPlace))
  const session = place.session()
  expect(session.log).toContain(
    `${NOT_RECORDED}: with --add-dir the TUI takes no app-server of ours`,
  )
  expect(session.exchanges.length).toBeGreaterThan(0)
})

test('an older Codex is started with nothing that it does not know', async () => {
  const codex = standIn(`
if (args.includes('--help')) console.log('Usage: codex [OPTIONS]')
else console.log('arguments: ' + args.filter((one) => !one.includes('=') && one !== '-c').join())`)
  await using place = await workplace([], { codex })
  await using terminal = await recordedTui(place, ['Hello'])
  const { screen, exitCode } = await terminal.ended()
  expect([screen.trim(), exitCode]).toEqual(['arguments: Hello', 0])
  expect(place.session().log).toContain(
    `${NOT_RECORDED}: this Codex has no --remote-auth-token-env`,
  )
})
