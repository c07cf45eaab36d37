import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Ended,
  programPath,
  type Running,
  run,
  SCRIPTED_KEY,
  start,
  tachoCommand,
} from '../../host/index.js'
import { openTerminal, type Terminal } from '../../host/tmux.js'
import { type Script, startScriptedModel } from '../../scripted-model/index.js'
import { expectRebuilt } from '../rebuilt.js'
import { SessionOnDisk } from '../session-on-disk.js'

export type OpencodePlaceOptions = {
  /** Members of its configuration beside the provider. */
  config?: object
  /** Added to the environment. */
  environment?: Record<string, string>
}

/** A scripted model, and a home whose opencode talks to it and to nobody else. */
export async function opencodePlace(script: Script, options: OpencodePlaceOptions = {}) {
  const model = await startScriptedModel(script)
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'tacho-opencode-')))
  const [home, cwd, temporary] = ['home', 'work', 'tmp'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ]
  for (const folder of [home, cwd, temporary]) mkdirSync(folder)
  const own = join(home, '.config', 'opencode')
  mkdirSync(own, { recursive: true })
  const config = { ...configOf(model.baseUrl), ...options.config }
  writeFileSync(join(own, 'opencode.json'), `// Of the user's own.\n${JSON.stringify(config)}`)
  const opencode = await programPath('opencode')
  const env = {
    PATH: process.env.PATH ?? '/usr/bin:/bin',
    HOME: home,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    SHELL: '/bin/sh',
    SCRIPTED_KEY,
    TACHO_OPENCODE: opencode,
    ...options.environment,
  }
  const sessionsRoot = join(home, '.local/state/tacho/sessions')
  const sessions = () =>
    existsSync(sessionsRoot)
      ? readdirSync(sessionsRoot)
          .sort()
          .map((name) => new SessionOnDisk(join(sessionsRoot, name)))
      : []
  return {
    model,
    root,
    home,
    cwd,
    opencode,
    alone: (...args: string[]): Promise<Ended> => run(opencode, args, { env, cwd }),
    tacho: (...args: string[]): Promise<Ended> => run(tachoCommand, args, { env, cwd }),
    startTacho: (...args: string[]): Running => start(tachoCommand, args, { env, cwd }),
    tui: (...args: string[]): Promise<Terminal> =>
      openTerminal(tachoCommand, ['opencode', '--persist-session', ...args], { env, cwd }),
    plainTui: (...args: string[]): Promise<Terminal> => openTerminal(opencode, args, { env, cwd }),
    /** What a command of `tacho` says in JSON. */
    async told(...args: string[]) {
      const { stdout, stderr } = await run(tachoCommand, [...args, '--json'], { env, cwd })
      try {
        return JSON.parse(stdout.toString())
      } catch (cause) {
        throw new Error(`tacho ${args.join(' ')}: ${stderr}`, { cause })
      }
    },
    sessions,
    session(): SessionOnDisk {
      const [only, ...others] = sessions()
      if (only === undefined || others.length > 0)
        throw new Error(`there are ${sessions().length} sessions`)
      return only
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      for (const session of sessions()) await expectRebuilt(session)
      await rm(root, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export type OpencodePlace = Awaited<ReturnType<typeof opencodePlace>>

function configOf(baseURL: string): object {
  return {
    model: 'scripted/gpt-x',
    small_model: 'scripted/gpt-x',
    autoupdate: false,
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL, apiKey: '{env:SCRIPTED_KEY}' },
        models: { 'gpt-x': { name: 'GPT X', tool_call: true } },
      },
    },
  }
}
