import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CodexHome,
  type CodexHomeOptions,
  cleanEnvironment,
  codexCommand,
  codexHome,
  type Ended,
  type ProcessOptions,
  type Running,
  run,
  SCRIPTED_KEY,
  start,
  tachoCommand,
} from '../host/index.js'
import {
  type Script,
  type ScriptedModel,
  type ScriptedModelOptions,
  startScriptedModel,
} from '../scripted-model/index.js'
import { expectRebuilt } from './rebuilt.js'
import { SessionOnDisk } from './session-on-disk.js'

export type WorkplaceOptions = Omit<CodexHomeOptions, 'baseUrl'> & {
  baseUrl?: string
  /** Stands in for Codex; default: the real one. */
  codex?: string
  /** Added to the environment; `undefined` removes a variable. */
  environment?: Record<string, string | undefined>
  /** How the model is served; default: HTTP that refuses WebSockets with 426. */
  server?: ScriptedModelOptions
  /** The test damages the recording. */
  isDamaged?: boolean
}

type Run = Partial<ProcessOptions>

/** A scripted model, a home for Codex that talks to it, and both ways to run it. */
export type Workplace = {
  model: ScriptedModel
  home: CodexHome
  environment: Record<string, string>
  /** Runs Codex alone. */
  alone(args: readonly string[], options?: Run): Promise<Ended>
  /** Runs `tacho` with this Codex. */
  tacho(args: readonly string[], options?: Run): Promise<Ended>
  startTacho(args: readonly string[], options?: Run): Running
  /** The sessions in Codex's home, oldest first. */
  sessions(root?: string): SessionOnDisk[]
  /** The only session. */
  session(root?: string): SessionOnDisk
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Options of `codex exec` that let it work without questions in a folder that is not a repository.
 */
export const EXEC = ['exec', '--skip-git-repo-check', '--dangerously-bypass-approvals-and-sandbox']

/**
 * Creates one. Everything is removed at the end of the scope of `await using`.
 *
 * @example
 * await using place = await workplace([{ text: 'Hello.' }])
 * await place.tacho(['codex', ...EXEC, '--persist-session', 'Say hello'])
 * expect(place.session().exchanges).toHaveLength(1)
 */
export async function workplace(
  script: Script,
  options: WorkplaceOptions = {},
): Promise<Workplace> {
  const model = await startScriptedModel(script, { upgradeStatus: 426, ...options.server })
  const home = await codexHome({ baseUrl: model.baseUrl, ...options })
  const codex = options.codex ?? (await codexCommand())[0]
  const environment = cleanEnvironment(home, {
    TACHO_CODEX: codex,
    ...(options.isBuiltIn === true && { CODEX_API_KEY: SCRIPTED_KEY }),
    ...options.environment,
  })
  const own = { env: environment, cwd: home.cwd }
  const sessions = (root = join(home.codexHome, 'sessions')) =>
    sessionNames(root).map((name) => new SessionOnDisk(join(root, name)))
  return {
    model,
    home,
    environment,
    alone: (args, more) => run(codex, args, { ...own, ...more }),
    tacho: (args, more) => run(tachoCommand, args, { ...own, ...more }),
    startTacho: (args, more) => start(tachoCommand, args, { ...own, ...more }),
    sessions,
    session(root) {
      const [only, ...others] = sessions(root)
      if (only === undefined || others.length > 0) {
        throw new Error(
          `${root ?? home.codexHome} holds ${others.length + (only ? 1 : 0)} sessions`,
        )
      }
      return only
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      const root = join(home.codexHome, 'sessions')
      if (existsSync(root))
        for (const session of sessions(root)) await expectRebuilt(session, options)
      await home[Symbol.asyncDispose]()
    },
  }
}

// Codex keeps its own transcripts beside our folders, by year.
function sessionNames(root: string): string[] {
  return readdirSync(root)
    .filter((name) => !/^\d{4}$/.test(name))
    .sort()
}
