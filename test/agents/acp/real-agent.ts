import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramName } from '../../../scripts/programs/index.js'
import { programPath, SCRIPTED_KEY, tachoCommand } from '../../host/index.js'
import type { Answer, ModelRequest, ScriptedModel, ToolCall } from '../../scripted-model/index.js'
import { agentPlace } from '../agent-place.js'
import { geminiSettings } from '../gemini/place.js'
import { opencodeSettings } from '../opencode/place.js'
import { SessionOnDisk } from '../session-on-disk.js'
import { Editor } from './editor.js'

export type AcpAgentName = 'opencode' | 'gemini' | 'claude-agent-acp' | 'codex-acp'

export type RealAgentPlace = Awaited<ReturnType<typeof realAgentPlace>>

type AcpAgent = {
  program: ProgramName
  args: readonly string[]
  /** The call with which its model has it run a command that needs approval. */
  call: (command: string) => ToolCall
  prepare: (home: string, model: ScriptedModel, programs: Programs) => Record<string, string>
  /** The calls with which its model gives a sub-agent a task and waits for it, one an answer. */
  delegate?: readonly ToolCall[]
  /** The mode in which it may do so. */
  delegatingMode?: string
  /** The mode in which it asks, if that is not its default. */
  mode?: string
}

type Programs = { claude: string; codex: string }

/**
 * A real agent of the Agent Client Protocol, a model that does what its prompts say, and editors
 * that start the agent under record, with additions to its environment. `in.log` and `out.log`
 * beside its folder have what the last one heard and said.
 */
export async function realAgentPlace(name: AcpAgentName, more: Record<string, string> = {}) {
  const agent = AGENTS[name]
  const troubles = new Set<string>()
  const adapters = { claude: await programPath('claude'), codex: await programPath('codex') }
  const place = await agentPlace((request) => answerTo(request, agent, troubles), {
    agent: name,
    program: agent.program,
    prepare: (home, model) => ({ ...agent.prepare(home, model, adapters), ...more }),
  })
  const real = agent.program === 'acp-adapters' ? adapterIn(place.program, name) : place.program
  const wrapper = join(place.root, 'bin', name)
  mkdirSync(join(place.root, 'bin'))
  const [heard, said] = ['in.log', 'out.log'].map((file) => join(place.root, file))
  writeFileSync(wrapper, `#!/bin/sh\ntee '${heard}' | '${real}' "$@" | tee '${said}'\n`)
  chmodSync(wrapper, 0o755)
  return {
    ...place,
    editor: (how: 'recorded' | 'off' | 'alone' = 'recorded') => {
      const tacho = [...tachoCommand, 'acp', ...(how === 'recorded' ? ['--persist-session'] : [])]
      const command = [...(how === 'alone' ? [] : [...tacho, '--']), wrapper, ...agent.args]
      return new Editor(command as [string, ...string[]], place.own)
    },
    async newSession(editor: Editor, isDelegating = false): Promise<string> {
      const sessionId = await editor.session(place.cwd)
      const modeId = isDelegating ? (agent.delegatingMode ?? agent.mode) : agent.mode
      if (modeId !== undefined)
        await editor.agent.request('session/set_mode', { sessionId, modeId })
      return sessionId
    },
    session: (id: string) => new SessionOnDisk(join(place.sessionsRoot, id)),
  }
}

const AGENTS: Record<AcpAgentName, AcpAgent> = {
  opencode: {
    program: 'opencode',
    args: ['acp'],
    call: (command) => ({ name: 'bash', arguments: { command, description: 'Makes it' } }),
    prepare: (home, model) => opencodeSettings(home, model, { permission: { bash: 'ask' } }),
  },
  gemini: {
    program: 'gemini-cli',
    args: ['--acp', '-m', 'gemini-2.5-flash'],
    call: (command) => ({ name: 'run_shell_command', arguments: { command } }),
    delegate: [
      { name: 'invoke_agent', arguments: { agent_name: 'generalist', prompt: 'please-say' } },
    ],
    delegatingMode: 'yolo',
    prepare: (home, model) => geminiSettings(home, model),
  },
  'claude-agent-acp': {
    program: 'acp-adapters',
    args: [],
    call: (command) => ({ name: 'Bash', arguments: { command, description: 'Makes it' } }),
    mode: 'default',
    delegate: [
      {
        name: 'Agent',
        arguments: {
          ...{ description: 'A part', prompt: 'please-say', subagent_type: 'general-purpose' },
          run_in_background: false,
        },
      },
    ],
    prepare(home, model, { claude }) {
      writeFileSync(join(home, '.claude.json'), '{"hasCompletedOnboarding":true}')
      return {
        CLAUDE_CODE_EXECUTABLE: claude,
        ANTHROPIC_API_KEY: SCRIPTED_KEY,
        ANTHROPIC_BASE_URL: model.baseUrl.replace(/\/v1$/, ''),
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
      }
    },
  },
  'codex-acp': {
    program: 'acp-adapters',
    args: [],
    call: (cmd) => ({
      name: 'exec_command',
      arguments: { cmd, sandbox_permissions: 'require_escalated', justification: 'It has to be.' },
    }),
    delegate: [
      {
        name: 'spawn_agent',
        namespace: 'collaboration',
        arguments: { task_name: 'part', message: 'please-say', fork_turns: 'none' },
      },
      { name: 'wait_agent', namespace: 'collaboration', arguments: {} },
    ],
    prepare(home, model, { codex }) {
      mkdirSync(join(home, '.codex'))
      writeFileSync(join(home, '.codex/config.toml'), codexSettings(model.baseUrl))
      return { CODEX_PATH: codex, INITIAL_AGENT_MODE: 'read-only' }
    },
  },
}

function codexSettings(baseUrl: string): string {
  return `model = "gpt-5.5"
model_provider = "scripted"
[model_providers.scripted]
name = "scripted"
base_url = "${baseUrl}"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
[features]
plugins = false
apps = false
multi_agent_v2 = true
`
}

/**
 * On the prompt `please-run q1` it runs `mkfifo q1`; on `please-delegate` it gives a sub-agent a
 * task, and waits for it; on `please-go-on` its answer never ends; on `please-fail 500` and
 * `please-break` it fails the first time.
 */
function answerTo(
  { body }: ModelRequest,
  { call, delegate = [] }: AcpAgent,
  troubles: Set<string>,
): Answer {
  if (JSON.stringify(body.tools ?? []).includes(`"${REPORT.name}"`)) return { calls: [REPORT] }
  const said = JSON.stringify(body.messages ?? body.input ?? body.contents)
  const [prompt = '', what, name = ''] =
    [...said.matchAll(/please-(run|go-on|fail|break|say|delegate)(?: (q?\d+))?/g)].at(-1) ?? []
  const since = said.slice(said.lastIndexOf(prompt))
  if (what === 'go-on') return { text: 'Endless '.repeat(100), deltas: 100, holdAfter: 12 }
  if (what === 'fail' || what === 'break') {
    if (troubles.has(prompt)) return { text: 'All is well again.' }
    troubles.add(prompt)
    const half = { text: 'Half of it, '.repeat(9), deltas: 9 }
    return what === 'fail'
      ? { status: Number(name) }
      : { ...half, fault: { kind: 'reset', after: 4 } }
  }
  const [, delegating] = said.split('please-delegate')
  const step = delegating === undefined ? undefined : delegate[delegating.split(OUTPUT).length - 1]
  if (step !== undefined) return { calls: [step] }
  return what === 'run' && !OUTPUT.test(since)
    ? { calls: [{ ...call(`mkfifo ${name}`), callId: `call_of_${name}` }] }
    : { text: 'All is done.' }
}

/** How a sub-agent of Gemini CLI, which alone has this tool, ends its work. */
const REPORT: ToolCall = {
  name: 'complete_task',
  arguments: { result: { response: 'The part is done.' } },
}

/** What a tool returned, in the words of each API. */
const OUTPUT = /"type":"tool_result"|"role":"tool"|"type":"function_call_output"|"functionResponse"/

function adapterIn(program: string, name: string): string {
  return join(program, '..', name)
}
