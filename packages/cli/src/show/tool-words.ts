import { cut } from '@tacho/format'
import type { Tool, ToolOutcome } from '@tacho/reader'
import { cutTo } from '../display-width.js'
import { printable } from '../printable.js'
import { duration } from '../quantities.js'
import type { Style } from '../style.js'
import type { Sentence } from './sentence.js'

/** Describes a tool's run: `tool exec_command "npm test": failed after 1.2s, exit code 1`. */
export function toolWords(tool: Tool, inFlight: string): Sentence {
  const { name, outcome, exitCode, startedAt, endedAt } = tool
  const head = shown(`tool ${name}`, 60)
  const what = whatOf(tool)
  const words = what === undefined ? head : `${head} "${shown(what, 80)}"`
  if (outcome === undefined || endedAt === undefined)
    return { text: `${words}: ${inFlight}`, style: 'bad' }
  const took = duration(Math.max(0, endedAt - startedAt) / 1000)
  const code = exitCode === undefined ? '' : `, exit code ${exitCode}`
  const { text, style } = BECAME[outcome]
  return { text: `${words}: ${text} after ${took}${code}`, style }
}

const BECAME: Record<ToolOutcome, { text: string; style: Style | undefined }> = {
  completed: { text: 'completed', style: undefined },
  failed: { text: 'failed', style: 'bad' },
  declined: { text: 'declined', style: 'warning' },
  cancelled: { text: 'cancelled', style: 'warning' },
  unknown: { text: 'ended', style: undefined },
}

// What a tool was given; a host only records what identifies the action.
function whatOf({ command, query, path, files = [] }: Tool): string | undefined {
  return [command, query, path, files.join(', ')].find((text) => text !== undefined && text !== '')
}

function shown(text: string, width: number): string {
  return cutTo(printable(cut(text, 400)), width)
}
