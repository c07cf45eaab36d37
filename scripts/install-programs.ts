import {
  installedProgram,
  isProgramName,
  ProgramError,
  type ProgramName,
  programNames,
  programPath,
} from './programs/index.js'

const usage = `Usage: npm run programs [-- <name> …]

Installs the large programs that tests and the demo need, in the cache folder of the user, and
prints where they are. Without names it says which of them are installed.

Names: ${programNames.join(', ')}, all
`

process.exitCode = await main(process.argv.slice(2))

async function main(names: readonly string[]): Promise<number> {
  if (names.includes('--help')) return say(usage)
  if (names.length === 0) return list()
  const unknown = names.filter((name) => name !== 'all' && !isProgramName(name))
  if (unknown.length > 0) {
    process.stderr.write(`There is no program ${JSON.stringify(unknown.join(' '))}.\n\n${usage}`)
    return 2
  }
  return install(names.includes('all') ? programNames : names.filter(isProgramName))
}

async function list(): Promise<number> {
  for (const name of programNames) {
    say(`${name.padEnd(14)}${(await installedProgram(name)) ?? 'not installed'}\n`)
  }
  return 0
}

async function install(names: readonly ProgramName[]): Promise<number> {
  try {
    for (const name of names) say(`${await programPath(name)}\n`)
    return 0
  } catch (cause) {
    if (!(cause instanceof ProgramError)) throw cause
    process.stderr.write(`${cause.message}\n`)
    return 1
  }
}

function say(text: string): number {
  process.stdout.write(text)
  return 0
}
