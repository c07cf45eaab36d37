import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { AppServerClient } from '../../agents/app-server-client.js'
import { attribute } from '../../agents/session-on-disk.js'
import { EXEC, workplace } from '../../agents/workplace.js'

const VERSION = /^0\.\d+\.\d+/

for (const [option, where] of [
  ['-C', 'other'],
  ['--cd', 'absolute'],
] as const) {
  test(`the folder of codex exec ${option} is the agent's`, async () => {
    await using place = await workplace([{ text: 'Done.' }])
    const folder = join(place.home.cwd, 'other')
    mkdirSync(folder)
    const named = where === 'other' ? 'other' : folder
    await place.tacho(['codex', ...EXEC, option, named, '--persist-session', 'Hello'])
    const session = place.session()
    const [run] = session.manifest.runs
    expect(run?.cwd).toBe(folder)
    expect(run?.agentVersion).toMatch(VERSION)
    const span = session.spans.find(({ name }) => name === 'session')
    expect(span && attribute(span, 'tacho.cwd')).toBe(folder)
    expect(span && attribute(span, 'gen_ai.agent.version')).toBe(run?.agentVersion)
    expect(session.log).toContain(`(exec) in ${folder}`)
  })
}

test('the version is in the manifest of a session of the app-server that is killed', async () => {
  await using place = await workplace([{ text: 'Done.' }])
  await using server = place.startTacho(['codex', 'app-server', '--persist-session'])
  const client = new AppServerClient(server)
  await client.startTurn(place.home.cwd)
  await client.told('turn/completed')
  server.kill('SIGKILL')
  await server.ended
  const { agent, runs } = place.session().manifest
  expect(agent.version).toMatch(VERSION)
  expect([runs[0]?.agentVersion, runs[0]?.ended]).toEqual([agent.version, undefined])
})
