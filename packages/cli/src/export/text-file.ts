import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { readSession, type Session } from '@tacho/reader'
import type { Command } from 'commander'
import { noteDamage } from '../damage-note.js'
import { safeJson } from '../json-text.js'
import { note, write } from '../output.js'
import { printable } from '../printable.js'
import { progressBar } from '../progress-bar.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'
import { makeFile } from './output-file.js'

type FileOptions = SessionOptions & { output?: string; force?: boolean }

/** A form in which one session becomes one file of text. */
export type TextForm = {
  name: string
  description: string
  /** Behind the session's id. */
  ending: string
  /** What to do with it, in a few words. */
  next: string
  /** The text, piece by piece: one for each exchange or thing that is told. */
  text: (session: Session) => Iterable<string>
}

/** Adds `tacho export <form> <session>`. */
export function addTextForm(parent: Command, form: TextForm): void {
  const command = parent
    .command(form.name)
    .description(form.description)
    .argument(...SESSION_ARGUMENT)
    .option('-o, --output <file>', `default: <session id>${form.ending}; - is stdout`)
    .option('--force', 'write over a file that is there')
    .action((name: string, options: FileOptions) => exportText(form, name, options))
  withSessionsDir(command)
}

async function exportText(form: TextForm, name: string, options: FileOptions): Promise<void> {
  const session = await readSession(sessionNamed(name, options).folder)
  const path = options.output ?? `${session.id}${form.ending}`
  noteDamage(session)
  if (path === '-') {
    for (const piece of form.text(session)) await write(safeJson(piece))
    return
  }
  const progress = progressBar('writing', session.exchanges.length + session.spans.size)
  try {
    await makeFile(path, options.force ?? false, (draft) =>
      pipeline(Readable.from(counted(form.text(session), progress.add)), createWriteStream(draft)),
    )
  } finally {
    progress.clear()
  }
  note(`${printable(path)} is written. ${form.next}`)
}

function* counted(pieces: Iterable<string>, add: (count: number) => void): Generator<string> {
  for (const piece of pieces) {
    add(1)
    yield piece
  }
}
