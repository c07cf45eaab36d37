import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SESSION_FILES } from '@tacho/format'
import { describe, expect, test } from 'vitest'
import { tacho } from '../cli/tacho.js'
import { recordExchanges, SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { FIXTURE_ID, fixtureSession } from '../reader/recorded-fixture.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { ATTEMPTS } from './attempts.js'
import { openPage, serve } from './browser.js'
import { hostileSession } from './hostile-strings.js'

/**
 * What a stranger may write, and what none of it may do: become markup, run, load, or request
 * anything.
 */
const HOSTILE = [
  '<img src=x onerror="alert(1)">',
  '<script>alert(2)</script>',
  '"><svg onload=alert(3)>',
  "'-alert(4)-'",
  'javascript:alert(5)',
  '<a href="javascript:alert(6)">x</a>',
  '<iframe srcdoc="<script>alert(7)</script>"></iframe>',
  '<style>@import url(http://example.com/x.css)</style>',
  '<link rel=stylesheet href=http://example.com/y.css>',
  '<meta http-equiv=refresh content="0;url=http://example.com/">',
  '<base href=http://example.com/>',
  '<form action=http://example.com/><button>x</button></form>',
  '{{constructor.constructor("alert(8)")()}}',
  '</script><script>alert(9)</script>',
  '<!-- --><script>alert(10)</script>',
  ']]><script>alert(11)</script>',
  '\u001b]0;title\u0007\u001b[2J\u202e\u0000',
  '__proto__',
  'constructor',
  `<b>${'a'.repeat(1024 * 1024)}`,
]

/** How many elements no part of the page creates. */
const FOREIGN_ELEMENTS = `document.querySelectorAll('#root :is(script, iframe, img, svg, math, style, link, meta, base, form, object, embed, video, template, plaintext, xmp, noscript, b, a)').length`

/** Control characters and bidirectional controls, which a terminal would obey. */
function controlsIn(text: string): string[] {
  return text.match(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g) ?? []
}

describe.each(['served', 'exported as one file'])('%s', (how) => {
  test('whatever was recorded is text: no element, no request, no dialog comes of it', async () => {
    const root = await recorded()
    await using served = await serve(root)
    const exported = join(root, 'page.html')
    await tacho(['export', 'html', 'last', '-o', exported, '--sessions-dir', root])
    const address =
      how === 'served' ? `${served.address}&session=${SESSION_ID}` : pathToFileURL(exported).href
    await using opened = await openPage(address)
    const { page } = opened
    const things = page.getByRole('listbox', { name: 'What happened' }).getByRole('option')
    await things.first().waitFor()
    for (let index = 0; index < (await things.count()); index += 1) {
      await things.nth(index).click()
      await page.locator('h2').first().waitFor()
    }
    await page.keyboard.press('E')
    // More than 2 MB: its conversation is read only on request.
    await page.getByRole('tab', { name: 'request', exact: true, selected: true }).waitFor()
    await page.getByRole('button', { name: 'show more' }).click()
    await page.getByText(/^1\.0 MB of \d\.\d MB$/).waitFor()
    for (const tab of ['conversation', 'request', 'response', 'headers', 'playback']) {
      await page.getByRole('tab', { name: tab, exact: true }).click()
    }
    for (const key of ['2', '3', '4', '5', '6', '7']) {
      await page.keyboard.press(key)
      await page.getByRole('tablist').first().waitFor()
    }
    expect(await page.evaluate(FOREIGN_ELEMENTS)).toBe(0)
    expect([opened.dialogs, opened.foreign]).toEqual([[], []])
    expect(opened.problems).toEqual([])
  })
})

test('every string of a session can be hostile, in its logs, its spans and its manifest', async () => {
  const { directory, id } = hostileSession()
  await using served = await serve(directory)
  const exported = join(directory, 'page.html')
  const { stderr } = await tacho([
    'export',
    'html',
    id,
    '-o',
    exported,
    '--sessions-dir',
    directory,
  ])
  expect(controlsIn(stderr.toString())).toEqual([])
  for (const address of [`${served.address}&session=${id}`, pathToFileURL(exported).href]) {
    await using opened = await openPage(address)
    const { page } = opened
    const things = page.getByRole('listbox', { name: 'What happened' }).getByRole('option')
    await things.first().waitFor()
    // Each exchange in turn, with everything that is shown of it.
    for (const filter of ['exchange', 'tool', 'approval', 'cancellation', 'problem']) {
      await page.getByLabel('Show').selectOption(filter)
      for (let index = 0; index < Math.min(4, await things.count()); index += 1) {
        await things.nth(index).click()
        await page.locator('h2').first().waitFor()
      }
      if (filter !== 'exchange') continue
      for (const tab of ['conversation', 'request', 'response', 'headers', 'playback']) {
        await page.getByRole('tab', { name: tab, exact: true }).click()
      }
    }
    for (const summary of await page.locator('summary').all()) await summary.click()
    for (const key of ['2', '3', '4', '5', '6', '7']) {
      await page.keyboard.press(key)
      await page.getByRole('tablist').first().waitFor()
    }
    expect(await page.evaluate(FOREIGN_ELEMENTS)).toBe(0)
    expect(await page.title()).toMatch(/^Tacho(?:: [\w-]+)?$/)
    // Bodies that are no longer valid are absent.
    const problems = opened.problems.filter((problem) => !problem.includes('404 (Not Found)'))
    expect([opened.dialogs, opened.foreign, problems]).toEqual([[], [], []])
    if (address.startsWith('http')) {
      await page.getByRole('button', { name: '← Sessions' }).click()
      await page.getByRole('listbox').getByRole('option').first().waitFor()
      expect(await page.evaluate(FOREIGN_ELEMENTS)).toBe(0)
    }
  }
})

test('a page of another origin gets nothing of it, by whatever means a browser has', async () => {
  const { directory } = fixtureSession('plain')
  const id = FIXTURE_ID
  await using served = await serve(directory)
  const { origin, hash } = new URL(served.address)
  const token = new URLSearchParams(hash.slice(1)).get('token')
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><title>other</title><body>')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  try {
    const { port } = server.address() as AddressInfo
    await using opened = await openPage(`http://127.0.0.1:${port}/`)
    const html = await (await fetch(origin)).text()
    const files = ['js', 'css', 'svg'].map((type) => html.match(`/page/[^"]+\\.${type}`)?.[0])
    expect(files.every((file) => file !== undefined)).toBe(true)
    const known = JSON.stringify({ origin, token, id, files })
    const got = await opened.page.evaluate(`(${ATTEMPTS})(${known})`)
    expect(got).toEqual({
      ...{ 'fetch with the token': 'refused', 'fetch, opaque': 'refused', EventSource: 'refused' },
      ...{ WebSocket: 'refused', script: 'refused', image: 'refused', style: 'refused' },
      ...{ frame: 'refused', window: 'refused', 'fetch, by another name': 'refused' },
    })
  } finally {
    server.close()
    server.closeAllConnections()
  }
})

test('a session that goes on is followed, and what is new appears by itself', async () => {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  recordExchanges(recording, 1)
  await using served = await serve(root)
  await using opened = await openPage(`${served.address}&session=${SESSION_ID}`)
  const { page } = opened
  const things = page.getByRole('listbox', { name: 'What happened' }).getByRole('option')
  await things.filter({ hasText: 'exchange' }).first().waitFor()
  await page.getByText('live', { exact: true }).waitFor()
  const before = await things.count()
  recordExchanges(recording, 2)
  await expect.poll(() => things.count()).toBeGreaterThan(before)
  await recording.close({ exitCode: 0 })
  await page.getByText('live', { exact: true }).waitFor({ state: 'detached' })
})

test('a damaged session says so, and shows what can be read', async () => {
  const root = sessionsDirectory()
  const recording = startRecording(root)
  recordExchanges(recording, 2)
  await recording.close({ exitCode: 0 })
  appendFileSync(join(root, SESSION_ID, SESSION_FILES.raw), '{"kind":"chunk","exch')
  await using served = await serve(root)
  await using opened = await openPage(`${served.address}&session=${SESSION_ID}`)
  const { page } = opened
  const told = page.locator('summary', { hasText: 'Not all of this session could be read' })
  await told.getByText(`tacho salvage ${SESSION_ID} --to DIR`).waitFor()
  await page
    .getByRole('option', { name: /exchange/ })
    .nth(1)
    .waitFor()
})

test('a session of a later format says what to do', async () => {
  const { directory } = fixtureSession('future')
  await using served = await serve(directory)
  await using opened = await openPage(`${served.address}&session=${FIXTURE_ID}`)
  await opened.page.getByText('A later Tacho has recorded this. Update Tacho').waitFor()
})

test('a folder without sessions says how to record one', async () => {
  await using served = await serve(sessionsDirectory())
  await using opened = await openPage(served.address)
  await opened.page.getByText('tacho codex --persist-session').waitFor()
})

test('without its token the page says what to do, and asks for nothing', async () => {
  await using served = await serve(sessionsDirectory())
  await using opened = await openPage(served.address.replace(/#.*/, ''))
  await opened.page.getByText('Open this page by the address that tacho view prints').waitFor()
  expect(opened.problems).toEqual([])
})

async function recorded(): Promise<string> {
  const root = sessionsDirectory()
  const recording = startRecording(root, { argv: ['exec', ...HOSTILE.slice(0, 16)] })
  const conversation = { sessionId: SESSION_ID, threadId: SESSION_ID, turnId: 'turn-1' }
  HOSTILE.forEach((text, index) => {
    const one = recording.exchange({
      method: 'POST',
      url: `http://127.0.0.1:4000/v1/responses?${encodeURIComponent(text.slice(0, 100))}`,
      headers: [
        ['content-type', 'application/json'],
        ['user-agent', text.slice(0, 100)],
      ],
      provider: 'openai',
      conversation,
    })
    const input = [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
      { type: 'function_call', name: text.slice(0, 60), call_id: `call_${index}`, arguments: text },
      { type: 'function_call_output', call_id: `call_${index}`, output: text },
      { type: text.slice(0, 60), [text.slice(0, 60)]: text },
    ]
    const body = { model: text.slice(0, 60), instructions: text, input, tools: [{ name: text }] }
    one.requestBytes(Buffer.from(JSON.stringify(body)))
    one.requestEnd()
    one.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
    const event = { type: 'response.output_text.delta', delta: text }
    one.responseBytes(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
    one.end({ state: 'completed' })
    recording.session(SESSION_ID).event({
      kind: 'log-event',
      name: 'codex.tool_result',
      attributes: {
        'conversation.id': SESSION_ID,
        call_id: `call_${index}`,
        tool_name: text.slice(0, 200),
        arguments: JSON.stringify({ cmd: text.slice(0, 2000) }),
      },
    })
    recording.log('error', 'codex', text.slice(0, 2000))
  })
  await recording.close({ exitCode: 1 })
  return root
}
