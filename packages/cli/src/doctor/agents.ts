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

/**
 * Checks which agents are installed, in which version, and what the command of each runs. Nobody
 * needs them all: a missing one is only a warning if there is no agent at all.
 */
export function agentFindings(agents: readonly Agent[], environment: NodeJS.ProcessEnv): Finding[] {
  const all = agents.filter(isInstalled).map((agent) => ({
    program: programFinding(agent, environment),
    shim: shimFinding(agent, environment),
  }))
  const isAnyThere = all.some(({ program }) => program.text !== NOT_FOUND)
  return all.flatMap(({ program, shim }) => {
    if (program.text !== NOT_FOUND || !isAnyThere) return [program, shim]
    return [{ about: program.about, status: 'ok', text: NOT_FOUND }, shim]
  })
}

const NOT_FOUND = 'not found'

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
      ...{ about: name, status: 'warning', text: NOT_FOUND },
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

/** Checks what the installed agents need to have settled once before they can be recorded. */
export async function settleFindings(
  agents: readonly Agent[],
  environment: NodeJS.ProcessEnv,
): Promise<Finding[]> {
  const installed = agents.filter(isInstalled).filter(({ program }) => {
    try {
      return findProgram(program, environment) !== ''
    } catch {
      return false
    }
  })
  const all = await Promise.all(
    installed.map(async ({ name, toSettle }) => {
      const found = await toSettle?.(process.cwd(), environment)
      return found === undefined ? [] : [{ about: name, status: 'warning' as const, ...found }]
    }),
  )
  return all.flat()
}
