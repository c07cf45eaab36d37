import type { DiagnosisCase } from '../case.js'
import { called, message, type Spoken, says, speaks } from '../spoken-bodies.js'

const TOOLS = [
  {
    type: 'function',
    name: 'read_file',
    description: 'Reads a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' } } },
  },
  {
    type: 'function',
    name: 'list_files',
    description: 'Lists files.',
    parameters: { type: 'object', properties: {} },
  },
]
const INSTRUCTIONS = 'You are a careful engineer. '.repeat(200)
const ASKED = [message('user', 'Read the file, and tell what it does.')]
const READ = [...ASKED, ...called(1, 'read_file', { path: 'a.js' }, 'console.log(1)')]
const MORE = [...READ, ...called(2, 'list_files', {}, 'a.js b.js')]

function asks(input: object[], more: object = {}): object {
  return {
    model: 'gpt-5.5',
    instructions: INSTRUCTIONS,
    input,
    tools: TOOLS,
    stream: true,
    ...more,
  }
}

const first: Spoken = {
  request: asks(ASKED),
  answer: says('Reading.', { input: 6000, cached: 2048 }),
}
const second: Spoken = {
  request: asks(READ),
  answer: says('Listing.', { input: 6100, cached: 5888 }),
}
const third: Spoken = { request: asks(MORE), answer: says('Done.', { input: 6200, cached: 5888 }) }

/** The same conversation in all its steps, as a healthy session has it. */
export const GOES_ON = [first, second, third]

export const CONTEXT_CASES: readonly DiagnosisCase[] = [
  {
    title: 'model-changed: another one is asked in the middle',
    injected: 'model-changed',
    isQuick: true,
    also: ['cache-break'],
    record: speaks('model-changed', [
      first,
      second,
      {
        ...third,
        request: asks(MORE, { model: 'gpt-5.5-mini' }),
        answer: says('Done.', { input: 6200, cached: 0, model: 'gpt-5.5-mini' }),
      },
    ]),
  },
  {
    title: 'model-changed: another one answers',
    injected: 'model-changed',
    record: speaks('model-changed answer', [
      first,
      second,
      { ...third, answer: says('Done.', { input: 6200, cached: 5888, model: 'gpt-4o-mini' }) },
    ]),
  },
  {
    title: 'tools-changed: one comes late',
    injected: 'tools-changed',
    also: ['cache-break'],
    record: speaks('tools-changed', [
      first,
      second,
      {
        ...third,
        request: asks(MORE, {
          tools: [...TOOLS, { type: 'function', name: 'late', parameters: {} }],
        }),
        answer: says('Done.', { input: 6300, cached: 0 }),
      },
    ]),
  },
  {
    title: 'cache-break: the instructions tell the time',
    injected: 'cache-break',
    record: speaks('cache-break', [
      first,
      second,
      {
        ...third,
        request: asks(MORE, { instructions: `It is 12:01. ${INSTRUCTIONS}` }),
        answer: says('Done.', { input: 6200, cached: 0 }),
      },
    ]),
  },
  {
    title: 'history-rewritten: an earlier output is another one',
    injected: 'history-rewritten',
    also: ['cache-break'],
    record: speaks('history-rewritten', [
      first,
      second,
      {
        ...third,
        request: asks([
          ...ASKED,
          ...called(1, 'read_file', { path: 'a.js' }, '[output left out]'),
          ...called(2, 'list_files', {}, 'a.js b.js'),
        ]),
        answer: says('Done.', { input: 6100, cached: 1024 }),
      },
    ]),
  },
  {
    title: 'token-jump: a file of 60,000 tokens',
    injected: 'token-jump',
    record: speaks('token-jump', [
      first,
      second,
      {
        request: asks([
          ...READ,
          ...called(2, 'read_file', { path: 'big.log' }, 'a line of a log\n'.repeat(15_000)),
        ]),
        answer: says('Long.', { input: 66_000, cached: 5888 }),
      },
    ]),
  },
  {
    title: 'token-jump: Messages',
    injected: 'token-jump',
    record: speaks('token-jump messages', [
      {
        path: '/messages',
        request: {
          model: 'c-1',
          max_tokens: 9,
          system: INSTRUCTIONS,
          messages: [{ role: 'user', content: 'Read it.' }],
        },
        answer: {
          id: 'm1',
          model: 'c-1',
          role: 'assistant',
          type: 'message',
          stop_reason: 'tool_use',
          content: [{ type: 'tool_use', id: 't1', name: 'read', input: {} }],
          usage: { input_tokens: 2000, output_tokens: 9 },
        },
      },
      {
        path: '/messages',
        request: {
          model: 'c-1',
          max_tokens: 9,
          system: INSTRUCTIONS,
          messages: [
            { role: 'user', content: 'Read it.' },
            {
              role: 'assistant',
              content: [{ type: 'tool_use', id: 't1', name: 'read', input: {} }],
            },
            {
              role: 'user',
              content: [
                { type: 'tool_result', tool_use_id: 't1', content: 'log\n'.repeat(60_000) },
              ],
            },
          ],
        },
        answer: {
          id: 'm2',
          model: 'c-1',
          role: 'assistant',
          type: 'message',
          stop_reason: 'end_turn',
          content: [{ type: 'text', text: 'Long.' }],
          usage: { input_tokens: 62_000, output_tokens: 9 },
        },
      },
    ]),
  },
  {
    title: 'compacted: what was dropped is read again',
    injected: 'compacted',
    record: speaks('compacted', [
      first,
      second,
      {
        request: asks([
          ...MORE,
          ...called(3, 'read_file', { path: 'b.js' }, 'x'.repeat(9_000)),
          ...called(4, 'read_file', { path: 'c.js' }, 'y'.repeat(9_000)),
        ]),
        answer: says('Full.', { input: 12_000, cached: 5888 }),
      },
      {
        request: asks([
          message('user', 'Summary of the work so far: files were read.'),
          message('user', 'Go on.'),
        ]),
        answer: says('Reading b.js.', { input: 6100, cached: 1024 }),
      },
      {
        request: asks([
          message('user', 'Summary of the work so far: files were read.'),
          message('user', 'Go on.'),
          ...called(5, 'read_file', { path: 'b.js' }, 'x'.repeat(9_000)),
        ]),
        answer: says('Done.', { input: 8_000, cached: 5888 }),
      },
    ]),
    also: ['cache-break'],
  },
]
