import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atEndOfFile } from '../end-of-file.js'

/**
 * A program in Codex's place, for behaviour that the real one cannot be made to show: a Node script
 * that runs as Codex does. In it, `base` is the base URL that it was given, `ask(text, headers)`
 * sends a request as Codex would, and `args` are its arguments. A source that begins with `#!` is
 * written unchanged.
 *
 * @returns its path. It is removed at the end of the test file.
 */
export function standIn(source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tacho-stand-in-'))
  atEndOfFile(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, 'codex')
  writeFileSync(
    path,
    source.startsWith('#!') ? source : `#!${process.execPath}\n${PROLOGUE}${source}`,
  )
  // Other users run it too.
  chmodSync(folder, 0o755)
  chmodSync(path, 0o755)
  return path
}

/** A different session id for each `n`. */
export function sessionIdOf(n: number): string {
  return `0199a1b2-c3d4-7e5f-8a9b-${n.toString(16).padStart(12, '0')}`
}

// CommonJS, because the file has no suffix.
const PROLOGUE = `
const fs = require('node:fs')
const args = process.argv.slice(2)
const base = args.map((one) => /base_url="(.*)"$/.exec(one)?.[1]).filter(Boolean).at(-1)
  ?? process.env.STAND_IN_BASE
async function ask(text, headers = {}) {
  const response = await fetch(base + '/responses', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'authorization': 'Bearer ' + process.env.SCRIPTED_KEY,
      'user-agent': 'codex_exec/0.169.0 (stand-in)',
      'x-codex-turn-metadata': JSON.stringify({
        session_id: '${sessionIdOf(1)}',
        thread_id: '${sessionIdOf(1)}',
        turn_id: '${sessionIdOf(1001)}',
      }),
      ...headers,
    },
    body: JSON.stringify({ model: 'gpt-5.5', stream: true, input: [
      { type: 'message', role: 'user', content: [{ type: 'input_text', text }] },
    ] }),
  })
  return response.text()
}
`
