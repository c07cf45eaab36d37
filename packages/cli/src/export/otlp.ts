import {
  OTLP_PROTOCOLS,
  openSpanSender,
  otlpSettingsFor,
  WrongOtlpSetting,
  whyUnreachable,
} from '@tacho/otlp'
import {
  ReaderError,
  type SentSession,
  type SessionState,
  sendableBytes,
  sendSession,
  sessionState,
} from '@tacho/reader'
import { type Command, Option } from 'commander'
import { chosenSessions, type ManySessionsOptions, withManySessions } from '../chosen-sessions.js'
import { CommandError, EXIT } from '../command-error.js'
import { noteDamage } from '../damage-note.js'
import { jsonText } from '../json-text.js'
import { note, write } from '../output.js'
import { printable } from '../printable.js'
import { progressBar } from '../progress-bar.js'
import { withSessionsDir } from '../session-options.js'
import { traceUrl } from '../trace-url.js'

type OtlpOptions = ManySessionsOptions & {
  endpoint?: string
  protocol?: string
  again?: boolean
  json?: boolean
}

/** Adds `tacho export otlp`: sends the spans of sessions on disk to a collector or to Jaeger. */
export function addOtlpExport(parent: Command): void {
  const command = parent
    .command('otlp')
    .description('send the spans that a collector does not have yet, over OTLP')
  withManySessions(command)
    .option(
      '--endpoint <url>',
      'where to send (default: OTEL_EXPORTER_OTLP_ENDPOINT, or this machine)',
    )
    .addOption(
      new Option(
        '--protocol <name>',
        'protocol (default: from OTEL_* variables, or http/protobuf)',
      ).choices(OTLP_PROTOCOLS),
    )
    .option('--again', 'also send what has already arrived there; spans keep their ids')
    .option('--json', 'print an array of objects')
    .action(exportOtlp)
  withSessionsDir(command)
}

async function exportOtlp(names: string[], options: OtlpOptions): Promise<void> {
  const settings = settingsOf(options)
  const sessions = chosenSessions(names, options).map(sessionState)
  const unreachable = await whyUnreachable(settings)
  if (unreachable !== undefined) throw nobodyThere(settings.endpoint, unreachable)
  const sender = await openSpanSender(settings)
  const progress = progressBar(
    'sending',
    sessions.reduce((sum, { folder }) => sum + sendableBytes(folder), 0),
  )
  const results: object[] = []
  try {
    for (const session of sessions) {
      try {
        const sent = await sendSession({
          session,
          settings,
          sender,
          again: options.again ?? false,
          onProgress: (bytes) => progress.add(bytes),
        })
        progress.clear()
        results.push({ id: session.id, traceUrl: traceUrl(session, process.env) ?? null, ...sent })
        if (!options.json) await write(`${wordsOf(session, sent)}\n`)
        tellOf(session, sent)
      } catch (error) {
        progress.clear()
        // A session that is not accepted must not keep the others from being sent.
        if (sessions.length === 1 || !(error instanceof ReaderError)) throw error
        note(error.message)
        process.exitCode = EXIT.failure
      }
    }
  } finally {
    sender.close()
  }
  if (options.json) await write(`${jsonText(results, 2)}\n`)
}

function settingsOf({ endpoint, protocol }: OtlpOptions) {
  try {
    return otlpSettingsFor('traces', process.env, { endpoint, protocol })
  } catch (error) {
    if (!(error instanceof WrongOtlpSetting)) throw error
    throw new CommandError(error.code, EXIT.wrongUse, error.message)
  }
}

function nobodyThere(endpoint: string, reason: string): CommandError {
  return new CommandError(
    'not-delivered',
    EXIT.failure,
    `nobody listens at ${endpoint} (${reason}).\n` +
      'Start a collector there, or name another with --endpoint URL. To try: npm run jaeger',
  )
}

function wordsOf(session: SessionState, sent: SentSession): string {
  const parts = [`${count(sent.sent)} sent to ${sent.endpoint}`]
  if (sent.interrupted > 0) parts.push(`${sent.interrupted} of them interrupted`)
  if (sent.alreadyThere > 0) parts.push(`${sent.alreadyThere} were there already`)
  if (sent.refused > 0) parts.push(`${sent.refused} not taken${because(sent.reason)}`)
  return `${printable(session.id)}  ${printable(parts.join(', '))}`
}

function because(reason: string | undefined): string {
  return reason === undefined ? '' : ` (${reason})`
}

function tellOf(session: SessionState, sent: SentSession): void {
  noteDamage(sent)
  if (sent.refused > 0) process.exitCode = EXIT.incomplete
  if (sent.isNoted || sent.sent === 0) return
  note(`${session.folder} cannot be written to: next time everything is sent again.`)
}

function count(spans: number): string {
  return spans === 1 ? '1 span' : `${spans} spans`
}
