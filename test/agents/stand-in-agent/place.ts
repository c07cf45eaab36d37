import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cleanEnvironment, codexHome, type Ended, repositoryRoot, run } from '../../host/index.js'
import { type Script, startScriptedModel } from '../../scripted-model/index.js'

const BUILT = join(repositoryRoot, 'test/dist/agents/stand-in-agent')

/** The part of `tacho show --json` that tests look at. */
type Shown = {
  session: Record<string, unknown>
  exchanges: Record<string, unknown>[]
  turns: Record<string, unknown>[]
  runs: Record<string, unknown>[]
}

/** A scripted model, a `parrot` on PATH that talks to it, and a `tacho` that knows Parrot. */
export async function parrotsPlace(script: Script, more: Record<string, string> = {}) {
  const model = await startScriptedModel(script)
  const home = await codexHome({ baseUrl: model.baseUrl })
  const bin = join(home.root, 'bin')
  mkdirSync(bin)
  const shebang = `#!/bin/sh\nexec '${process.execPath}' '${BUILT}/program.js' "$@"\n`
  writeFileSync(join(bin, 'parrot'), shebang, { mode: 0o755 })
  const environment = cleanEnvironment(home, {
    PATH: `${bin}:${process.env.PATH}`,
    PARROT_URL: model.baseUrl,
    PARROT_HOME: join(home.root, 'parrot'),
    CODEX_HOME: undefined,
    ...more,
  })
  const own = { env: environment, cwd: home.cwd }
  const tacho = (...args: string[]): Promise<Ended> =>
    run([process.execPath, join(BUILT, 'tacho.js')], args, own)
  return {
    model,
    home,
    bin,
    tacho,
    alone: (...args: string[]): Promise<Ended> => run(join(bin, 'parrot'), args, own),
    root: join(home.root, 'parrot/kept'),
    async shown(name = 'last'): Promise<Shown> {
      const { stdout } = await tacho('show', name, '--json')
      return JSON.parse(stdout.toString()) as Shown
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      await home[Symbol.asyncDispose]()
    },
  }
}
