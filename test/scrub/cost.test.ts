import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createScrubber } from '@tacho/scrub'
import { expect, test } from 'vitest'
import { extent } from '../faults/extent.js'
import { fingerprint } from './fingerprint.js'

const scrubber = createScrubber({ fingerprint })
for (let number = 0; number < 200; number += 1) {
  scrubber.learn(`sk-all-keys-begin-alike-${randomBytes(24).toString('base64url')}`, 'key')
}

const MEGABYTES = extent(8, 50)

/** Typical contents of sources, lock files, minified code, source maps and documents. */
function sources(): Buffer {
  const parts: Buffer[] = []
  let length = 0
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      const found = statSync(path, { throwIfNoEntry: false })
      if (found === undefined || length > MEGABYTES * 1e6) return
      if (found.isDirectory()) walk(path)
      else if (/\.(?:[cm]?[jt]s|json|map|md|css|html)$/.test(name) && found.size < 3e6) {
        parts.push(readFileSync(path))
        length += found.size
      }
    }
  }
  walk(new URL('../../node_modules', import.meta.url).pathname)
  return Buffer.concat(parts)
}

test('nothing is found in what is innocent', () => {
  const innocent: Record<string, Buffer> = {
    'sources, lock files, minified code': sources(),
    'base64 of images': Buffer.from(randomBytes(2e6).toString('base64')),
    hashes: Buffer.from(randomBytes(1e6).toString('hex')),
    UUIDs: Buffer.from(Array.from({ length: 5e4 }, () => randomUUID()).join('\n')),
    bytes: randomBytes(2e6),
  }
  for (const [what, body] of Object.entries(innocent)) {
    const before = process.cpuUsage()
    const { found } = scrubber.bytes(body)
    const { user, system } = process.cpuUsage(before)
    const megabytes = body.length / 1e6
    const cost = (user + system) / 1000 / megabytes
    console.log(
      `scrub: ${what}: ${megabytes.toFixed(0)} MB, ${cost.toFixed(1)} ms of processor a MB`,
    )
    expect(found, what).toEqual([])
  }
})

test.each([
  ['keys that begin alike', 'sk-all-keys-begin-alike-'],
  ['one letter', 'a'],
  ['the beginning of a key', 'sk-ant-api03-'],
  ['the beginning of a key in base64', 'c2stYW50LWFwaTAzLQ'],
  ['the beginning of a private key', '-----BEGIN PRIVATE KEY-----\n'],
  ['the beginning of a token', 'eyJhbGciOi.'],
  ['the beginning of a URL', 'a://b:c'],
  ['backslashes', '\\'],
  ['percent signs', '%25'],
  ['line breaks in JSON', '\\n 1'],
  ['bytes of a hex dump', '41 42 '],
  ['keys that a joint follows', '"ghp_a1b2c3d4e5f6g" + '],
  ['keys that a tag follows', 'sk-ant-api03-a1B2c3D4e5F6<b>'],
  ['colours that are written out', '\\e[0m'],
])('ways to have a byte looked at again and again cost little: %s', (what, unit) => {
  const body = Buffer.from(unit.repeat(Math.ceil(400_000 / unit.length)))
  const before = process.cpuUsage()
  const { bytes } = scrubber.bytes(body)
  const { user, system } = process.cpuUsage(before)
  const cost = (user + system) / 1000 / (body.length / 1e6)
  console.log(`scrub: ${what}: ${cost.toFixed(1)} ms of processor a MB`)
  expect(bytes).toHaveLength(body.length)
})
