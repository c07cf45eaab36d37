import { createInterface } from 'node:readline'
import { SQL_TABLES } from '@tacho/reader'
import { CommandError } from '../command-error.js'
import { note, write } from '../output.js'

/**
 * Reads statements and runs each as soon as it ends with a semicolon: from a terminal with a
 * prompt, from a pipe without. After an error, it is reported and the next statement is read.
 *
 * @returns whether all of them worked.
 */
export async function readStatements(run: (statement: string) => Promise<void>): Promise<boolean> {
  const isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
  const lines = createInterface({
    input: process.stdin,
    ...(isTerminal && { output: process.stdout, prompt: 'tacho> ' }),
  })
  if (isTerminal)
    note('SQL of DuckDB, each statement with a ; at its end. Tables: .tables, end: .quit')
  let held = ''
  let isGood = true
  const runHeld = async (): Promise<void> => {
    const statement = held.trim()
    held = ''
    if (statement === '' || statement === ';') return
    try {
      await run(statement)
    } catch (error) {
      if (!(error instanceof CommandError)) throw error
      note(error.message)
      isGood = false
    }
  }
  if (isTerminal) lines.prompt()
  for await (const line of lines) {
    const word = line.trim()
    if (held === '' && (word === '.quit' || word === '.exit')) break
    if (held === '' && word === '.tables') await write(tablesText())
    else {
      held += `${line}\n`
      if (word.endsWith(';')) await runHeld()
    }
    if (isTerminal) {
      lines.setPrompt(held === '' ? 'tacho> ' : '  ...> ')
      lines.prompt()
    }
  }
  lines.close()
  await runHeld()
  return isGood
}

/** Returns a list of the tables and their columns. */
export function tablesText(): string {
  return Object.entries(SQL_TABLES)
    .map(([name, columns]) => `${name}: ${Object.keys(columns).join(', ')}\n`)
    .join('')
}
