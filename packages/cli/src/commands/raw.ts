import {
  type IndexedExchange,
  indexRawLog,
  modelInput,
  refuseNewerFormat,
  requestPieces,
  responseChunks,
  type Unparsed,
} from '@tacho/reader'
import { type Command, Option } from 'commander'
import { exchangeNumber, exchangeOf } from '../chosen-exchange.js'
import { CommandError, EXIT } from '../command-error.js'
import { note } from '../output.js'
import { printable } from '../printable.js'
import { writeBody } from '../raw/body.js'
import { writeChunkJson, writeChunkLines } from '../raw/chunks.js'
import { writeInput } from '../raw/input.js'
import { type ChosenExchange, writeWhole } from '../raw/whole.js'
import {
  SESSION_ARGUMENT,
  type SessionOptions,
  sessionNamed,
  withSessionsDir,
} from '../session-options.js'

type RawOptions = SessionOptions & {
  request?: boolean
  response?: boolean
  chunks?: boolean
  input?: boolean
  json?: boolean
}

/** Adds `tacho raw`: one exchange as it went over the wire. */
export function addRawCommand(tacho: Command): void {
  const command = tacho
    .command('raw')
    .description('print an exchange as it passed over the network')
    .argument(...SESSION_ARGUMENT)
    .argument('<n>', 'number of the exchange, as shown by tacho show', exchangeNumber)
    .option('--request', 'print only the bytes of the request body')
    .addOption(
      new Option('--response', 'print only the bytes of the response body').conflicts([
        'request',
        'chunks',
      ]),
    )
    .addOption(
      new Option('--chunks', 'print one line per chunk of the response, with its time').conflicts(
        'request',
      ),
    )
    .addOption(
      new Option(
        '--input',
        'print everything the model was given as one JSON object, as if sent at once',
      ).conflicts(['request', 'response', 'chunks']),
    )
    .option('--json', 'with --chunks: print one JSON object per line')
    .action(raw)
  withSessionsDir(command)
}

async function raw(name: string, number: number, options: RawOptions): Promise<void> {
  if (options.json && !options.chunks) {
    throw new CommandError('wrong-use', EXIT.wrongUse, '--json goes with --chunks.')
  }
  const chosen = choose(sessionNamed(name, options).folder, number)
  const { folder, index, exchange } = chosen
  if (options.input) {
    await writeInput(modelInput(folder, index, exchange))
    return
  }
  const isWhole = !options.request && !options.response && !options.chunks
  for (const unparsed of exchange.unparsed ?? []) {
    const isAsked = isWhole || (unparsed.side === 'request') === (options.request ?? false)
    if (isAsked) note(unparsedWords(exchange, unparsed))
  }
  if (options.request) await writeBody(requestPieces(folder, index, exchange))
  else if (options.response) await writeBody(bytesOfChunks(chosen))
  else if (options.chunks && options.json) await writeChunkJson(responseChunks(folder, exchange))
  else if (options.chunks) await writeChunkLines(responseChunks(folder, exchange))
  else await writeWhole(chosen)
  if (!options.request && exchange.state === undefined) {
    note(`exchange ${number} never ended: this is what had arrived.`)
  }
}

function unparsedWords({ isConnection }: IndexedExchange, { side, reason }: Unparsed): string {
  const why = printable(reason)
  if (!isConnection) {
    return `the ${side} could not be followed to its end: ${why}. It is given as it came.`
  }
  const from = side === 'request' ? 'agent' : 'API'
  return `what the ${from} sent could not be followed to its end: ${why}.`
}

function choose(folder: string, number: number): ChosenExchange {
  refuseNewerFormat(folder)
  const index = indexRawLog(folder, () => undefined)
  return { folder, index, exchange: exchangeOf(index, number) }
}

function* bytesOfChunks({ folder, exchange }: ChosenExchange): Generator<Uint8Array> {
  for (const { bytes } of responseChunks(folder, exchange)) yield bytes
}
