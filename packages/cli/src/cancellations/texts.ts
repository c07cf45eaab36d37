import { arrivedText, type Cancellation, indexRawLog } from '@tacho/reader'
import type { CutShort } from './table.js'

/** Adds the texts that had arrived to cancellations; one line per answer if several were cut. */
export function withTexts(folder: string, cancellations: readonly Cancellation[]): CutShort[] {
  if (!cancellations.some(({ stopped }) => stopped.some(({ kind }) => kind === 'exchange'))) {
    return cancellations.map((cancellation) => ({ cancellation, text: undefined }))
  }
  const { byId } = indexRawLog(folder, () => undefined)
  return cancellations.map((cancellation) => {
    const texts = cancellation.stopped
      .flatMap(({ spanId }) => byId.get(spanId) ?? [])
      .flatMap((exchange) => arrivedText(folder, exchange) ?? [])
    return { cancellation, text: texts.length === 0 ? undefined : texts.join('\n') }
  })
}
