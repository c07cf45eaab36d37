import { spawnSync } from 'node:child_process'
import {
  type Agent,
  findProgram,
  type InstalledAgent,
  isInstalled,
  NoProgram,
  shimStatus,
} from '@tacho/launcher'
import type { Finding } from './finding.js'

/** Whether an agent is there, which version it is, and what its command runs. */
export function agentFindings(agent: Agent, environment: NodeJS.ProcessEnv): Finding[] {
  if (!isInstalled(agent)) return []
  return [programFinding(agent, environment), shimFinding(agent, environment)]
}

const PATIENCE_MS = 10_000

function programFinding(
  { name, program }: InstalledAgent,
  environment: NodeJS.ProcessEnv,
): Finding {
  try {
    const path = findProgram(program, environment)
    const asked = spawnSync(path, ['--version'], { timeout: PATIENCE_MS, encoding: 'utf8' })
    const [version = ''] = (asked.stdout ?? '').trim().split('\n')
    if (asked.error === undefined && asked.status === 0) {
      return { about: name, status: 'ok', text: `${version || 'no version'}, ${path}` }
    }
    const why = asked.error?.message ?? `exit code ${asked.status}`
    const text = `${path} does not tell its version (${why})`
    return { about: name, status: 'problem', text, next: `Run it without Tacho: ${path} --version` }
  } catch (error) {
    if (!(error instanceof NoProgram)) throw error
    return {
      ...{ about: name, status: 'warning', text: 'not found' },
      next: `Where it is to be recorded: ${program.install}`,
    }
  }
}

function shimFinding(agent: InstalledAgent, environment: NodeJS.ProcessEnv): Finding {
  const { shims, isFirst } = shimStatus(agent, environment)
  const about = `${agent.name} shim`
  const [first] = shims
  if (first === undefined) {
    return { about, status: 'ok', text: `none: ${agent.program.command} runs without Tacho` }
  }
  if (isFirst) return { about, status: 'ok', text: first }
  return {
    ...{ about, status: 'warning', text: `${first} is not first on PATH, and so it is not used` },
    next: `Put its folder first on PATH, or remove it: tacho shim remove ${agent.name}`,
  }
}
