import {
  type InstalledAgent,
  installShim,
  removeShims,
  ShimRefused,
  type ShimStatus,
  shimStatus,
} from '@tacho/launcher'
import { CommandError, EXIT } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { TACHO } from '../package/own-files.js'

export type ShimOptions = { dir?: string; json?: boolean }

/** Runs `tacho shim <action> <agent>`. */
export async function shim(
  action: string,
  agent: InstalledAgent,
  options: ShimOptions,
): Promise<void> {
  switch (action) {
    case 'install':
      return install(agent, options)
    case 'remove':
      return remove(agent)
    case 'status':
      return status(agent, options)
  }
}

async function install(agent: InstalledAgent, { dir }: ShimOptions): Promise<void> {
  const path = refusing(() => installShim(agent, TACHO, process.env, dir))
  await write(`${path} runs ${agent.program.command} under Tacho.\n`)
  const { isFirst, program } = shimStatus(agent, process.env)
  if (!isFirst) await write(firstOnPath(path))
  if (program === undefined) {
    const { command, install: how } = agent.program
    note(`there is no ${command} on PATH that it could run. Install it: ${how}`)
  }
}

async function remove(agent: InstalledAgent): Promise<void> {
  const removed = refusing(() => removeShims(agent, process.env))
  if (removed.length === 0) await write('There is no shim of Tacho.\n')
  for (const path of removed) await write(`${path} removed.\n`)
}

async function status(agent: InstalledAgent, { json }: ShimOptions): Promise<void> {
  const found = shimStatus(agent, process.env)
  // A shim that is not used is a fault; having none is not.
  if (found.shims.length > 0 && !found.isFirst) process.exitCode = EXIT.failure
  const { shims, program = null, isFirst } = found
  if (json) return write(`${jsonText({ shims, [agent.name]: program, isFirst }, 2)}\n`)
  await write(`${statusWords(agent, found)}\n`)
}

function statusWords(
  { name, title, program: { command } }: InstalledAgent,
  { shims, program, isFirst }: ShimStatus,
): string {
  const [first] = shims
  if (first === undefined)
    return `No shim: ${command} runs without Tacho. Install one: tacho shim install ${name}`
  if (!isFirst)
    return `${first} is there, but not first on PATH: ${command} runs without Tacho.\n${firstOnPath(first)}`.trimEnd()
  return `${command} is ${first}, which runs ${program ?? `no ${title}: there is none on PATH`} under Tacho.`
}

function firstOnPath(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return `Put its folder first on PATH, in your shell's profile: export PATH="${folder}:$PATH"\n`
}

function refusing<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ShimRefused)) throw error
    throw new CommandError(error.code, EXIT.failure, error.message, { cause: error })
  }
}
