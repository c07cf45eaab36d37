import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { SESSION_FILES } from '@tacho/format'
import { expect, test } from 'vitest'
import { tacho } from '../cli/tacho.js'
import { cutWithinLine } from '../faults/cut-within-line.js'
import { recordSession, SESSION_ID } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { openPage, serve } from './browser.js'

test.each(['served', 'exported as one file'])(
  'what of a session is lost, and what was not read, stands in its verdict: %s',
  async (how) => {
    const root = sessionsDirectory()
    await recordSession(root, 10)
    cutWithinLine(join(root, SESSION_ID, SESSION_FILES.raw), 0.7)
    const manifest = join(root, SESSION_ID, SESSION_FILES.manifest)
    const { crc: _, ...told } = JSON.parse(readFileSync(manifest, 'utf8'))
    // More than are read.
    const more = Array.from({ length: 10_000 }, () => ({}))
    writeFileSync(manifest, JSON.stringify({ ...told, runs: [...told.runs, ...more] }))
    await using served = await serve(root)
    const exported = join(root, 'page.html')
    await tacho(['export', 'html', 'last', '-o', exported, '--sessions-dir', root])
    const address =
      how === 'served' ? `${served.address}&session=${SESSION_ID}` : pathToFileURL(exported).href
    await using opened = await openPage(address)
    const verdict = opened.page.getByRole('region', { name: 'Verdict' })
    await verdict.getByText('records-lost').waitFor({ timeout: 60_000 })
    const text = (await verdict.textContent()) ?? ''
    expect(text).toMatch(/The recording is damaged, .*the last line is cut off/)
    expect(text).toContain('session_oai_raw.log:')
    expect(text).toContain('Not all of it was read: the session is too long to be read whole.')
    expect(opened.problems).toEqual([])
  },
)
