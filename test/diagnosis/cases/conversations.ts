import type { DiagnosisCase } from '../case.js'
import { called, message, type Spoken, says, speaks } from '../spoken-bodies.js'

/** What happens to conversations and does no harm, and what does. */

const asked = (who: string, input: object[], model = 'gpt-5.5'): object => ({
  model,
  stream: true,
  instructions: `You are the ${who}.`,
  tools: [{ type: 'function', name: `${who}_tool`, parameters: { type: 'object' } }],
  input,
})

/** A conversation of its own instructions, tools and messages, as far as its nth question. */
const said = (who: string, count: number, model?: string): Spoken => ({
  request: asked(
    who,
    Array.from({ length: count }, (_, at) => [
      message('user', at === 0 ? `The question to the ${who}.` : 'And then?'),
      ...(at + 1 < count ? [message('assistant', `The ${who} says ${at}.`)] : []),
    ]).flat(),
    model,
  ),
  answer: says(`The ${who} says ${count - 1}.`, model === undefined ? {} : { model }),
})

const healthy = (what: string, spoken: readonly Spoken[]): DiagnosisCase => {
  const title = `healthy: ${what}`
  return { title, isQuick: true, record: speaks(title, spoken) }
}

const READ = [message('user', 'Sum it up.'), ...called(1, 'read_file', { path: 'a' }, 'x')]

/** Longer than any event or body that is read for its facts. */
const IMAGE = 'A'.repeat(17 * 1024 * 1024)

/** An answer whose last event repeats all of it, as OpenAI's image tool does. */
const drawn = (): object[] => {
  const [first = {}, ...rest] = says('Here it is.')
  const output = [{ type: 'image_generation_call', id: 'ig_1', status: 'completed', result: IMAGE }]
  const last = { id: 'resp_1', model: 'gpt-5.5', status: 'completed', output }
  return [first, ...rest.slice(0, -1), { type: 'response.completed', response: last }]
}

const INLINE = { parts: [{ inlineData: { mimeType: 'image/png', data: IMAGE } }] }

export const CONVERSATION_CASES: readonly DiagnosisCase[] = [
  healthy('two conversations of a program that names no threads, in turn', [
    said('planner', 1),
    said('coder', 1),
    said('planner', 2),
    said('coder', 2),
    said('planner', 3),
  ]),
  healthy('two conversations in turn, each with a model of its own', [
    said('planner', 1, 'o-plan'),
    said('coder', 1, 'o-code'),
    said('planner', 2, 'o-plan'),
    said('coder', 2, 'o-code'),
  ]),
  healthy('an image of 17 MiB in the event that ends the answer', [
    { request: asked('painter', [message('user', 'Draw.')]), answer: drawn() },
  ]),
  healthy('an image of 17 MiB in the only event of an answer of Gemini', [
    {
      path: '/v1beta/models/g-1:streamGenerateContent?alt=sse',
      request: { contents: [{ role: 'user', parts: [{ text: 'Draw.' }] }] },
      answer: [{ candidates: [{ content: INLINE, finishReason: 'STOP' }], modelVersion: 'g-1' }],
    },
  ]),
  {
    title: 'history-rewritten: in one of two conversations in turn',
    injected: 'history-rewritten',
    record: speaks('one of two is rewritten', [
      said('planner', 1),
      said('coder', 1),
      said('planner', 2),
      {
        request: asked('planner', [
          message('user', 'The question to the planner.'),
          message('assistant', 'The planner says nothing.'),
          message('user', 'And then?'),
          message('assistant', 'The planner says 1.'),
          message('user', 'And then?'),
        ]),
        answer: says('The planner says 2.'),
      },
    ]),
  },
  healthy('a file that is large, and has room', [
    { request: asked('reader', READ.slice(0, 1)), answer: says('Reading.', { input: 12_000 }) },
    {
      request: asked('reader', [
        ...READ.slice(0, 1),
        ...called(1, 'read_file', { path: 'a.csv' }, '1234,5678\n'.repeat(8_000)),
      ]),
      answer: says('It is 4711.', { input: 34_000 }),
    },
  ]),
  healthy('a cache that forgot one request at once', [
    { request: asked('reader', READ.slice(0, 1)), answer: says('a', { cached: 4096 }) },
    { request: asked('reader', READ), answer: says('b', { cached: 0 }) },
  ]),
]
