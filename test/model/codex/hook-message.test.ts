import { expect, test } from 'vitest'
import {
  type HookTool,
  hookQuestionOf,
  hookToolFacts,
  isAbout,
} from '../../../packages/model/src/codex/hook-message.js'
import { replyTo } from '../../../packages/model/src/codex/user-input.js'

const PATCH = '*** Begin Patch\n*** Update File: a b.txt\n*** Move to: /c.txt\n*** Delete File: d\n'

for (const [name, input, question] of [
  [
    'Bash',
    { command: 'ls', description: 'Why not?' },
    { kind: 'command', what: 'ls', reason: 'Why not?' },
  ],
  [
    'apply_patch',
    { command: PATCH },
    {
      kind: 'file-change',
      what: '/work/a b.txt, /c.txt, /work/d',
      files: ['/work/a b.txt', '/c.txt', '/work/d'],
    },
  ],
  ['mcp__a_b__c__d', { x: 1 }, { kind: 'mcp-elicitation', what: 'a_b: c__d' }],
  ['request_permissions', { x: 1 }, { kind: 'permissions', what: '{"x":1}' }],
  ['Bash', {}, { kind: 'command', what: '' }],
] as const) {
  test(`before ${name} ${JSON.stringify(input)} it is asked for ${question.kind}`, () => {
    expect(hookQuestionOf(tool(name, input), '/work')).toEqual({ reason: undefined, ...question })
  })
}

test('a tool is called as the model calls it, and nothing of its contents is told', () => {
  expect(hookToolFacts(tool('Bash', { command: 'ls' }))).toEqual({
    name: 'exec_command',
    command: 'ls',
  })
  expect(hookToolFacts(tool('mcp__s__t', { secret: 1 }))).toEqual({ name: 's.t', mcpServer: 's' })
  expect(hookToolFacts(tool('update_plan', { secret: 1 }))).toEqual({ name: 'update_plan' })
  const facts = hookToolFacts(tool('apply_patch', { command: `${PATCH}+secret` }))
  expect(JSON.stringify(facts)).not.toMatch(/secret/)
})

for (const [question, call, is] of [
  [tool('Bash', { command: 'a', description: 'why' }), tool('Bash', { command: 'a' }), true],
  [tool('Bash', { command: 'a' }), tool('Bash', { command: 'b' }), false],
  [tool('apply_patch', { command: 'P' }), tool('Bash', { command: '<<EOF\nP\nEOF' }), true],
  [tool('apply_patch', { command: 'P' }), tool('Bash', { command: 'p' }), false],
  [tool('Bash', { command: 'P' }), tool('apply_patch', { command: 'P' }), false],
  [tool('mcp__s__t', { a: 1 }), tool('mcp__s__t', { a: 1 }), true],
  [tool('mcp__s__t', { a: 1 }), tool('mcp__s__t', { a: 2 }), false],
  [tool('mcp__s__t', { a: 1 }), tool('mcp__s__u', { a: 1 }), false],
] as const) {
  const words = ({ name, input }: HookTool) => `${name} ${JSON.stringify(input)}`
  test(`${words(question)} is ${is ? '' : 'not '}about ${words(call)}`, () => {
    expect(isAbout(question, call)).toBe(is)
  })
}

for (const [output, reply] of [
  ['{"answers":{"p":{"answers":["3000"]}}}', 'answered'],
  ['{"answers":{"p":{"answers":[]}}}', 'unanswered'],
  ['{"answers":{"p":{"answers":["a long', 'answered'],
  ['request_user_input is unavailable in Default mode', undefined],
  ['{}', undefined],
  ['', undefined],
] as const) {
  test(`${output || 'nothing'} tells that the user was ${reply ?? 'not asked'}`, () => {
    expect(replyTo(output)).toBe(reply)
  })
}

function tool(name: string, input: Record<string, unknown>): HookTool {
  return { name, input, callId: undefined, output: '' }
}
