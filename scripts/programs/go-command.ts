import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BUILD_FLAGS, downloadModule, type GoModule, go, type PinnedModule } from './go.js'

export type GoCommand = {
  module: PinnedModule
  /** The package of the command within that module. */
  command: string
}

/**
 * Builds a command of a Go module with exactly the dependencies that the module asks for.
 *
 * `go install <command>@<version>` refuses modules with a `replace` line, and `go get` fails on
 * dependencies that are missing from the checksum database. So this builds the command from a
 * module of ours that repeats the requirements, replacements and checksums of the real one.
 */
export function buildCommand({ module, command }: GoCommand) {
  return async (folder: string, step: (text: string) => void): Promise<void> => {
    step('downloading')
    const source = join(folder, 'source')
    await mkdir(source)
    const found = await downloadModule(source, module)
    await writeFile(join(source, 'go.mod'), await goModLike(found, source))
    await copyFile(join(found.Dir, 'go.sum'), join(source, 'go.sum'))
    await writeFile(join(source, 'go.sum'), sumsOf(found), { flag: 'a' })
    step('building')
    await go(source, ['build', '-mod=mod', ...BUILD_FLAGS, '-o', join(folder, 'bin/'), command])
  }
}

/** The parts of `go mod edit -json` that we need. */
type GoMod = {
  Go: string
  Require: GoRequirement[] | null
  Replace:
    | { Old: { Path: string; Version?: string }; New: { Path: string; Version?: string } }[]
    | null
}

type GoRequirement = { Path: string; Version: string }

async function goModLike(module: GoModule, cwd: string): Promise<string> {
  const original: GoMod = JSON.parse(
    await go(cwd, ['mod', 'edit', '-json', join(module.Dir, 'go.mod')]),
  )
  const requirements = [module, ...(original.Require ?? [])]
  const replacements = original.Replace ?? []
  return [
    'module tacho.local/program',
    `go ${original.Go}`,
    ...requirements.map((one) => `require ${nameOf(one)}`),
    ...replacements.map(({ Old, New }) => `replace ${nameOf(Old)} => ${nameOf(New)}`),
    '',
  ].join('\n')
}

function nameOf({ Path, Version }: { Path: string; Version?: string }): string {
  return Version === undefined ? Path : `${Path} ${Version}`
}

function sumsOf({ Path, Version, Sum, GoModSum }: GoModule): string {
  return `${Path} ${Version} ${Sum}\n${Path} ${Version}/go.mod ${GoModSum}\n`
}
