import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { explainSession, markedRules, verifySession } from '@tacho/reader'
import { InvalidArgumentError } from 'commander'
import { explanationLines } from '../explain/lines.js'
import { jsonText } from '../json-text.js'
import { version } from '../package/own-files.js'
import { verificationLines } from '../verify/lines.js'
import type { ArchiveEntry } from './zip.js'

/** A session to share: its id, and the folder with its scrubbed copy. */
export type SharedSession = { id: string; folder: string }

type MakePart = (session: SharedSession) => ArchiveEntry[] | Promise<ArchiveEntry[]>

/** What an archive can contain. All of it is made from the scrubbed copy. */
const PARTS = {
  session: ({ id, folder }) => [
    { name: `${id}/`, folder: true },
    ...readdirSync(folder).map((name) => ({ name: `${id}/${name}`, path: join(folder, name) })),
  ],
  explain: async ({ folder }) => {
    const lines = explanationLines(await explainSession(folder), Number.POSITIVE_INFINITY)
    return [{ name: 'explain.txt', text: `${lines.join('\n')}\n` }]
  },
  verify: async (session) => {
    const lines = verificationLines({ ...session, root: '' }, await verifySession(session.folder))
    return [{ name: 'verify.txt', text: `${lines.join('\n')}\n` }]
  },
} satisfies Record<string, MakePart>

export type SharePart = keyof typeof PARTS

export const SHARE_PARTS = Object.keys(PARTS) as SharePart[]

/** Parses the parts in `--only`, separated by commas. */
export function sharePartsOf(text: string): SharePart[] {
  const names = text.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name))
  if (unknown === undefined) return names as SharePart[]
  throw new InvalidArgumentError(
    `There is no part "${unknown}". There are: ${SHARE_PARTS.join(', ')}.`,
  )
}

/** Returns the entries of an archive: the parts, and what was removed. */
export async function shareEntries(
  session: SharedSession,
  parts: readonly SharePart[],
): Promise<ArchiveEntry[]> {
  const entries: ArchiveEntry[] = []
  for (const part of parts) entries.push(...(await PARTS[part](session)))
  const removed = {
    tacho: version(),
    session: session.id,
    parts,
    removed: markedRules(session.folder),
  }
  return [...entries, { name: 'removed.json', text: `${jsonText(removed, 2)}\n` }]
}
