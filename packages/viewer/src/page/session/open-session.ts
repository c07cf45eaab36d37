import { batch, computed, effect, type ReadonlySignal, signal } from '@preact/signals'
import type { ExchangeAnswer, ExplanationAnswer, SessionAnswer } from '../../api/answers.js'
import { address, type Selection } from '../address.js'
import type { Source } from '../source/source.js'
import type { ExchangeTimes } from '../timeline/draw.js'
import { type Item, isWithin, type Story, storyOf } from './story.js'

/** A session that is being viewed, and what was fetched for it so far. */
export type OpenSession = {
  id: string
  source: Source
  answer: ReadonlySignal<SessionAnswer | undefined>
  /** Comes later, because it can take time. */
  explanation: ReadonlySignal<ExplanationAnswer | undefined>
  /** Why it cannot be shown, in words. */
  problem: ReadonlySignal<string | undefined>
  story: ReadonlySignal<Story | undefined>
  /** What is in the current time range. */
  items: ReadonlySignal<readonly Item[]>
  selected: ReadonlySignal<Item | undefined>
  /** When the chunks arrived, for the exchanges that were viewed closely. */
  times: ReadonlySignal<ReadonlyMap<number, ExchangeTimes>>
  exchange(number: number): Promise<ExchangeAnswer>
  close(): void
}

/** Opens a session, and keeps what is shown up to date with the disk. */
export function openedSession(source: Source, id: string): OpenSession {
  const answer = signal<SessionAnswer | undefined>(undefined)
  const problem = signal<string | undefined>(undefined)
  const times = signal<ReadonlyMap<number, ExchangeTimes>>(new Map())
  const asked = new Map<number, Promise<ExchangeAnswer>>()
  const explanation = signal<ExplanationAnswer | undefined>(undefined)
  const explain = inTheirTime(async () => {
    try {
      explanation.value = await source.explanation(id)
    } catch {
      // Problems with the session are reported where it is read.
    }
  })
  // Requested first, because what is already known comes at once, while reading a long session
  // takes time.
  explain()
  const stopFollowing = source.follow(id, {
    told(now) {
      const before = answer.peek()
      // What was in flight may have progressed.
      for (const number of inFlight(before)) asked.delete(number)
      batch(() => {
        answer.value = now
        problem.value = undefined
      })
      if (before !== undefined) explain()
    },
    failed(cause) {
      problem.value = cause.message
    },
  })
  const story = computed(() => answer.value && storyOf(answer.value, Date.now() * 1000))
  const items = computed(() => {
    const range = address.range.value
    const all = story.value?.items ?? []
    return range === undefined ? all : all.filter((item) => isWithin(item, range))
  })
  const selected = computed(() => find(story.value, address.selection.value))

  return {
    id,
    source,
    answer,
    explanation,
    problem,
    story,
    items,
    selected,
    times,
    exchange(number) {
      const known = asked.get(number)
      if (known !== undefined) return known
      const question = source.exchange(id, number)
      asked.set(number, question)
      question.then(
        (told) => {
          const chunks = told.chunks.map(([at]) => at)
          const { sentAt } = told.request
          times.value = new Map(times.peek()).set(number, {
            chunks,
            ...(sentAt !== undefined && { sentAt }),
          })
        },
        () => asked.delete(number),
      )
      return question
    },
    close: stopFollowing,
  }
}

/** Explaining a running session takes at most a tenth of the time. */
const PAUSE = 9

/**
 * Runs work once for all calls that come meanwhile, and once more if one came while it ran, because
 * that caller may have seen newer data. Pauses in between, in proportion to how long the work took.
 */
function inTheirTime(work: () => Promise<void>): () => void {
  let isBusy = false
  let isAsked = false
  const go = async (): Promise<void> => {
    isAsked = isBusy
    if (isBusy) return
    isBusy = true
    const began = performance.now()
    await work()
    await new Promise((resolve) => setTimeout(resolve, PAUSE * (performance.now() - began)))
    isBusy = false
    if (isAsked) await go()
  }
  return () => void go()
}

/** Selects an item, wherever it is shown. */
export function select(item: Selection | undefined): void {
  address.selection.value = item && { kind: item.kind, key: item.key }
}

/** Calls back with the selection whenever it changes. */
export function onSelection(use: (selection: Selection | undefined) => void): () => void {
  return effect(() => use(address.selection.value))
}

function find(story: Story | undefined, selection: Selection | undefined): Item | undefined {
  if (selection === undefined) return undefined
  return story?.items.find(({ kind, key }) => kind === selection.kind && key === selection.key)
}

function inFlight(answer: SessionAnswer | undefined): number[] {
  return (answer?.parts.exchanges ?? [])
    .filter(({ state }) => state === 'in-flight')
    .map(({ number }) => number)
}
