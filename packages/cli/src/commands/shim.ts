import { fileURLToPath } from 'node:url'
import { installShim, removeShims, type ShimStatus, shimStatus } from '@tacho/launcher'
import { CommandError, EXIT } from '../command-error.js'
import { jsonText } from '../json-text.js'
import { write } from '../output.js'

const TACHO = fileURLToPath(new URL('../../bin/tacho.js', import.meta.url))

export type ShimOptions = { dir?: string; json?: boolean }

/** What `tacho shim <action> codex` does. */
export async function shim(action: string, options: ShimOptions): Promise<void> {
  switch (action) {
    case 'install':
      return install(options)
    case 'remove':
      return remove()
    case 'status':
      return status(options)
  }
}

async function install({ dir }: ShimOptions): Promise<void> {
  const path = refusing(() => installShim(TACHO, process.env, dir))
  await write(`${path} runs codex under Tacho.\n`)
  if (!shimStatus(process.env).isFirst) await write(firstOnPath(path))
}

async function remove(): Promise<void> {
  const removed = refusing(() => removeShims(process.env))
  if (removed.length === 0) await write('There is no shim of Tacho.\n')
  for (const path of removed) await write(`${path} removed.\n`)
}

async function status({ json }: ShimOptions): Promise<void> {
  const found = shimStatus(process.env)
  if (!found.isFirst) process.exitCode = EXIT.failure
  if (json) return write(`${jsonText({ ...found, codex: found.codex ?? null }, 2)}\n`)
  await write(`${statusWords(found)}\n`)
}

function statusWords({ shims, codex, isFirst }: ShimStatus): string {
  const [first] = shims
  if (first === undefined)
    return 'No shim: codex runs without Tacho. Install one: tacho shim install codex'
  if (!isFirst)
    return `${first} is there, but not first on PATH: codex runs without Tacho.\n${firstOnPath(first)}`.trimEnd()
  return `codex is ${first}, which runs ${codex ?? 'no Codex: there is none on PATH'} under Tacho.`
}

function firstOnPath(path: string): string {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return `Put its folder first on PATH, in your shell's profile: export PATH="${folder}:$PATH"\n`
}

function refusing<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    if ((error as Error).name !== 'ShimRefused') throw error
    throw new CommandError('SHIM_REFUSED', EXIT.failure, (error as Error).message, { cause: error })
  }
}
