import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually } from '../../host/index.js'
import type { ToolCall } from '../../scripted-model/index.js'
import { askingMcpServer } from '../asking-mcp-server.js'
import { claudePlace } from './place.js'
import { say } from './say.js'

const bash = (command: string): ToolCall => ({ name: 'Bash', arguments: { command } })

const ASKED = 'Do you want to proceed?'

type Rows = Record<string, unknown>[]

// `npm run soak` runs these.
describe.skipIf(!isSoak)('in the TUI', () => {
  test('each question about several calls of one answer is about its own call', async () => {
    const look = { name: 'Read', arguments: { file_path: '.claude.json' } }
    const calls = [look, bash('mkfifo q1'), bash('mkfifo q2'), bash('mkfifo q3')]
    await using place = await claudePlace([{ calls }])
    await using terminal = await place.tui('Make pipes')
    const asks = (name: string) =>
      terminal.showing(new RegExp(`^ mkfifo ${name}$[^]*${ASKED.replace('?', '\\?')}`, 'm'))
    await asks('q1')
    await terminal.answer('1', ' mkfifo q1\n')
    await asks('q2')
    await terminal.answer('1', ' mkfifo q2\n')
    await asks('q3')
    await terminal.answer('Escape', ASKED)
    await terminal.showing('What should Claude do instead?')
    await eventually(() =>
      expect(place.session().text('session_events.log')).toContain('user_reject'),
    )
    await say(terminal, '/exit')
    await terminal.ended()

    const approvals = await place.said<Rows>('approvals')
    expect(approvals).toMatchObject([
      { what: 'mkfifo q1', callId: 'call_1_1', outcome: 'allowed' },
      { what: 'mkfifo q2', callId: 'call_1_2', outcome: 'allowed' },
      { what: 'mkfifo q3', callId: 'call_1_3', outcome: 'cancelled' },
    ])
    const { tools } = await place.said<{ tools: Rows }>('show')
    expect(tools.filter(({ name }) => name === 'Bash')).toMatchObject([
      { command: 'mkfifo q1', outcome: 'completed' },
      { command: 'mkfifo q2', outcome: 'completed' },
      { command: 'mkfifo q3', outcome: 'declined' },
    ])
  })

  test('what an MCP server asks is recorded with the answer, without what was filled in', async () => {
    await using place = await claudePlace([
      { calls: [{ name: 'mcp__deploy__publish', arguments: {} }] },
      { text: 'It is done.' },
    ])
    const [command, ...args] = askingMcpServer(place.home.root)
    const servers = JSON.stringify({ mcpServers: { deploy: { command, args } } })
    const words = ['--mcp-config', servers, '--strict-mcp-config']
    const rules = ['--allowedTools', 'mcp__deploy__publish']
    await using terminal = await place.tui(...words, ...rules, '--', 'Publish')
    await terminal.showing('To which stage?')
    await eventually(() =>
      expect(place.session().started.map(({ name }) => name)).toContain('approval mcp-elicitation'),
    )
    await terminal.answer('Escape', 'To which stage?')
    await terminal.showing(/It is done\.|interrupted/)
    await say(terminal, '/exit')
    await terminal.ended()
    expect(await place.said<Rows>('approvals')).toMatchObject([
      {
        kind: 'mcp-elicitation',
        what: 'deploy: To which stage?',
        offered: ['accept', 'decline', 'cancel'],
        outcome: 'cancelled',
        decision: 'cancel',
        decidedBy: 'user',
      },
    ])
  })
})
