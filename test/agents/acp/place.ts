import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type Command,
  cleanEnvironment,
  codexHome,
  repositoryRoot,
  tachoCommand,
} from '../../host/index.js'
import { type Script, startScriptedModel } from '../../scripted-model/index.js'
import { expectRebuilt } from '../rebuilt.js'
import { SessionOnDisk } from '../session-on-disk.js'
import { Editor } from './editor.js'

/** The scripted agent, as an editor starts it. */
export const AGENT: Command = [
  process.execPath,
  join(repositoryRoot, 'test/dist/agents/acp/scripted-agent.js'),
]

/** A scripted model, a home, and editors that start agents there, recorded or not. */
export async function editorsPlace(
  script: Script = [{ text: 'Done.' }],
  more: Record<string, string | undefined> = {},
) {
  const model = await startScriptedModel(script)
  const home = await codexHome({ baseUrl: model.baseUrl })
  const environment = cleanEnvironment(home, {
    CODEX_HOME: undefined,
    OPENAI_BASE_URL: model.baseUrl,
    ...more,
  })
  const own = { env: environment, cwd: home.cwd }
  const root = join(home.userHome, '.local/state/tacho/sessions')
  const sessions = () =>
    existsSync(root)
      ? readdirSync(root)
          .sort()
          .map((name) => new SessionOnDisk(join(root, name)))
      : []
  return {
    model,
    home,
    own,
    root,
    sessions,
    session(id: string): SessionOnDisk {
      return new SessionOnDisk(join(root, id))
    },
    alone: (command: Command = AGENT) => new Editor(command, own),
    recorded: (command: Command = AGENT) =>
      new Editor([...tachoCommand, 'acp', '--persist-session', '--', ...command] as Command, own),
    off: (command: Command = AGENT) =>
      new Editor([...tachoCommand, 'acp', '--', ...command] as Command, own),
    async [Symbol.asyncDispose]() {
      await model.close()
      for (const session of sessions()) await expectRebuilt(session)
      await home[Symbol.asyncDispose]()
    },
  }
}
