import type { EndRecord, RequestBodyRecord } from '@tacho/format'

/**
 * Returns why a readable body is not all that was sent, according to its record, worded to complete
 * a sentence. Undefined if it is whole.
 */
export function whyNotWhole(
  record: Pick<RequestBodyRecord, 'cut' | 'missed' | 'broken' | 'stopped'> | EndRecord,
): string | undefined {
  if (record.missed !== undefined) {
    return `its last ${record.missed} bytes passed while too much was waiting to be recorded`
  }
  if (record.broken !== undefined) {
    return `its content coding could not be taken off to its end (${record.broken})`
  }
  if (record.stopped !== undefined) {
    return `decoding was stopped at ${record.stopped} bytes, and there were more`
  }
  return 'cut' in record ? 'the exchange was over before all of it was seen' : undefined
}
