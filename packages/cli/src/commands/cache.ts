import { type CachedExchange, cacheStory, conversationReader, readSession } from '@tacho/reader'
import type { Command } from 'commander'
import { cachedJson } from '../cache/json.js'
import { cacheLines } from '../cache/lines.js'
import { noteDamage } from '../damage-note.js'
import { note } from '../output.js'
import { writeLines } from '../pager.js'
import { progressBar } from '../progress-bar.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { readPrices } from '../stats/price-file.js'
import { writeJson } from '../write-json.js'

/** Adds `tacho cache`: where the prompt cache held, where it broke, and at what. */
export function addCacheCommand(tacho: Command): void {
  const command = tacho
    .command('cache')
    .description('show what each request got from the prompt cache, and what broke it')
    .argument('[session]', SESSION_ARGUMENT[1], 'last')
    .option('--prices <file>', 'a price table of yours: also tell what was lost in money')
    .option('--json', 'print an array of objects')
    .action(cache)
  withSessionsDir(command)
}

type CacheOptions = SessionOptions & { prices?: string; json?: boolean }

async function cache(name: string, options: CacheOptions): Promise<void> {
  const prices = options.prices === undefined ? undefined : readPrices(options.prices)
  const { folder } = sessionNamed(name, options)
  const session = await readSession(folder)
  const reader = conversationReader(folder)
  const progress = progressBar('comparing', reader.requests().length)
  const story: CachedExchange[] = []
  for (const one of cacheStory(reader, session.exchanges)) {
    story.push(one)
    progress.add(1)
  }
  progress.clear()
  noteDamage({ damage: [...session.damage, ...reader.damage] })
  if (options.json) {
    await writeJson(story.map((one) => cachedJson(one, prices)))
    return
  }
  if (story.length === 0) {
    note('this session has no request to a model.')
    return
  }
  await writeLines(cacheLines(story, prices))
}
