import { resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { NoTap } from '../../taps/no-tap.js'
import type { LogExport } from '../../taps/otlp/log-export.js'
import { addOptions } from '../with-options.js'
import { codexHome } from './home.js'
import { OtelEvents } from './otel-events.js'
import { asksForCosts, logExportOf } from './otel-overrides.js'
import type { HookQuestions } from './tui/hook-questions.js'
import type { TurnMoments } from './turn-moments.js'

/** How Codex's log events come to us in a run, and what becomes of them. */
export function logExportFor(options: {
  /** Codex's effective configuration. */
  config: TomlTable
  environment: NodeJS.ProcessEnv
  turns: TurnMoments
  questions: HookQuestions
}): LogExport | NoTap {
  const { config, environment, turns, questions } = options
  const logExport = logExportOf(config)
  if ('reason' in logExport) return logExport
  const { redirect, own } = logExport
  const hasCosts = asksForCosts(config)
  let events: OtelEvents | undefined
  return {
    redirect: (endpoint) => addOptions(redirect(endpoint)),
    ...(own !== undefined && {
      own: {
        endpoint: own.endpoint,
        // A path in Codex's configuration is relative to its home.
        certificate: own.caCertificate && resolve(codexHome(environment), own.caCertificate),
      },
    }),
    onLogs(records, recording) {
      events ??= new OtelEvents({ recording, turns, questions })
      events.take(records)
    },
    declines: (path) => !hasCosts && /\/analytics\/codex\/turn-costs($|\?)/.test(path),
  }
}
