import type { Conversation, Recording } from '@tacho/recorder'
import type { AgentStart } from '../process/run-agent.js'
import type { Upstream } from '../taps/http/upstream.js'
import type { RequestHead } from '../taps/http/wire/message-head.js'
import type { LateRecording } from '../taps/late-recording.js'
import type { NoTap } from '../taps/no-tap.js'
import type { LogExport } from '../taps/otlp/log-export.js'
import type { StartChange } from '../taps/start-change.js'

/**
 * Everything that one agent provides. This part loads at every start, recorded or not, and the
 * start waits for it: what only a recorded run needs is loaded by {@link Agent.load}.
 *
 * Each agent has a folder in `agents/`, whose `index.ts` exports its `agent` and whose
 * `recorded.ts` exports its `recorded`: the bundler finds them by these names. Only that folder
 * reads the agent's environment variables and files.
 */
export type Agent = {
  /** Tacho's subcommand, and the agent's name in the manifest: `codex`. */
  name: string
  /** Its name in a sentence: `Codex`. */
  title: string
  /**
   * Omitted if the user names the program, after `--`: then `args` is that program and its
   * arguments.
   */
  program?: AgentProgram
  /** Checks the options before that `--`. @throws WrongUse for unknown ones. */
  checkOptions?: (options: readonly string[], environment: NodeJS.ProcessEnv) => void
  /** Returns the known agent that such a program is, if any; that agent then records it. */
  inside?: (program: string, args: readonly string[]) => Promise<Agent | undefined>
  /** Whether other projects' programs run it. */
  hasAdapters?: boolean
  /** Returns what these arguments start, or undefined if they start no conversation. */
  modeOf: (args: readonly string[]) => AgentMode | undefined
  /** Returns its own folder in the user's home; without a session, the log goes to `log/` in it. */
  home: (environment: NodeJS.ProcessEnv) => string
  /** Returns the default folder of its sessions. */
  sessionsRoot: (environment: NodeJS.ProcessEnv) => string
  /** Returns what the user must settle once, in the agent itself, before it can be recorded. */
  toSettle?: (cwd: string, environment: NodeJS.ProcessEnv) => Promise<ToSettle | undefined>
  /** Loads what a recorded run needs. */
  load: () => Promise<RecordedAgent>
}

/** An agent with a program of its own; its shim has that program's name. */
export type InstalledAgent = Agent & { program: AgentProgram }

export function isInstalled(agent: Agent): agent is InstalledAgent {
  return agent.program !== undefined
}

/** An agent's program, found on PATH. */
export type AgentProgram = {
  /** Its name on PATH: `codex`. */
  command: string
  /** Tacho's variable that names a different program: `TACHO_CODEX`. */
  variable: string
  /** The shell command that installs it. */
  install: string
}

/** A way to run an agent in which it holds a conversation. */
export type AgentMode = {
  /** Its name in the manifest: `tui`, `exec`. */
  name: string
  /** Whether the agent controls the terminal: Tacho writes nothing there before it ends. */
  hasScreen?: boolean
  /** Whether its input and output pass through Tacho: the recording exists before it starts. */
  speaksThroughUs?: boolean
  /**
   * How many milliseconds after a stop its request to cancel may still be seen; omitted if the
   * request always comes first.
   */
  lateCancelMilliseconds?: number
}

/** What an agent provides for a recorded run. */
export type RecordedAgent = {
  /** Whether an id is one that the agent gives to sessions. */
  isSessionId: (id: string) => boolean
  /** The agent's own variable for a file of certificates that it trusts besides the system's. */
  certificateVariable: string
  /** Returns the agent's working folder, if these arguments can change it; omitted if none can. */
  cwdOf?: (args: readonly string[], cwd: string) => string
  /** Returns what a request says about its session, thread and turn, and the agent's version. */
  conversationOf: (
    request: Pick<RequestHead, 'headers'> & Partial<Pick<RequestHead, 'target'>>,
    body?: Uint8Array,
  ) => Conversation
  /** Whether this also needs the first bytes of the body. */
  needsBody?: boolean
  /** Returns what a WebSocket message says about them, in addition to its upgrade. */
  conversationOfMessage: (message: Record<string, unknown>, upgrade: Conversation) => Conversation
  /**
   * Returns the agent's upstream if these words start an adapter: another project's program that
   * runs it.
   */
  upstreamIn?: (
    words: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) => Upstream | NoTap | undefined
  /** Returns its taps for one run. Never throws for errors that the agent itself reports. */
  tapsOf: (run: TappedRun) => AgentTaps
}

/**
 * Something that Tacho does not do itself, because it would have to write to the agent's settings.
 */
export type ToSettle = {
  /** What is missing: a sentence without its period. */
  text: string
  /** What to do. */
  next: string
}

/** A run to be tapped. */
export type TappedRun = {
  mode: AgentMode
  /** The agent's own arguments. */
  args: readonly string[]
  /** The path of the agent's program. */
  program: string
  /** The options before `--`, if the user names the program after it. */
  options: readonly string[]
  /** Agents that such a program may run. */
  others?: readonly RecordedAgent[]
  /** The working folder. */
  cwd: string
  environment: NodeJS.ProcessEnv
  /** The folder that will hold the session's folder. */
  root: string
  late: LateRecording
  /** Shows the user a sentence, once. */
  tell: (sentence: string) => void
}

/** Which of an agent's words reach Tacho in a run. */
export type Heard = {
  /** Its log events. */
  logEvents: boolean
  /** Its requests to the model, and the answers. */
  requests: boolean
}

/** The taps of one run; each is present only if this agent and this run have it. */
export type AgentTaps = {
  /** The environment as the agent sees it, if its settings set variables too. */
  environment?: NodeJS.ProcessEnv
  /** The program's name, if the agent's name stands for many programs. */
  title?: string
  /** Where its model requests go, or why they cannot pass through Tacho. */
  http: Upstream | NoTap | readonly Upstream[]
  /** How its log events reach Tacho, or why they cannot. */
  otlp?: LogExport | NoTap
  /** Places Tacho between the agent and its client on standard input and output. */
  jsonRpc?: (start: AgentStart, recording: Recording) => AgentStart
  /** The same if they speak the Agent Client Protocol. */
  acp?: (start: AgentStart, recording: Recording) => AgentStart
  /** The same if they speak the agent's own line-delimited protocol. */
  streamJson?: (start: AgentStart, recording: Recording) => AgentStart
  /** Adds Tacho's hooks to the user's own. */
  hooks?: (start: AgentStart, heard: Heard) => Promise<AgentStart>
  /** Other changes to how it is started. */
  change?: StartChange
  /** The session id chosen by Tacho, if no traffic names one: the run is one session. */
  sessionId?: string
  /** Listens to its own server, which tells its clients what happens. */
  serverEvents?: (start: AgentStart) => Promise<AgentStart>
  /**
   * Returns what a request says about its conversation, if that takes other traffic of this run.
   */
  conversationOf?: RecordedAgent['conversationOf']
  /** Called when an exchange begins and when it ends. */
  onExchange?: (conversation: Conversation, recording: Recording) => void
  /** Called with the id of each tool call in an answer, and the conversation of its request. */
  onToolCall?: (conversation: Conversation, callId: string) => void
  /** Called when the agent has ended and its session is about to. */
  close?: () => Promise<void>
}
