import { resolve } from 'node:path'
import type { TomlTable } from 'smol-toml'
import type { NoTap } from '../../taps/no-tap.js'
import type { LogExport } from '../../taps/otlp/log-export.js'
import { addOptions } from '../with-options.js'
import { codexHome } from './home.js'
import { LogEvents } from './log-events.js'
import { asksForCosts, logExportOf } from './otel-overrides.js'

/** Returns how Codex's log events reach Tacho in a run, and how they are recorded. */
export function logExportFor(options: {
  /** Codex's effective configuration. */
  config: TomlTable
  environment: NodeJS.ProcessEnv
}): LogExport | NoTap {
  const { config, environment } = options
  const logExport = logExportOf(config)
  if ('reason' in logExport) return logExport
  const { redirect, own } = logExport
  const hasCosts = asksForCosts(config)
  let events: LogEvents | undefined
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
      events ??= new LogEvents(recording)
      events.take(records)
    },
    declines: (path) => !hasCosts && /\/analytics\/codex\/turn-costs($|\?)/.test(path),
  }
}
