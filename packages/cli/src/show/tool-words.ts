import type { Span } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import type { Style } from '../style.js'
import type { Sentence } from './sentence.js'

/** A tool's run in a sentence: `tool exec_command "npm test": failed after 1.2s, exit code 1`. */
export function toolWords(span: Span, inFlight: string): Sentence {
  const tool = shown(span.name.replace(/^execute_tool/, 'tool'), 60)
  const what = whatOf(span)
  const words = what === undefined ? tool : `${tool} "${shown(what, 80)}"`
  if (span.endedAt === undefined) return { text: `${words}: ${inFlight}`, style: 'bad' }
  const { 'tacho.tool.status': status, 'tacho.tool.exit_code': exitCode } = span.attributes
  const became = typeof status === 'string' ? shown(status, 40) : 'ended'
  const took = duration(Math.max(0, span.endedAt - span.startedAt) / 1000)
  const code = typeof exitCode === 'number' ? `, exit code ${exitCode}` : ''
  return {
    text: `${words}: ${became} after ${took}${code}`,
    style: span.isError ? 'bad' : STYLES.get(became),
  }
}

/** Whether a span is a tool's run (GenAI conventions: `execute_tool {name}`). */
export function isTool({ name }: Span): boolean {
  return name.startsWith('execute_tool ')
}

const STYLES = new Map<string, Style>([
  ['failed', 'bad'],
  ['declined', 'warning'],
  ['interrupted', 'warning'],
])

// What a tool was given, of which a host records what names the deed.
function whatOf({ attributes }: Span): string | undefined {
  for (const name of ['command', 'query', 'path', 'files']) {
    const value = attributes[`tacho.tool.${name}`]
    const text = Array.isArray(value) ? value.join(', ') : value
    if (typeof text === 'string' && text !== '') return text
  }
  return undefined
}

function shown(text: string, width: number): string {
  return cutTo(printable(text.slice(0, 400)), width)
}
