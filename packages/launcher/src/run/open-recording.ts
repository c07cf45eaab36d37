import { CannotRecord, Recording, type RecordingOptions } from '@tacho/recorder'

export { openDebugLog } from '@tacho/recorder'

/**
 * Opens a recording; if there is no place for one, says so in a line, and the agent runs
 * unrecorded.
 */
export function openRecording(options: RecordingOptions): Recording | undefined {
  try {
    return new Recording(options)
  } catch (error) {
    const reason = error instanceof CannotRecord ? error.message : String(error)
    options.onTrouble(`this session is not recorded. ${reason}`)
    return undefined
  }
}
