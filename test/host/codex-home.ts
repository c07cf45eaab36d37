import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { giveCompiled, keepCompiled } from './compiled.js'
import type { EnvironmentFolders } from './environment.js'

export type CodexHomeOptions = {
  /** The scripted model's: `http://127.0.0.1:PORT/v1`. */
  baseUrl: string
  /** TOML for the provider's table, beyond its name, base URL and key. */
  providerSettings?: string
  /** Default: `on-request`. */
  approvalPolicy?: 'untrusted' | 'on-request' | 'never'
  /** Default: `read-only`. */
  sandboxMode?: 'read-only' | 'workspace-write' | 'danger-full-access'
  model?: string
  /** Use the built-in OpenAI provider with this base URL; `login`: with its own. */
  isBuiltIn?: boolean | 'login'
  /** Top-level TOML, before the tables. */
  settings?: string
  /** TOML tables, at the end of the file. */
  tables?: string
}

/** The folders of one test, removed at the end of the scope of `await using`. */
export type CodexHome = EnvironmentFolders & {
  /** Contains all the others. */
  root: string
  /** An empty working folder. */
  cwd: string
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Makes a home for a Codex that talks to a scripted model and to nobody else.
 *
 * @example
 * await using home = await codexHome({ baseUrl: model.baseUrl })
 * await run(await codexCommand(), ['exec', 'Hello'], { env: cleanEnvironment(home), cwd: home.cwd })
 */
export async function codexHome(options: CodexHomeOptions): Promise<CodexHome> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'tacho-test-')))
  const home = {
    root,
    codexHome: join(root, 'codex'),
    userHome: join(root, 'home'),
    temporary: join(root, 'tmp'),
    cwd: join(root, 'work'),
  }
  await Promise.all(
    [home.codexHome, home.userHome, home.temporary, home.cwd].map((path) => mkdir(path)),
  )
  await writeFile(join(home.codexHome, 'config.toml'), configuration(options, home.cwd))
  giveCompiled(home.userHome)
  return {
    ...home,
    async [Symbol.asyncDispose]() {
      keepCompiled(home.userHome)
      // Codex and its children may still write meanwhile, for seconds on a busy machine.
      await rm(root, { recursive: true, force: true, maxRetries: 20 })
    },
  }
}

// A model that this Codex knows, because it warns about others, and one that still takes its tools
// in `tools`. The notice counts as seen; otherwise the TUI would begin with a question.
function configuration(options: CodexHomeOptions, cwd: string): string {
  return `model = "${options.model ?? 'gpt-5.5'}"
${providerOf(options)}
approval_policy = "${options.approvalPolicy ?? 'on-request'}"
sandbox_mode = "${options.sandboxMode ?? 'read-only'}"
check_for_update_on_startup = false
${options.settings ?? ''}

[analytics]
enabled = false

[features]
plugins = false
apps = false

[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"

[projects.${JSON.stringify(cwd)}]
trust_level = "trusted"

[model_providers.scripted]
name = "scripted"
base_url = "${options.baseUrl}"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
${options.providerSettings ?? ''}

${options.tables ?? ''}
`
}

function providerOf({ isBuiltIn, baseUrl }: CodexHomeOptions): string {
  if (!isBuiltIn) return 'model_provider = "scripted"'
  const provider = 'model_provider = "openai"'
  return isBuiltIn === 'login' ? provider : `${provider}\nopenai_base_url = "${baseUrl}"`
}
