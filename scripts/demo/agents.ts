import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Model } from './model.js'
import { DEMO_KEY, makePlace, type Place, written } from './place.js'

/** What a demo needs to know about the agent that it records. */
export type AgentDemo = {
  /** Its name in a sentence. */
  title: string
  /** Prepares a place for the agent. @param program the path of the real one. */
  place: (program: string) => Place
  /** Writes the scripted model's story and returns its path. */
  story: (place: Place) => string
  /** Points the agent at the model. */
  settle: (place: Place, model: Model) => void
  /** The words after `tacho`, without the task: all of them, and those to show. */
  args: { all: string[]; shown: string }
}

const STORY = join(written, 'story.json')

/** Codex, without questions: the demo's commands are those in story.json. */
const codex: AgentDemo = {
  title: 'Codex',
  place(program) {
    const place = makePlace('demo')
    const home = join(place.root, 'codex')
    mkdirSync(home, { mode: 0o700 })
    const more = { CODEX_HOME: home, TACHO_CODEX: program, CODEX_API_KEY: DEMO_KEY }
    const environment = { ...place.environment, ...more }
    return { ...place, sessions: join(home, 'sessions'), environment }
  },
  story: () => STORY,
  settle({ root, project }, { settings }) {
    const all = `# The commands of the demo are those of story.json; the sandbox is not needed for them.
approval_policy = "never"
sandbox_mode = "danger-full-access"
${settings}
[projects.${JSON.stringify(project)}]
trust_level = "trusted"
`
    writeFileSync(join(root, 'codex', 'config.toml'), all)
  },
  args: {
    all: ['codex', 'exec', '--persist-session', '--skip-git-repo-check'],
    shown: 'codex exec --persist-session',
  },
}

/** Claude Code, with the same story told through its own tool. */
const claude: AgentDemo = {
  title: 'Claude Code',
  place(program) {
    const place = makePlace('demo-claude')
    const more = {
      TACHO_CLAUDE: program,
      ANTHROPIC_API_KEY: DEMO_KEY,
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      // As root, it otherwise refuses to work without asking.
      IS_SANDBOX: '1',
    }
    return { ...place, environment: { ...place.environment, ...more } }
  },
  story({ root }) {
    const path = join(root, 'story.json')
    const ofCodex = readFileSync(STORY, 'utf8')
    writeFileSync(
      path,
      ofCodex.replaceAll('"exec_command"', '"Bash"').replaceAll('"cmd"', '"command"'),
    )
    return path
  },
  settle({ environment }, { baseUrl }) {
    environment.ANTHROPIC_BASE_URL = baseUrl.replace(/\/v1$/, '')
  },
  args: {
    all: ['claude', '--persist-session', '--permission-mode', 'bypassPermissions', '-p'],
    shown: 'claude --persist-session -p',
  },
}

/** By the name of their programs. */
export const AGENT_DEMOS: Record<string, AgentDemo> = { codex, claude }
