import type { Agent } from '@tacho/launcher'
import { listSessions } from '@tacho/reader'
import type { Command } from 'commander'
import { EXIT } from '../command-error.js'
import { agentFindings, settleFindings } from '../doctor/agents.js'
import type { Finding } from '../doctor/finding.js'
import { indexFinding } from '../doctor/index-folder.js'
import { rootFindings } from '../doctor/roots.js'
import { sessionFindings } from '../doctor/sessions.js'
import { settingFindings } from '../doctor/settings.js'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'
import { version } from '../package/own-files.js'
import { printable } from '../printable.js'
import { countedBar } from '../progress-bar.js'
import { type SessionOptions, withSessionsDir } from '../session-options.js'
import { type Style, styled } from '../style.js'

/** Adds `tacho doctor`: whether everything is in order, and what to do if not. */
export function addDoctorCommand(tacho: Command, agents: readonly Agent[]): void {
  const command = tacho
    .command('doctor')
    .description('check agents, folders, permissions and settings, and say what to do')
    .option('--json', 'print an array of objects')
    .action((options: SessionOptions & { json?: boolean }) => doctor(agents, options))
  withSessionsDir(command)
}

async function doctor(
  agents: readonly Agent[],
  { roots, json = false }: SessionOptions & { json?: boolean },
): Promise<void> {
  const bar = countedBar('reading sessions')
  // Folders that cannot be examined are among the findings of their root.
  const sessions = listSessions(roots, {}, { onProgress: bar.show })
  bar.clear()
  const findings = [
    ...settingFindings(version(), process.env),
    ...agentFindings(agents, process.env),
    ...(await settleFindings(agents, process.env)),
    ...roots.flatMap(rootFindings),
    ...sessionFindings(sessions),
    indexFinding(),
  ]
  if (findings.some(({ status }) => status === 'problem')) process.exitCode = EXIT.failure
  if (json) await write(`${jsonText(findings, 2)}\n`)
  else for (const finding of findings) await write(`${wordsOf(finding)}\n`)
}

const STYLES: Record<Finding['status'], Style> = { ok: 'good', warning: 'warning', problem: 'bad' }

function wordsOf({ about, status, text, next }: Finding): string {
  const head = `${styled(STYLES[status], status.padEnd(7))}  ${printable(about)}: ${printable(text)}`
  return next === undefined ? head : `${head}\n         ${printable(next)}`
}
