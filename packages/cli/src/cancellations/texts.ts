import { arrivedText, type Cancellation, indexRawLog } from '@tacho/reader'
import type { CutShort } from './table.js'

/** Cancellations with the texts that had arrived: those of one that cut several answers, a line each. */
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
