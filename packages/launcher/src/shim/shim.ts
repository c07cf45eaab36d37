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

/** Which programs with an agent's name are on PATH. */
export type ShimStatus = {
  /** Tacho's shims, in the order of PATH, and the one in Tacho's own folder. */
  shims: string[]
  /** The agent's own program, which the shim runs. */
  program: string | undefined
  /** Whether typing the agent's command runs it under Tacho. */
  isFirst: boolean
}

/** The shim cannot be installed or removed. */
export class ShimRefused extends Error {
  override readonly name = 'ShimRefused'
  readonly code = 'shim-refused'
}

/** Returns what an agent's command runs in this environment. */
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
 * Installs a program with an agent's name that runs `tacho <agent>`. It goes to the named folder;
 * else to the first of the user's own folders on PATH before the real program's; else to one of
 * Tacho's.
 *
 * @param tacho the path of the `tacho` program.
 * @returns the path of the shim.
 * @throws ShimRefused if another program has that name there, or the shim cannot be written.
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
 * Removes all shims of an agent.
 *
 * @returns the removed paths.
 * @throws ShimRefused if one cannot be removed.
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

/** Whether a folder is in the user's home and writable. */
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

// If Tacho is ever gone, the user's agent must still run.
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
