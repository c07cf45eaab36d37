import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { OutputLines } from '../../packages/recorder/dist/log/output-lines.js'
import { fingerprint } from '../scrub/fingerprint.js'

const KEY = `sk-ant-api03-${'aB3dE5fG7h'.repeat(9)}xyAA`
const PEM = `-----BEGIN PRIVATE KEY-----
MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj
MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDuictGeurT8jNbvJZHtCSuYEvu
-----END PRIVATE KEY-----`

function linesOf(text: string, size = 1000): string[] {
  const lines: string[] = []
  const output = new OutputLines(createScrubber({ fingerprint }), (line) => lines.push(line))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) output.push(bytes.subarray(at, at + size))
  output.end()
  return lines
}

test('a key over the place where a long line is cut is in neither part', () => {
  for (const before of [1, 20, 60, 100]) {
    const text = `${'-'.repeat(64 * 1024 - before)}${KEY} and the rest`
    const lines = linesOf(text)
    expect(lines.map((line) => line.length)).toEqual([64 * 1024, text.length - 64 * 1024])
    expect(lines.join('')).toMatch(/-\[secret:anthropic-key:[0-9a-f]{4}\.*\] and the rest$/)
    expect(lines.join('')).not.toContain(KEY.slice(20, 40))
  }
})

test('a private key that is printed line by line is in none of the lines', () => {
  const text = linesOf(`Here:\n${PEM}\nand on.\n`, 30).join('\n')
  expect(text).toMatch(/^Here:\n\[secret:/)
  expect(text).toMatch(/\nand on\.$/)
  expect(text).not.toContain('MIIEvQIBADANBg')
  expect(text).not.toContain('MzEfYyjiWA4R4')
})

test('lines are told as they were printed, one that is not ended at the end', () => {
  expect(linesOf('one\n\ntwö\r\nthree', 1)).toEqual(['one', '', 'twö\r', 'three'])
})
