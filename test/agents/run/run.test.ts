import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { indexRawLog, requestPieces, responseChunks } from '@tacho/reader'
import { expect, test } from 'vitest'
import {
  cleanEnvironment,
  codexHome,
  repositoryRoot,
  run,
  SCRIPTED_KEY,
  tachoCommand,
} from '../../host/index.js'
import { recordersEnded } from '../../recorder/register/host-place.js'
import { startScriptedModel } from '../../scripted-model/index.js'
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

async function programsPlace() {
  const [one, other] = await Promise.all([
    startScriptedModel([{ text: 'One.' }]),
    startScriptedModel([{ text: 'Other.' }]),
  ])
  const home = await codexHome({ baseUrl: one.baseUrl })
  const own = {
    env: cleanEnvironment(home, { CODEX_HOME: undefined, OPENAI_BASE_URL: one.baseUrl }),
    cwd: home.cwd,
  }
  const root = join(home.userHome, '.local/state/tacho/sessions')
  const sessions = () => readdirSync(root).map((name) => new SessionOnDisk(join(root, name)))
  return {
    one,
    other,
    home,
    own,
    root,
    recorded: (...words: string[]) =>
      run(
        tachoCommand,
        [
          ...['run', '--persist-session', '--base-url-env', `MY_MODEL_URL=${other.baseUrl}`, '--'],
          ...PROGRAM,
          ...words,
        ],
        own,
      ),
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
