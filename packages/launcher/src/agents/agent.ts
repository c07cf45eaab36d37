import type { Conversation, Recording } from '@tacho/recorder'
import type { AgentStart } from '../process/run-agent.js'
import type { Upstream } from '../taps/http/upstream.js'
import type { RequestHead } from '../taps/http/wire/message-head.js'
import type { LateRecording } from '../taps/late-recording.js'
import type { NoTap } from '../taps/no-tap.js'
import type { LogExport } from '../taps/otlp/log-export.js'
import type { StartChange } from '../taps/start-change.js'

/**
 * All that one agent brings. What is here is loaded with every start of it, recorded or not, and is
 * waited for: what only a recorded run needs is behind {@link Agent.load}.
 *
 * Each is a folder of `agents/`, whose `index.ts` exports its `agent` and whose `recorded.ts` its
 * `recorded`: by these names the bundler finds them. It reads its own environment variables and
 * files; nobody else does.
 */
export type Agent = {
  /** The subcommand of `tacho`, and what the manifest calls it: `codex`. */
  name: string
  /** Its name in a sentence: `Codex`. */
  title: string
  /** Left out where the user names the program, behind `--`: then that and its arguments are `args`. */
  program?: AgentProgram
  /** Takes what stands before the `--` there. @throws WrongUse for what it does not know. */
  checkOptions?: (options: readonly string[], environment: NodeJS.ProcessEnv) => void
  /** The agent that such a program is, where it is one that we know; that one records it then. */
  inside?: (program: string, args: readonly string[]) => Promise<Agent | undefined>
  /** There are programs of others that run it. */
  hasAdapters?: boolean
  /** What these arguments start; nothing where they start no conversation. */
  modeOf: (args: readonly string[]) => AgentMode | undefined
  /** The folder of its own in the user's home; what is logged without a session goes to `log/` in it. */
  home: (environment: NodeJS.ProcessEnv) => string
  /** Where its sessions are kept, unless another folder is asked for. */
  sessionsRoot: (environment: NodeJS.ProcessEnv) => string
  /** What the user has to settle once, in the agent itself, before it can be recorded. */
  toSettle?: (cwd: string, environment: NodeJS.ProcessEnv) => Promise<ToSettle | undefined>
  /** Loads what a recorded run of it needs. */
  load: () => Promise<RecordedAgent>
}

/** An agent with a program of its own: its shim has that one's name. */
export type InstalledAgent = Agent & { program: AgentProgram }

export function isInstalled(agent: Agent): agent is InstalledAgent {
  return agent.program !== undefined
}

/** The program of an agent, as it is found on PATH. */
export type AgentProgram = {
  /** Its name there: `codex`. */
  command: string
  /** The variable of ours that names another one: `TACHO_CODEX`. */
  variable: string
  /** What installs it: a line for a shell. */
  install: string
}

/** One way to run an agent in which it holds a conversation. */
export type AgentMode = {
  /** What the manifest calls it: `tui`, `exec`. */
  name: string
  /** The terminal is the agent's: nothing of ours is written there before it ends. */
  hasScreen?: boolean
  /** What is said to it and what it says passes through us: the recording is there before it starts. */
  speaksThroughUs?: boolean
  /** How long after what it stops a request to cancel may be heard of; left out where it comes first. */
  lateCancelMilliseconds?: number
}

/** What an agent brings to a run that is recorded. */
export type RecordedAgent = {
  /** Whether an id is one that the agent gives to sessions. */
  isSessionId: (id: string) => boolean
  /** Its own variable for a file of certificates that it trusts beside the system's. */
  certificateVariable: string
  /** Where it works with these arguments, which may name another folder; left out where none can. */
  cwdOf?: (args: readonly string[], cwd: string) => string
  /** What a request says of its session, thread and turn, and of the agent's version. */
  conversationOf: (
    request: Pick<RequestHead, 'headers'> & Partial<Pick<RequestHead, 'target'>>,
    body?: Uint8Array,
  ) => Conversation
  /** That takes the first bytes of the body, too. */
  needsBody?: boolean
  /** What a message over a WebSocket says of it, beside what its upgrade said. */
  conversationOfMessage: (message: Record<string, unknown>, upgrade: Conversation) => Conversation
  /** Its requests, where these words start a program of others that runs it: an adapter. */
  upstreamIn?: (
    words: readonly string[],
    environment: NodeJS.ProcessEnv,
  ) => Upstream | NoTap | undefined
  /** Its taps, for one run. Throws nothing for what the agent itself complains of. */
  tapsOf: (run: TappedRun) => AgentTaps
}

/** Something that Tacho does not settle itself: it would have to write to the agent's own settings. */
export type ToSettle = {
  /** What is missing, in a sentence without its end. */
  text: string
  /** What to do. */
  next: string
}

/** A run that is to be tapped. */
export type TappedRun = {
  mode: AgentMode
  /** The agent's own arguments. */
  args: readonly string[]
  /** The path of its program. */
  program: string
  /** What stands before the `--` where the user names the program behind it. */
  options: readonly string[]
  /** Agents that such a program may run. */
  others?: readonly RecordedAgent[]
  /** Where it works. */
  cwd: string
  environment: NodeJS.ProcessEnv
  /** The folder that will hold the session's. */
  root: string
  late: LateRecording
  /** Tells the user something, in a sentence, once. */
  tell: (sentence: string) => void
}

/** The taps of one run, each only where this agent and this run have it. */
export type AgentTaps = {
  /** Its environment as it sees that itself, where its settings set variables, too. */
  environment?: NodeJS.ProcessEnv
  /** What the program is called, where the agent's name stands for many. */
  title?: string
  /** Its requests to its model, or why they cannot pass through us. */
  http: Upstream | NoTap | readonly Upstream[]
  /** Its log events, or why they cannot come to us. */
  otlp?: LogExport | NoTap
  /** Us between the agent and who talks with it on its standard input and output. */
  jsonRpc?: (start: AgentStart, recording: Recording) => AgentStart
  /** The same, where they speak the Agent Client Protocol. */
  acp?: (start: AgentStart, recording: Recording) => AgentStart
  /** The same, where they speak the agent's own form, a message a line. */
  streamJson?: (start: AgentStart, recording: Recording) => AgentStart
  /** Hooks of ours beside the user's own. */
  hooks?: (start: AgentStart, heard: { logEvents: boolean }) => Promise<AgentStart>
  /** What else is changed of how it is started. */
  change?: StartChange
  /** The id of ours that the session gets, where nothing that passes names one: the run is one session. */
  sessionId?: string
  /** Its own server, which tells its clients what happens. */
  serverEvents?: (start: AgentStart) => Promise<AgentStart>
  /** What a request says of its conversation, where that takes what else passes in this run. */
  conversationOf?: RecordedAgent['conversationOf']
  /** Is told of each exchange that begins and each that ends. */
  onExchange?: (conversation: Conversation, recording: Recording) => void
  /** The agent has ended, and its session is about to. */
  close?: () => Promise<void>
}
