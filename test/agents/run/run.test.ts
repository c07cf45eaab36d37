import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import {
  cleanEnvironment,
  codexHome,
  eventually,
  repositoryRoot,
  run,
  SCRIPTED_KEY,
  start,
  tachoCommand,
} from '../../host/index.js'
import { recordersEnded } from '../../recorder/register/host-place.js'
import { type Script, startScriptedModel } from '../../scripted-model/index.js'
import { onPage } from '../../viewer/on-page.js'
import { expectRebuilt } from '../rebuilt.js'
import { SessionOnDisk } from '../session-on-disk.js'

const PROGRAM = [process.execPath, join(repositoryRoot, 'test/dist/agents/run/program.js')] as const

test('a program that asks two APIs is one session, with the bytes of both', async () => {
  await using place = await programsPlace()
  const ended = await place.recorded('OPENAI_BASE_URL', 'MY_MODEL_URL', 'OPENAI_BASE_URL')
  expect(ended.stderr.toString()).toBe('')
  expect(ended).toMatchObject({ exitCode: 5, signal: null })
  expect(ended.stdout.toString()).toBe('One.\nOther.\nOne.\n')

  const session = place.session()
  expect(session.manifest).toMatchObject({
    agent: { name: 'run' },
    runs: [
      {
        command: 'run',
        cwd: place.home.cwd,
        argv: [...PROGRAM, 'OPENAI_BASE_URL', expect.anything(), expect.anything()],
      },
    ],
  })
  expect(session.exchanges.map(({ provider, url }) => [provider, url])).toEqual([
    ['openai', `${place.one.baseUrl}/chat/completions`],
    ['unknown', `${place.other.baseUrl}/chat/completions`],
    ['openai', `${place.one.baseUrl}/chat/completions`],
  ])
  const index = indexRawLog(session.folder, () => undefined)
  expect(
    index.exchanges.map((exchange) => [
      Buffer.concat([...requestPieces(session.folder, index, exchange)]).toString(),
      Buffer.concat(
        [...responseChunks(session.folder, exchange)].map(({ bytes }) => bytes),
      ).toString(),
    ]),
  ).toEqual(
    [place.one.exchanges[0], place.other.exchanges[0], place.one.exchanges[1]].map((exchange) => [
      exchange?.requestBody.toString(),
      exchange?.responseBody.toString(),
    ]),
  )
  expect(
    session
      .names()
      .map((name) => session.text(name))
      .join(),
  ).not.toContain(SCRIPTED_KEY)
  await onPage(place.root, session.id, async (page) => {
    const exchanges = page.getByRole('option', { name: /exchange \d/ })
    await exchanges.nth(1).click()
    const panel = page.getByRole('region', { name: 'Exchange 2' })
    await panel.getByText('Other.').waitFor()
    expect(await exchanges.count()).toBe(3)
    await page.getByRole('tab', { name: 'approvals' }).click()
    await page.getByText('Nobody was asked').waitFor()
  })
})

test('a Node program records what it sends past its base URL into the same session', async () => {
  await using place = await programsPlace()
  const ended = await place.recorded('OPENAI_BASE_URL', `past:${place.other.baseUrl}`)
  expect(ended.stderr.toString()).toBe('')
  expect(ended.stdout.toString()).toBe('One.\npast\n')
  await recordersEnded(place.home.userHome)
  const session = place.session()
  expect(session.exchanges.map(({ url }) => url)).toEqual([
    `${place.one.baseUrl}/chat/completions`,
    `${place.other.baseUrl}/chat/completions`,
  ])
  expect(session.manifest.runs).toHaveLength(2)
})

test('variables that lead to a model lead to us, the unset ones of an API only together', async () => {
  await using place = await programsPlace()
  const { stdout, stderr } = await place.recorded('env')
  const led = JSON.parse(stdout.toString()) as Record<string, string>
  const tap = /^http:\/\/127\.0\.0\.1:\d+/
  expect(Object.keys(led).sort()).toEqual([
    'ANTHROPIC_BASE_URL',
    'GOOGLE_GEMINI_BASE_URL',
    'OPENAI_BASE_URL',
  ])
  for (const url of Object.values(led)) expect(url).toMatch(tap)
  expect(led.OPENAI_BASE_URL?.replace(tap, '')).toBe('/v1')
  expect(stderr.toString()).toMatch(/^tacho: no request came by way of MY_MODEL_URL, OPENAI_/)
})

test('of a program that reads none of them a line is told, and it ends as it does', async () => {
  await using place = await programsPlace()
  const words = ['run', '--persist-session', '--']
  const shell = await run(tachoCommand, [...words, 'sh', '-c', 'echo said; exit 3'], place.own)
  expect(shell).toMatchObject({ exitCode: 3 })
  expect(shell.stdout.toString()).toBe('said\n')
  expect(shell.stderr.toString()).toMatch(
    /^tacho: no request came by way of .+ unless a Node program recorded its own\. .+\n$/,
  )
})

test('off, a program prints and ends as it does alone, and nothing is left behind', async () => {
  await using place = await programsPlace()
  const words = ['env', 'OPENAI_BASE_URL']
  const alone = await run([...PROGRAM], words, place.own)
  expect(await run(tachoCommand, ['run', '--', ...PROGRAM, ...words], place.own)).toEqual(alone)
  expect(existsSync(join(place.home.userHome, '.local'))).toBe(false)
})

test('a tool that a program runs, an error of its API and an answer that it drops are told as such', async () => {
  await using place = await programsPlace([
    { calls: [{ name: 'add', arguments: { a: 1, b: 2 } }] },
    { text: 'It is 3.' },
    { status: 400 },
    { text: 'Endless '.repeat(40), deltas: 40, holdAfter: 4 },
  ])
  const ended = await place.recorded('OPENAI_BASE_URL', 'OPENAI_BASE_URL', 'drop:OPENAI_BASE_URL')
  expect(ended).toMatchObject({ exitCode: 5, signal: null })
  expect(ended.stdout.toString()).toBe('It is 3.\n400\nbegun\n')
  const { exchanges, tools } = await place.said('show')
  expect(tools).toMatchObject([{ name: 'add', callId: 'call_1_0' }])
  expect(exchanges).toMatchObject([
    { state: 'completed', outcome: 'completed' },
    { state: 'completed', outcome: 'completed' },
    { state: 'completed', outcome: 'failed', status: 400 },
    { state: 'cancelled', outcome: 'cancelled' },
  ])
  expect(await place.said('cancellations')).toMatchObject([
    { origin: 'host', reason: 'the agent hung up' },
  ])
  expect(await place.said('approvals')).toEqual([])
})

test('an answer that is coming at kill -9 is in flight, with what had come', async () => {
  await using place = await programsPlace([
    { text: 'Endless '.repeat(40), deltas: 40, holdAfter: 4 },
  ])
  await using running = place.started('hold:OPENAI_BASE_URL')
  await place.one.responseSent(1, 4)
  await eventually(() => expect(place.session().exchanges).toHaveLength(1))
  running.kill('SIGKILL')
  await running.ended
  const { session, exchanges } = await place.said('show')
  expect(session).toMatchObject({ ended: 'died' })
  expect(exchanges).toMatchObject([{ state: 'in-flight' }])
})

async function programsPlace(script: Script = [{ text: 'One.' }]) {
  const [one, other] = await Promise.all([
    startScriptedModel(script),
    startScriptedModel([{ text: 'Other.' }]),
  ])
  const home = await codexHome({ baseUrl: one.baseUrl })
  const own = {
    env: cleanEnvironment(home, { CODEX_HOME: undefined, OPENAI_BASE_URL: one.baseUrl }),
    cwd: home.cwd,
  }
  const root = join(home.userHome, '.local/state/tacho/sessions')
  const sessions = () => readdirSync(root).map((name) => new SessionOnDisk(join(root, name)))
  const recorded = (words: readonly string[]) => [
    ...['run', '--persist-session', '--base-url-env', `MY_MODEL_URL=${other.baseUrl}`, '--'],
    ...PROGRAM,
    ...words,
  ]
  return {
    one,
    other,
    home,
    own,
    root,
    recorded: (...words: string[]) => run(tachoCommand, recorded(words), own),
    started: (...words: string[]) => start(tachoCommand, recorded(words), own),
    /** A command's `--json` for the last session. */
    async said(command: string) {
      const { stdout } = await run(tachoCommand, [command, 'last', '--json'], own)
      return JSON.parse(stdout.toString())
    },
    session(): SessionOnDisk {
      const [session, ...others] = sessions()
      if (session === undefined || others.length > 0)
        throw new Error(`There are ${others.length + (session ? 1 : 0)} sessions.`)
      return session
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([one.close(), other.close()])
      if (existsSync(root)) for (const session of sessions()) await expectRebuilt(session)
      await home[Symbol.asyncDispose]()
    },
  }
}
