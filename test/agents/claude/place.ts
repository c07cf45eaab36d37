import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CodexHome,
  cleanEnvironment,
  codexHome,
  type Ended,
  type ProcessOptions,
  programPath,
  type Running,
  run,
  SCRIPTED_KEY,
  start,
  tachoCommand,
  withHostNames,
} from '../../host/index.js'
import { openTerminal, type Terminal } from '../../host/tmux.js'
import {
  type Script,
  type ScriptedModel,
  type ScriptedModelOptions,
  startScriptedModel,
} from '../../scripted-model/index.js'
import { expectRebuilt } from '../rebuilt.js'
import { SessionOnDisk } from '../session-on-disk.js'
import { withManagedSettings } from './managed-settings.js'

export type ClaudePlaceOptions = {
  /** Added to the environment; `undefined` removes a variable. */
  environment?: Record<string, string | undefined>
  /** Overrides where its environment names the model's address, without a path. */
  environmentAt?: (address: string) => Record<string, string | undefined>
  server?: ScriptedModelOptions
  /** Host names that Claude Code and Tacho can resolve, each with its address. */
  hostNames?: Record<string, string>
  /** An administrator's settings. */
  managed?: object
}

type Run = Partial<ProcessOptions>

/** A scripted model, a home for Claude Code that talks to it, and both ways to run it. */
export type ClaudePlace = {
  model: ScriptedModel
  home: CodexHome
  environment: Record<string, string>
  /** Where Tacho keeps its sessions. */
  root: string
  /** Runs Claude Code alone. */
  alone(args: readonly string[], options?: Run): Promise<Ended>
  tacho(args: readonly string[], options?: Run): Promise<Ended>
  /** Starts Claude Code alone. */
  startAlone(args: readonly string[], options?: Run): Running
  startTacho(args: readonly string[], options?: Run): Running
  sessions(): SessionOnDisk[]
  /** The only session. */
  session(): SessionOnDisk
  /** Its TUI in a terminal, recorded. */
  tui(...args: string[]): Promise<Terminal>
  /** The same without Tacho. */
  plainTui(...args: string[]): Promise<Terminal>
  /** The same with Tacho, without recording. */
  offTui(...args: string[]): Promise<Terminal>
  /** A command's `--json` for the last session. */
  said<Said>(...args: string[]): Promise<Said>
  [Symbol.asyncDispose](): Promise<void>
}

/** What the TUI would ask on its first start. */
function answersOf(cwd: string): object {
  return {
    hasCompletedOnboarding: true,
    customApiKeyResponses: { approved: [SCRIPTED_KEY.slice(-20)], rejected: [] },
    projects: { [cwd]: { hasTrustDialogAccepted: true } },
  }
}

/** The user is asked; by default Anthropic's classifier would decide. */
const MANUAL = ['--permission-mode', 'manual']

/** Nobody is asked, and nothing is refused. */
export const BYPASS = ['--permission-mode', 'bypassPermissions']

/**
 * Creates one with the real Claude Code, which reaches nobody but the model. At the end of the
 * scope of `await using` each of its sessions is rebuilt and compared, and everything is removed.
 */
export async function claudePlace(
  script: Script,
  options: ClaudePlaceOptions = {},
): Promise<ClaudePlace> {
  const model = await startScriptedModel(script, options.server)
  const claude = await programPath('claude')
  const home = await codexHome({ baseUrl: model.baseUrl })
  const address = model.baseUrl.replace(/\/v1$/, '')
  const environment = cleanEnvironment(home, {
    CODEX_HOME: undefined,
    SCRIPTED_KEY: undefined,
    TACHO_CLAUDE: claude,
    ANTHROPIC_API_KEY: SCRIPTED_KEY,
    ANTHROPIC_BASE_URL: address,
    ...QUIET,
    ...options.environment,
    ...options.environmentAt?.(address),
  })
  const own = { env: environment, cwd: home.cwd }
  const before = [
    ...(options.hostNames ? withHostNames(home.root, options.hostNames) : []),
    ...(options.managed ? withManagedSettings(home.root, options.managed) : []),
  ]
  const commandOf = (...words: string[]) => [...before, ...words] as [string, ...string[]]
  writeFileSync(join(home.userHome, '.claude.json'), JSON.stringify(answersOf(home.cwd)))
  const root = join(home.userHome, '.local/state/tacho/sessions')
  const sessions = () =>
    existsSync(root) ? readdirSync(root).map((name) => new SessionOnDisk(join(root, name))) : []
  const tacho = (args: readonly string[], more?: Run) =>
    run(commandOf(...tachoCommand), args, { ...own, ...more })
  return {
    model,
    home,
    environment,
    root,
    alone: (args, more) => run(commandOf(claude), args, { ...own, ...more }),
    startAlone: (args, more) => start(commandOf(claude), args, { ...own, ...more }),
    tacho,
    startTacho: (args, more) => start(commandOf(...tachoCommand), args, { ...own, ...more }),
    sessions,
    tui: (...args) =>
      openTerminal([...tachoCommand, 'claude', '--persist-session'], [...MANUAL, ...args], own),
    plainTui: (...args) => openTerminal(claude, [...MANUAL, ...args], own),
    offTui: (...args) => openTerminal([...tachoCommand, 'claude'], [...MANUAL, ...args], own),
    session() {
      const [only, ...others] = sessions()
      if (only === undefined || others.length > 0)
        throw new Error(`${root} holds ${others.length + (only ? 1 : 0)} sessions`)
      return only
    },
    async said<Said>(command: string, ...args: string[]) {
      const { stdout } = await tacho([command, 'last', '--json', ...args])
      return JSON.parse(stdout.toString()) as Said
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      for (const session of sessions()) await expectRebuilt(session)
      await home[Symbol.asyncDispose]()
    },
  }
}

// It would check for updates and report telemetry; and as root it does everything without questions
// only in a sandbox.
const QUIET = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  IS_SANDBOX: '1',
}
