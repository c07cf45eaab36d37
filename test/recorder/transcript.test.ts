import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepTranscript, linkTranscript } from '../../packages/recorder/dist/index.js'

test('a transcript that is linked many times at once is linked, and leaves nothing else behind', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tacho-transcript-'))
  try {
    const [source, folder] = [join(root, 'chat.jsonl'), join(root, 'session')]
    mkdirSync(folder)
    for (let round = 0; round < 20; round += 1) {
      // Replaced each time, as by an agent that writes it anew.
      rmSync(source, { force: true })
      writeFileSync(source, `${round}\n`)
      const linking = Array.from({ length: 8 }, () => linkTranscript(source, folder))
      const linked = join(folder, 'chat.jsonl')
      expect(new Set(await Promise.all(linking))).toEqual(new Set([linked]))
      expect(statSync(linked).ino).toBe(statSync(source).ino)
      expect(readdirSync(folder)).toEqual(['chat.jsonl'])
    }
  } finally {
    rmSync(root, { recursive: true })
  }
})

test('a pipe in the place of a transcript is neither linked nor copied', async () => {
  const root = mkdtempSync(join(tmpdir(), 'tacho-transcript-'))
  try {
    const [source, folder] = [join(root, 'chat.jsonl'), join(root, 'session')]
    mkdirSync(folder)
    execFileSync('mkfifo', [source])
    expect(await linkTranscript(source, folder)).toBe(undefined)
    expect(readdirSync(folder)).toEqual([])
    // It was a file when it was linked.
    symlinkSync(source, join(folder, 'chat.jsonl'))
    await keepTranscript(source, folder)
    expect(readdirSync(folder)).toEqual(['chat.jsonl'])
  } finally {
    rmSync(root, { recursive: true })
  }
})
