import type { ProgramName } from '../scripts/programs/index.js'

/** The path of a large program if it is installed: a benchmark installs none. */
export async function installedProgram(name: ProgramName): Promise<string | undefined> {
  const built = new URL('../../scripts/dist/programs/index.js', import.meta.url).href
  const programs = (await import(built)) as typeof import('../scripts/programs/index.js')
  return programs.installedProgram(name)
}
