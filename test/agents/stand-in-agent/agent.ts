import { join } from 'node:path'
import type { Agent, RecordedAgent, TappedRun, Upstream } from '@tacho/launcher'

/**
 * Parrot, an agent that only tests know, and as unlike Codex as possible: it speaks Chat
 * Completions, only its environment says where the model is, and its session ids are not UUIDs.
 * `program.ts` is its program.
 */
export const agent: Agent = {
  name: 'parrot',
  title: 'Parrot',
  program: { command: 'parrot', variable: 'TACHO_PARROT', install: 'npm run build' },
  modeOf: ([command]) => (command === 'say' ? { name: 'say' } : undefined),
  home,
  sessionsRoot: (environment) => join(home(environment), 'kept'),
  load: async () => recorded,
}

const recorded: RecordedAgent = {
  isSessionId: (id) => /^par_[a-z]+$/.test(id),
  certificateVariable: 'PARROT_CERTIFICATES',
  conversationOf({ headers }) {
    const header = (wanted: string) =>
      headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
    const [sessionId, turnId] = header('x-parrot').split('/')
    const agentVersion = header('user-agent').split('/')[1]
    return {
      ...(sessionId && { sessionId, threadId: sessionId }),
      ...(turnId && { turnId }),
      ...(agentVersion && { agentVersion }),
    }
  },
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf: ({ environment }: TappedRun) => ({
    http: upstreamOf(environment.PARROT_URL),
    otlp: {
      redirect: (endpoint) => withVariable('PARROT_LOGS', endpoint),
      onLogs(records, recording) {
        for (const { attributes } of records)
          recording.log('info', 'parrot', String(attributes.get('event.name')))
      },
    },
  }),
}

function home({ PARROT_HOME: own, HOME: user = '' }: NodeJS.ProcessEnv): string {
  return own || join(user, '.parrot')
}

function upstreamOf(text = ''): Upstream | { reason: string } {
  if (!URL.canParse(text)) return { reason: 'PARROT_URL is not a URL' }
  const url = new URL(text)
  return {
    name: 'parrot',
    upstream: () => url,
    expected: url,
    base: url.pathname,
    userInfo: undefined,
    speaksOverSocket: false,
    idleTimeout: 30_000,
    redirect: (baseUrl) => withVariable('PARROT_URL', baseUrl),
  }
}

function withVariable(name: string, value: string) {
  return <Start extends { environment: NodeJS.ProcessEnv }>(start: Start) => ({
    ...start,
    environment: { ...start.environment, [name]: value },
  })
}
