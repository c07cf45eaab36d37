import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { repositoryRoot, run, start } from '../host/index.js'

// Compiled, as `npm run scripted-model` runs it.
const COMMAND = join(repositoryRoot, 'test/dist/scripted-model/command.js')

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`it prints its base URL and settings, answers, and ends well on ${signal}`, async () => {
    await using model = start(process.execPath, [COMMAND, '--verbose'], { env: {} })
    const printed = await model.stdout.containing('wire_api = "responses"\n')
    const [baseUrl = ''] = printed.split('\n')
    expect(printed).toContain(`base_url = "${baseUrl}"`)
    const calls = await post(`${baseUrl}/responses`, { input: 'Look around' })
    expect(calls).toContain('"exec_command"')
    const words = await post(`${baseUrl}/responses`, { input: [{ type: 'function_call_output' }] })
    expect(words).toContain('the command has run')
    await model.stderr.containing(/POST \/v1\/responses \d+ bytes -> 200 \d+ bytes\n/)
    model.kill(signal)
    expect(await model.ended).toMatchObject({ exitCode: 0, signal: null })
  })
}

test('it plays a script from a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tacho-test-'))
  const path = join(folder, 'script.json')
  await writeFile(path, JSON.stringify([{ body: 'from the file' }]))
  await using model = start(process.execPath, [COMMAND, '--script', path], { env: {} })
  const [baseUrl = ''] = (await model.stdout.containing('\n')).split('\n')
  expect(await post(`${baseUrl}/responses`, {})).toBe('from the file')
  await rm(folder, { recursive: true })
})

test('with --web-socket it is what the provider of Codex itself wants', async () => {
  await using model = start(process.execPath, [COMMAND, '--web-socket'], { env: {} })
  const printed = await model.stdout.containing('wire_api = "responses"\n')
  const [baseUrl = ''] = printed.split('\n')
  expect(printed).toContain(`model_provider = "openai"\nopenai_base_url = "${baseUrl}"\n`)
  expect(printed).toContain('export CODEX_API_KEY=')
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/responses`)
  await once(socket, 'open')
  socket.terminate()
})

for (const [args, words] of [
  [['--port', '65536'], '--port 65536 is no port'],
  [['--port', 'x'], '--port x is no port'],
  [['--script', '/nowhere/at-all.json'], "Can't read the script /nowhere/at-all.json: ENOENT"],
  [['--nonsense'], "Unknown option '--nonsense'"],
] as const) {
  test(`${args.join(' ')} is refused in one line`, async () => {
    const refused = await run(process.execPath, [COMMAND, ...args], { env: {} })
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.stderr.toString()).toContain(words)
    expect(refused.stderr.toString().trimEnd().split('\n')).toHaveLength(1)
  })
}

async function post(url: string, body: object): Promise<string> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  return response.text()
}
