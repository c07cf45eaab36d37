import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { cut, say, styled } from './stage.js'

/** The session that a demo left behind. */
export type Recorded = { id: string; folder: string }

const WORDS: [name: RegExp, words: string][] = [
  [/^session\.json$/, 'who, when, with what, how it ended'],
  [/^rollout-|^[\da-f-]{36}\.jsonl$/, "the agent's own transcript, as a hard link"],
  [/^session\.log$/, 'the debug log'],
  [/^session_oai_raw\.log$/, 'every request and answer, when it happened'],
  [/^session_events\.log$/, 'what else the taps saw: tools, questions, signals'],
  [/^session_meta\.log$/, 'spans: what took how long, inside of what'],
]

const LOGS = ['session.log', 'session_oai_raw.log', 'session_events.log', 'session_meta.log']

/** Prints the session's folder as a tree, with the size and purpose of each file. */
export function showFolder({ id, folder }: Recorded): void {
  say(`${id}/`)
  const files = WORDS.flatMap(([pattern, words]) =>
    readdirSync(folder)
      .filter((name) => pattern.test(name))
      .map((name) => ({ name, words })),
  )
  files.forEach(({ name, words }, index) => {
    const branch = index === files.length - 1 ? '└─' : '├─'
    const size = sizeWords(statSync(join(folder, name)).size).padStart(8)
    say(`${branch} ${shortName(name).padEnd(21)}${size}  ${styled('dim', words)}`)
  })
}

/** Prints the first and last line of each log. */
export function showLines({ folder }: Recorded): void {
  for (const name of LOGS) {
    const lines = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
    say(styled('bold', name))
    say(`  ${cut(lines[0] ?? '', 2)}`)
    if (lines.length > 2) say(styled('dim', `  … ${lines.length - 2} more`))
    if (lines.length > 1) say(`  ${cut(lines.at(-1) ?? '', 2)}`)
  }
}

// A rollout's name has 71 characters, a Claude Code transcript's 42.
function shortName(name: string): string {
  return name.length <= 20 ? name : `${name.slice(0, 12)}…${name.slice(-6)}`
}

function sizeWords(bytes: number): string {
  return bytes < 1000 ? `${bytes} B` : `${(bytes / 1000).toFixed(1)} kB`
}
