import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { countWords, shortText, timeWords } from '../words.js'
import { lostRecords } from './lost-records.js'

/** Returns what went wrong with the recording itself. */
export function recorderCauses(session: SessionCase): Cause[] {
  return [
    ...lostRecords(session),
    ...partsSwitchedOff(session),
    ...notDelivered(session),
    ...clockJumps(session),
  ]
}

// The recorder's own sentences: from its fault barrier, and about taps that could not be set up.
const SWITCHED_OFF = /\(switched off now\)|\b(is|are) not recorded\b|\bno requests are recorded\b/
/** Those that are not the user's choice: the agent's settings may leave no room for a tap. */
const WENT_WRONG = /\(switched off now\)|\bno requests are recorded\b/

function partsSwitchedOff({ words, id }: SessionCase): Cause[] {
  const told = words.filter(({ source, text }) => source === 'tacho' && SWITCHED_OFF.test(text))
  const [first] = told
  if (first === undefined) return []
  return [
    {
      code: 'part-switched-off',
      certainty: 'certain',
      clues: told.slice(0, 3).map(({ place, text }) => ({ at: place, text: shortText(text) })),
      sentence: `A part of the recorder was off, so that something is missing here: ${shortText(first.text)}.`,
      next: `Look at what it says: tacho log ${id}. What was recorded besides is right.`,
      weight: told.some(({ text }) => WENT_WRONG.test(text)) ? 'trouble' : 'note',
    },
  ]
}

function notDelivered({ runs, id }: SessionCase): Cause[] {
  return runs.flatMap(({ live }) =>
    live
      .filter(({ undelivered }) => undelivered > 0)
      .map(({ signal, endpoint, delivered, undelivered, reason }): Cause => {
        const what = signal === 'traces' ? 'span' : 'log line'
        return {
          code: 'not-delivered',
          certainty: 'certain',
          clues: [
            {
              at: { file: 'session.json', line: 1 },
              text: `undelivered: ${undelivered}${reason === undefined ? '' : `, ${reason}`}`,
            },
          ],
          sentence: `${countWords(undelivered, what)} of ${delivered + undelivered} did not arrive at ${endpoint}${reason === undefined ? '' : `: ${shortText(reason)}`}.`,
          next: `Look whether it listens there; then send them: tacho export otlp ${id}.`,
          weight: 'trouble',
        }
      }),
  )
}

function clockJumps({ runs }: SessionCase): Cause[] {
  const jumps = runs.flatMap(({ clockJumps }) => clockJumps)
  const [first] = jumps
  if (first === undefined) return []
  const most = jumps.reduce((one, other) => (Math.abs(other.by) > Math.abs(one.by) ? other : one))
  return [
    {
      code: 'clock-jump',
      certainty: 'certain',
      clues: jumps.slice(0, 3).map(({ place, by }) => ({
        at: place,
        text: `the clock was ${timeWords(Math.abs(by) / 1000)} ${by > 0 ? 'ahead' : 'behind'} at once`,
      })),
      sentence: `The machine's clock jumped by ${timeWords(Math.abs(most.by) / 1000)} ${most.by > 0 ? 'forward: it slept, or its time was set' : 'back: its time was set'}.`,
      next: 'Times before and behind it are not to be compared; what took how long is right.',
      weight: 'trouble',
    },
  ]
}
