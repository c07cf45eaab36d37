import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { isSoak } from '../faults/extent.js'
import { programPath } from '../host/index.js'
import { fingerprint } from './fingerprint.js'
import { EXAMPLES } from './shape-examples.js'

const scrubber = createScrubber({ fingerprint })

/** The files of a folder in which gitleaks finds a secret, by its own rules, and those rules. */
async function foundByGitleaks(folder: string): Promise<{ RuleID: string; Match: string }[]> {
  const report = join(folder, '..', 'report.json')
  const words = ['dir', folder, '--no-banner', '--report-format', 'json', '--report-path', report]
  execFileSync(await programPath('gitleaks'), [
    ...words,
    '--exit-code',
    '0',
    '--log-level',
    'error',
  ])
  return JSON.parse(readFileSync(report, 'utf8'))
}

test.skipIf(!isSoak)('gitleaks finds nothing in what was scrubbed', async () => {
  const place = mkdtempSync(join(tmpdir(), 'tacho-gitleaks-'))
  try {
    for (const name of ['before', 'scrubbed']) mkdirSync(join(place, name))
    for (const [number, { are }] of EXAMPLES.entries()) {
      const lines = are.map((example) => `api_key = "${example}"\nbefore ${example} behind\n`)
      const text = lines.join('')
      writeFileSync(join(place, 'before', `${number}.txt`), text)
      writeFileSync(join(place, 'scrubbed', `${number}.txt`), scrubber.text(text))
    }
    // The reverse, so that this test can fail: it knows most of these keys.
    const before = await foundByGitleaks(join(place, 'before'))
    expect(new Set(before.map(({ RuleID }) => RuleID)).size).toBeGreaterThanOrEqual(20)
    expect(before.length).toBeGreaterThanOrEqual(150)
    expect(await foundByGitleaks(join(place, 'scrubbed'))).toEqual([])
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
})
