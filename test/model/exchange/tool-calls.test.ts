import { expect, test } from 'vitest'
import { toolWordOf } from '../../../packages/model/src/exchange/tool-calls.js'

const done = (item: object) => ({ type: 'response.output_item.done', item })
const added = (item: object) => ({ type: 'response.output_item.added', item })

const CALL = { type: 'function_call', call_id: 'c', name: 'ls', arguments: '{"a":1}' }
const SEARCH = { type: 'web_search_call', id: 'ws' }
const called = (call: object) => ({ kind: 'tool-called', callId: 'c', ...call })

test.each<[sentence: string, event: object, word: object | undefined]>([
  ['a function', done(CALL), called({ name: 'ls', input: '{"a":1}' })],
  [
    'a function in a namespace',
    done({ ...CALL, namespace: 'mcp__calc' }),
    called({ name: 'ls', namespace: 'mcp__calc', input: '{"a":1}' }),
  ],
  ['a function that is still being written', added(CALL), undefined],
  ['a function without a name', done({ ...CALL, name: 7 }), undefined],
  ['a function without a call', done({ ...CALL, call_id: '' }), undefined],
  [
    'a function without arguments',
    done({ ...CALL, arguments: null }),
    called({ name: 'ls', input: '' }),
  ],
  [
    'a tool that takes text',
    done({ type: 'custom_tool_call', call_id: 'c', name: 'apply_patch', input: '*** Begin' }),
    called({ name: 'apply_patch', input: '*** Begin' }),
  ],
  [
    'a command of the shell',
    done({ type: 'local_shell_call', call_id: 'c', action: { command: ['ls'] } }),
    called({ name: 'local_shell', input: '{"command":["ls"]}' }),
  ],
  [
    'a search that begins',
    added(SEARCH),
    { kind: 'tool-called', callId: 'ws', name: 'web_search', input: '{}', isHosted: true },
  ],
  [
    'a search that is done',
    done({ ...SEARCH, status: 'completed', action: { query: 'q' } }),
    { kind: 'hosted-tool-ended', callId: 'ws', status: 'completed', input: '{"query":"q"}' },
  ],
  [
    'a search that is done, and says nothing',
    done(SEARCH),
    { kind: 'hosted-tool-ended', callId: 'ws' },
  ],
  [
    'a tool of a server that the API calls',
    added({ type: 'mcp_call', id: 'm', server_label: 'calc', name: 'add' }),
    { kind: 'tool-called', callId: 'm', name: 'calc.add', input: '{}', isHosted: true },
  ],
  [
    'a tool of a server without a name',
    added({ type: 'mcp_call', id: 'm' }),
    { kind: 'tool-called', callId: 'm', name: 'mcp', input: '{}', isHosted: true },
  ],
  ['a message', done({ type: 'message', id: 'm' }), undefined],
  ['an item that is none', done([] as object), undefined],
  ['no item', { type: 'response.output_item.done', item: null }, undefined],
  ['text', { type: 'response.output_text.delta', delta: 'x' }, undefined],
])('%s is told as what it is', (_, event, word) => {
  expect(toolWordOf(event as Record<string, unknown>)).toEqual(word)
})
