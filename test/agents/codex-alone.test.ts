import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cleanEnvironment, codexCommand, codexHome, run } from '../host/index.js'
import { execCommand, startScriptedModel } from '../scripted-model/index.js'

test('the real codex runs a whole turn with a tool call against the scripted model', async () => {
  await using model = await startScriptedModel([
    { text: 'Let me write it down.', calls: [execCommand('echo made by the tool | tee made.txt')] },
    { text: 'It is done: façade.', deltas: 4 },
  ])
  await using home = await codexHome({ baseUrl: model.baseUrl })
  const codex = await run(await codexCommand(), [...EXEC, 'Write it down'], {
    env: cleanEnvironment(home),
    cwd: home.cwd,
  })

  expect(codex).toMatchObject({ exitCode: 0, signal: null })
  expect(codex.stdout.toString()).toBe('It is done: façade.\n')
  expect(codex.stderr.toString()).not.toMatch(/warn|error|fail|retry|reconnect/i)
  expect(readFileSync(join(home.cwd, 'made.txt'), 'utf8')).toBe('made by the tool\n')

  expect(model.exchanges.map(({ method, url, status }) => [method, url, status])).toEqual([
    ['POST', '/v1/responses', 200],
    ['POST', '/v1/responses', 200],
  ])
  expect(model.exchanges.every(({ isFinished, aborted }) => isFinished && !aborted)).toBe(true)
  const second = model.modelExchanges[1]?.requestBody.toString()
  expect(second).toContain('"call_id":"call_1_0"')
  expect(second).toContain('made by the tool')
})

const EXEC = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']
