import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import type { InstalledAgent } from '../agents/agent.js'
import { isShim, programsOnPath, SHIM_MARK } from '../run/find-program.js'

/** What stands where on PATH. */
export type ShimStatus = {
  /** Our shims, in the order of PATH, and the one in our own folder. */
  shims: string[]
  /** The agent's own program, which the shim runs. */
  program: string | undefined
  /** Whether the agent's command, typed, runs under Tacho. */
  isFirst: boolean
}

/** The shim cannot be put there. */
export class ShimRefused extends Error {
  override readonly name = 'ShimRefused'
  readonly code = 'shim-refused'
}

/** What an agent's command, typed in this environment, is. */
export function shimStatus(
  { program: { command } }: InstalledAgent,
  environment: NodeJS.ProcessEnv,
): ShimStatus {
  const onPath = programsOnPath(command, environment)
  const own = join(ownFolder(environment), command)
  const shims = onPath.filter(isShim)
  if (!shims.includes(own) && existsSync(own) && isShim(own)) shims.push(own)
  return {
    shims,
    program: onPath.find((path) => !isShim(path)),
    isFirst: onPath[0] !== undefined && isShim(onPath[0]),
  }
}

/**
 * Puts a program of an agent's name that runs `tacho <agent>` into a folder: the named one, else the
 * first of the user's own on PATH that stands before the real one's, else one of Tacho's.
 *
 * @param tacho the path of the `tacho` program.
 * @returns the path of the shim.
 * @throws ShimRefused where something else has that name there, or it cannot be written.
 */
export function installShim(
  agent: InstalledAgent,
  tacho: string,
  environment: NodeJS.ProcessEnv,
  folder = chooseFolder(agent, environment),
): string {
  const path = join(folder, agent.program.command)
  if (existsSync(path) && !isShim(path)) {
    throw new ShimRefused(
      `${path} is there already and is not ours. Choose another folder with --dir DIR.`,
    )
  }
  const draft = `${path}.${process.pid}`
  try {
    mkdirSync(folder, { recursive: true })
    writeFileSync(draft, shimText(agent, process.execPath, tacho), { mode: 0o755 })
    renameSync(draft, path)
  } catch (cause) {
    rmSync(draft, { force: true })
    throw new ShimRefused(
      `${path} cannot be written: ${(cause as Error).message}. Choose another folder with --dir DIR.`,
      { cause },
    )
  }
  return path
}

/**
 * Takes every shim of an agent away.
 *
 * @returns the paths that were removed.
 * @throws ShimRefused where one cannot be removed.
 */
export function removeShims(agent: InstalledAgent, environment: NodeJS.ProcessEnv): string[] {
  const { shims } = shimStatus(agent, environment)
  for (const path of shims) {
    try {
      rmSync(path)
    } catch (cause) {
      throw new ShimRefused(`${path} cannot be removed: ${(cause as Error).message}.`, { cause })
    }
  }
  return shims
}

function ownFolder(environment: NodeJS.ProcessEnv): string {
  const home = environment.HOME || homedir()
  return join(environment.XDG_DATA_HOME || join(home, '.local', 'share'), 'tacho', 'bin')
}

function chooseFolder(
  { program: { command } }: InstalledAgent,
  environment: NodeJS.ProcessEnv,
): string {
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  const real = programsOnPath(command, environment).find((path) => !isShim(path))
  const before = real === undefined ? [] : folders.slice(0, folders.indexOf(dirname(real)))
  return before.find((folder) => isUsers(folder, environment)) ?? ownFolder(environment)
}

/** A folder in the user's home that they can write to. */
function isUsers(folder: string, environment: NodeJS.ProcessEnv): boolean {
  const inside = relative(environment.HOME || homedir(), folder)
  if (inside.startsWith('..') || inside.includes('node_modules')) return false
  try {
    accessSync(folder, constants.W_OK)
    return statSync(folder).isDirectory()
  } catch {
    return false
  }
}

// Should Tacho be gone one day, the user's agent must still be theirs.
function shimText(
  { name, program: { command } }: InstalledAgent,
  node: string,
  tacho: string,
): string {
  return `#!/bin/sh
# ${SHIM_MARK}: runs ${command} under Tacho. To remove it: tacho shim remove ${name}
node=${quoted(node)}
tacho=${quoted(tacho)}
if [ -x "$node" ] && [ -f "$tacho" ]; then exec "$node" "$tacho" ${name} "$@"; fi
if [ -f "$tacho" ]; then
  echo "tacho: Node is gone from $node, so ${command} runs without Tacho. Make this shim anew: tacho shim install ${name}" >&2
else
  echo "tacho: Tacho is gone from $tacho, so ${command} runs without it. Remove this shim: rm '$0'" >&2
fi
IFS=:
for folder in $PATH; do
  if [ -x "$folder/${command}" ] && ! grep -q '${SHIM_MARK}' "$folder/${command}"; then exec "$folder/${command}" "$@"; fi
done
echo "tacho: there is no other ${command} on PATH" >&2
exit 127
`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
