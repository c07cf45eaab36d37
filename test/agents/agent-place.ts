import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ProgramName } from '../../scripts/programs/index.js'
import { giveCompiled, keepCompiled } from '../host/compiled.js'
import {
  type Ended,
  programPath,
  type Running,
  run,
  SCRIPTED_KEY,
  start,
  tachoCommand,
} from '../host/index.js'
import { openTerminal, type Terminal } from '../host/tmux.js'
import { type Script, type ScriptedModel, startScriptedModel } from '../scripted-model/index.js'
import { expectRebuilt } from './rebuilt.js'
import { SessionOnDisk } from './session-on-disk.js'

export type AgentPlaceOptions = {
  /** The subcommand of `tacho`. */
  agent: string
  program: ProgramName
  /** Writes the agent's own settings; returns additions to its environment. */
  prepare: (home: string, model: ScriptedModel) => Record<string, string>
  /** Terminal width in characters. Default: 100. */
  columns?: number
}

/**
 * A scripted model, and a home whose agent talks to it and to nobody else. At the end of the scope
 * of `await using`, the spans of all its sessions are rebuilt and compared, and everything is
 * removed.
 */
export async function agentPlace(script: Script, options: AgentPlaceOptions) {
  const { agent, columns = 100 } = options
  const model = await startScriptedModel(script)
  const root = realpathSync(mkdtempSync(join(tmpdir(), `tacho-${agent}-`)))
  const home = join(root, 'home')
  const cwd = join(root, 'work')
  const temporary = join(root, 'tmp')
  for (const folder of [home, cwd, temporary]) mkdirSync(folder)
  giveCompiled(home)
  const program = await programPath(options.program)
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    SCRIPTED_KEY,
    [`TACHO_${agent.toUpperCase().replaceAll('-', '_')}`]: program,
    ...options.prepare(home, model),
  }
  const own = { env, cwd }
  const sessionsRoot = join(home, '.local/state/tacho/sessions')
  const sessions = () =>
    existsSync(sessionsRoot)
      ? readdirSync(sessionsRoot)
          .sort()
          .map((name) => new SessionOnDisk(join(sessionsRoot, name)))
      : []
  return {
    ...{ model, root, home, cwd, own, program, sessionsRoot },
    alone: (...args: string[]): Promise<Ended> => run(program, args, own),
    tacho: (...args: string[]): Promise<Ended> => run(tachoCommand, args, own),
    startTacho: (...args: string[]): Running => start(tachoCommand, args, own),
    tui: (...args: string[]): Promise<Terminal> =>
      openTerminal(tachoCommand, [agent, '--persist-session', ...args], { ...own, columns }),
    plainTui: (...args: string[]): Promise<Terminal> =>
      openTerminal(program, args, { ...own, columns }),
    /** A `tacho` command's JSON. */
    async told(...args: string[]) {
      const { stdout, stderr } = await run(tachoCommand, [...args, '--json'], own)
      try {
        return JSON.parse(stdout.toString())
      } catch (cause) {
        throw new Error(`tacho ${args.join(' ')}: ${stderr}`, { cause })
      }
    },
    sessions,
    /** The only session. */
    session(): SessionOnDisk {
      const [only, ...others] = sessions()
      if (only === undefined || others.length > 0)
        throw new Error(`there are ${sessions().length} sessions`)
      return only
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      for (const session of sessions()) await expectRebuilt(session)
      keepCompiled(home)
      await rm(root, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}
