import { join } from 'node:path'
import { acpAdapters } from './acp-adapters.js'
import { claude } from './claude.js'
import { codex } from './codex.js'
import { collector } from './collector.js'
import { programFolder } from './folder.js'
import { geminiCli } from './gemini-cli.js'
import { gitleaks } from './gitleaks.js'
import { installOnce, isExecutable } from './install-once.js'
import { jaeger } from './jaeger.js'
import { nodes } from './node.js'
import { opencode } from './opencode.js'
import type { Program } from './program.js'
import { startProgress } from './progress.js'
import { sdks } from './sdks.js'
import { telemetrygen } from './telemetrygen.js'

export { ProgramError } from './program-error.js'

/**
 * The large third-party programs that tests and the demo need and that `npm ci` does not install.
 * They live in the user's cache folder, where every clone on the machine finds them.
 */
const programs = {
  claude,
  codex,
  opencode,
  'gemini-cli': geminiCli,
  'acp-adapters': acpAdapters,
  jaeger,
  collector,
  telemetrygen,
  gitleaks,
  sdks,
  ...nodes,
} satisfies Record<string, Program>

export type ProgramName = keyof typeof programs

/** Every program that can be installed. */
export const programNames = Object.keys(programs) as ProgramName[]

/** Whether a word, such as a command-line argument, names a program. */
export function isProgramName(text: string): text is ProgramName {
  return Object.hasOwn(programs, text)
}

/**
 * The absolute path of a program's executable. Installs the program if it is missing, which takes
 * up to ten minutes and reports progress on stderr. Any number of processes may ask at once.
 *
 * @example
 * const child = spawn(await programPath('codex'), ['--version'])
 * @throws ProgramError that says what is missing (npm, Go, network, space) and what to do.
 */
export async function programPath(name: ProgramName): Promise<string> {
  const installed = await installedProgram(name)
  if (installed !== undefined) return installed
  const program: Program = programs[name]
  const progress = startProgress(program, process.stderr)
  try {
    await installOnce(programFolder(program), program, progress)
  } finally {
    progress.stop()
  }
  progress.done()
  return executableOf(program)
}

/** The absolute path of a program's executable if it is installed; never installs. */
export async function installedProgram(name: ProgramName): Promise<string | undefined> {
  const executable = executableOf(programs[name])
  return (await isExecutable(executable)) ? executable : undefined
}

function executableOf(program: Program): string {
  return join(programFolder(program), program.executable)
}
