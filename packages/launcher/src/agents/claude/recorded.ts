import { isUuid } from '@tacho/format'
import type { Conversation, Recording } from '@tacho/recorder'
import { tapStandardStreams } from '../../taps/json-rpc/tap-standard-streams.js'
import type { NoTap } from '../../taps/no-tap.js'
import type { AgentTaps, RecordedAgent, TappedRun } from '../agent.js'
import { conversationOf } from './conversation.js'
import { effectiveSettings } from './effective-environment.js'
import { HookMessages } from './hook-messages.js'
import { logExportFor } from './log-export.js'
import { observeStreamJson } from './observe-stream-json.js'
import { Prompts } from './prompts.js'
import { withItsProxy } from './proxies.js'
import { BadSettings, RunSettings } from './settings.js'
import { tapHooks } from './tap-hooks.js'
import { Transcripts } from './transcripts.js'
import { leftOut, upstreamOf } from './upstream.js'

/** What Claude Code provides for a recorded run. */
export const recorded: RecordedAgent = {
  isSessionId: isUuid,
  certificateVariable: 'NODE_EXTRA_CA_CERTS',
  conversationOf,
  conversationOfMessage: (_message, upgrade) => upgrade,
  tapsOf,
}

function tapsOf(run: TappedRun): AgentTaps {
  const transcripts = new Transcripts(run.environment)
  const onExchange = ({ sessionId }: Conversation, recording: Recording) => {
    if (sessionId !== undefined) transcripts.noteSession(sessionId, recording.latest)
    transcripts.link()
  }
  const settings = settingsOf(run)
  if ('reason' in settings) return { http: settings, onExchange, close: () => transcripts.close() }
  const effective = effectiveSettings({ ...run, own: settings.own })
  const { environment } = effective
  const prompts = new Prompts()
  const messages = new HookMessages(transcripts)
  const { late } = run
  const missing = leftOut(effective)
  if (missing !== undefined) run.tell(missing)
  return {
    environment: withItsProxy(environment),
    http: upstreamOf(effective, settings),
    otlp: logExportFor(environment, settings),
    hooks: (start, heard) =>
      tapHooks({
        ...{ start, settings, late, heard, areHooksOff: effective.areHooksOff },
        onMessage(message) {
          prompts.note(message.json)
          late.with((recording) => messages.take(message, recording))
        },
      }),
    conversationOf: (request) => prompts.placed(conversationOf(request)),
    ...(run.mode.name === 'stream-json' && {
      streamJson: (start, recording) =>
        tapStandardStreams(start, recording, observeStreamJson(recording)),
    }),
    onExchange,
    async close() {
      await transcripts.close()
      settings.close()
    },
  }
}

function settingsOf({ args, cwd }: TappedRun): RunSettings | NoTap {
  try {
    return new RunSettings(args, cwd)
  } catch (error) {
    if (error instanceof BadSettings) return { reason: error.message }
    throw error
  }
}
