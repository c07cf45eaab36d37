import { chunkPaces, type SessionStats, sessionStats } from '@tacho/reader'
import type { Command } from 'commander'
import {
  chosenSessions,
  type ManySessionsOptions,
  namesOrLast,
  withManySessions,
} from '../chosen-sessions.js'
import { writeLines } from '../pager.js'
import { readEach } from '../read-each.js'
import { noSessions, withSessionsDir } from '../session-options.js'
import { statsJson } from '../stats/json.js'
import { statsLines } from '../stats/lines.js'
import { readPrices } from '../stats/price-file.js'
import { writeJson } from '../write-json.js'

type StatsOptions = ManySessionsOptions & { prices?: string; json?: boolean }

/** Adds `tacho stats`: where time, tokens and money went. */
export function addStatsCommand(tacho: Command): void {
  const command = withManySessions(
    tacho.command('stats').description('sum up time, tokens and money by turn, tool and model'),
  )
    .option('--prices <file>', 'a price table of yours; without one, no costs are shown')
    .option('--json', 'print one object')
    .action(stats)
  withSessionsDir(command)
}

async function stats(given: string[], options: StatsOptions): Promise<void> {
  const prices = options.prices === undefined ? undefined : readPrices(options.prices)
  const names = namesOrLast(given, options)
  const chosen = chosenSessions(names, options)
  if (options.all && chosen.length === 0) throw noSessions(options)
  const told: SessionStats[] = []
  await readEach(chosen, (session) => {
    told.push(sessionStats(session, chunkPaces(session), prices))
  })
  if (options.json) {
    await writeJson(statsJson(told, prices?.currency))
    return
  }
  await writeLines(statsLines(told, prices?.currency))
}
