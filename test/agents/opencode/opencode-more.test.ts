import { readdirSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { eventually, run, tachoCommand } from '../../host/index.js'
import type { ModelRequest, Step } from '../../scripted-model/index.js'
import { masked } from './masked.js'
import { opencodePlace } from './place.js'
import { processesIn } from './processes.js'
import { PATIENCE, settledScreen } from './settled-screen.js'

const ASKS = { config: { permission: { bash: 'ask' } } }
const QUESTION = 'Permission required'
const asked = {
  calls: [{ name: 'bash', arguments: { command: 'mkfifo one', description: 'Makes it' } }],
}
const asking: Step = asked

type Thread = { kind: string }

test('an opencode that is not installed is named; one that refuses our options ends as it does', async () => {
  await using place = await opencodePlace([])
  const program = join(place.root, 'opencode')
  writeFileSync(program, '#!/bin/sh\necho "Unknown: $1" >&2\nexit 3\n', { mode: 0o755 })
  for (const [own, exitCode, words] of [
    [{ TACHO_OPENCODE: '', PATH: '/nowhere' }, 127, 'npm install -g opencode-ai'],
    [{ TACHO_OPENCODE: program }, 3, 'Unknown: run\n'],
  ] as const) {
    const options = { ...place.own, env: { ...place.own.env, ...own } }
    const args = ['opencode', 'run', '--persist-session', 'Say hi']
    const ended = await run(tachoCommand, args, options)
    expect(ended.exitCode).toBe(exitCode)
    expect(ended.stderr.toString()).toContain(words)
  }
})

/** A TUI that has sent its model nothing for as long as a busy machine takes. */
class NeverAsked extends Error {
  override readonly name = 'NeverAsked'
}

// Each takes some seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak)('opencode', () => {
  test('off, it prints and ends as it does alone, and leaves nothing of ours behind', async () => {
    await using place = await opencodePlace([{ text: 'Hello.' }])
    const alone = await place.alone('run', 'Say hi')
    const tree = filesOf(place.home)
    const ended = await place.tacho('opencode', 'run', 'Say hi')
    expect(ended).toEqual(alone)
    expect(filesOf(place.home)).toEqual(tree)
  })

  test('its TUI shows and asks its model the same with Tacho as without', async () => {
    const script = [asking, { text: 'It is made.' }]
    const run = async (which: 'plainTui' | 'tui') => {
      await using place = await opencodePlace(script, ASKS)
      await using terminal = await place[which]('--prompt', 'Make one')
      const screens: string[] = []
      const look = async (text: string) => {
        const screen = settledScreen(terminal, text, place.root).catch((cause) => {
          const { length } = place.model.exchanges
          if (length === 0) throw new NeverAsked(which)
          throw new Error(`${which}: no "${text}" after ${length} requests`, { cause })
        })
        screens.push(await screen)
      }
      await look(QUESTION)
      await terminal.answer('Enter', QUESTION)
      await look('It is made.')
      terminal.press('C-c')
      const { exitCode } = await terminal.ended()
      const requests = place.model.exchanges
        .filter(({ number }) => number !== undefined)
        .map(({ requestBody }) => masked(requestBody.toString(), place.root))
      return { screens, exitCode, requests }
    }
    // Beside other programs, its TUI sometimes waits for ever and asks its model nothing, also alone.
    const runs = (['plainTui', 'tui'] as const).map((which) =>
      run(which).catch((cause) => {
        if (cause instanceof NeverAsked) return run(which)
        throw cause
      }),
    )
    const [alone, recorded] = await Promise.all(runs)
    expect(recorded).toEqual(alone)
  }, 420_000)

  test('a sub-agent is a thread of the session that it works for, and a resume a run of it', async () => {
    await using place = await opencodePlace(({ body }: ModelRequest) => {
      const said = JSON.stringify(body.messages)
      if (said.includes('"role":"tool"')) return { text: 'All is done.' }
      if (said.includes('"SUBTASK')) return { text: 'The part is done.' }
      const task = { description: 'A part', prompt: 'SUBTASK', subagent_type: 'general' }
      return { calls: [{ name: 'task', arguments: task }] }
    })
    const ended = await place.tacho('opencode', 'run', '--persist-session', 'Do it')
    expect(ended.stdout.toString()).toContain('All is done.')
    const { id } = place.session()
    const { threads, exchanges } = await place.told('show', 'last')
    expect(threads.map(({ kind }: Thread) => kind).sort()).toEqual(['sub-agent', 'title', 'user'])
    expect(exchanges).toHaveLength(4)

    await place.tacho('opencode', 'run', '--persist-session', '-s', id, 'And again')
    expect(place.session().manifest.runs).toHaveLength(2)
  }, 300_000)

  test('`opencode run` asks nobody: what it would ask about is refused, and that is no approval', async () => {
    const isRefused = (body: object) => JSON.stringify(body).includes('"role":"tool"')
    const says = ({ body }: ModelRequest) => (isRefused(body) ? { text: 'Then not.' } : asked)
    await using place = await opencodePlace(says, ASKS)
    const alone = await place.alone('run', 'Make one')
    const ended = await place.tacho('opencode', 'run', '--persist-session', 'Make one')
    expect({ ...ended, stdout: '' }).toEqual({ ...alone, stdout: '' })
    expect(await place.told('approvals', 'last')).toEqual([])
    const { tools } = await place.told('show', 'last')
    expect(tools).toMatchObject([{ command: 'mkfifo one', outcome: 'unknown' }])
  })

  test('an error of the API is told, and opencode ends as it does alone', async () => {
    const script = [{ status: 400, body: '{"error":{"message":"No.","code":"bad_request"}}' }]
    await using place = await opencodePlace(script)
    const alone = await place.alone('run', 'Do it')
    const ended = await place.tacho('opencode', 'run', '--persist-session', 'Do it')
    expect(ended).toEqual(alone)
    const { exchanges } = await place.told('show', 'last')
    expect(exchanges).toContainEqual(expect.objectContaining({ status: 400, outcome: 'failed' }))
  }, 300_000)

  test('a question that is open at kill -9 stands there open', async () => {
    await using place = await opencodePlace([asking], ASKS)
    await using terminal = await place.tui('--prompt', 'Make one')
    await eventually(() => expect(terminal.screen).toContain(QUESTION), PATIENCE)
    await eventually(() => {
      const asked = place.session().started.filter(({ name }) => name.startsWith('approval'))
      expect(asked).toHaveLength(1)
    }, PATIENCE)
    for (const pid of processesIn(place.home)) process.kill(pid, 'SIGKILL')
    await terminal.ended()
    const { session } = await place.told('show', 'last')
    expect(session.ended).toBe('died')
    const [approval] = await place.told('approvals', 'last')
    expect(approval).toMatchObject({ what: 'mkfifo one', decision: null })
  }, 300_000)

  test('a no after which the turn goes on denies, and stops nothing', async () => {
    const config = { ...ASKS.config, experimental: { continue_loop_on_deny: true } }
    await using place = await opencodePlace([asking, { text: 'Then not.' }], { config })
    await using terminal = await place.tui('--prompt', 'Make one')
    await eventually(() => expect(terminal.screen).toContain(QUESTION), PATIENCE)
    await terminal.answer('Escape', QUESTION)
    await settledScreen(terminal, 'Then not.', place.root)
    terminal.press('C-c')
    await terminal.ended()
    expect(await place.told('approvals', 'last')).toMatchObject([
      { what: 'mkfifo one', decision: 'reject', outcome: 'denied', decidedBy: 'user' },
    ])
    expect(await place.told('cancellations', 'last')).toEqual([])
    const { turns, tools } = await place.told('show', 'last')
    expect(turns).toMatchObject([{ outcome: 'completed' }])
    expect(tools).toMatchObject([{ command: 'mkfifo one', outcome: 'declined' }])
  }, 300_000)

  test('"always" is told as such, a rule asks nobody, and a compaction is marked', async () => {
    const script = [asking, { text: 'It is made.' }, asking, { text: 'Once more.' }]
    await using place = await opencodePlace([...script, { text: 'The summary.' }], ASKS)
    await using terminal = await place.tui('--prompt', 'Make one')
    const look = (text: string) => settledScreen(terminal, text, place.root)
    await look(QUESTION)
    terminal.press('Right')
    await terminal.answer('Enter', 'Allow once')
    await look('Always allow')
    await terminal.answer('Enter', 'Always allow')
    await look('It is made.')
    for (const [words, answer] of [
      ['Make one more', 'Once more.'],
      ['/compact', 'The summary.'],
    ] as const) {
      terminal.type(words)
      await look(words)
      terminal.press('Enter')
      await look(answer)
    }
    terminal.press('C-c')
    await terminal.ended()
    expect(await place.told('approvals', 'last')).toMatchObject([
      { what: 'mkfifo one', decision: 'always', outcome: 'allowed-for-session' },
    ])
    const { exchanges } = await place.told('show', 'last')
    const compactions = exchanges.filter(
      ({ requestKind }: { requestKind: string | null }) => requestKind === 'compaction',
    )
    expect(compactions).toHaveLength(1)
  }, 400_000)

  test('a port that the user chooses stays, and is open to others as before', async () => {
    await using place = await opencodePlace([asking, { text: 'It is made.' }], ASKS)
    const port = await freePort()
    await using terminal = await place.tui('--port', String(port), '--prompt', 'Make one')
    await eventually(() => expect(terminal.screen).toContain(QUESTION), PATIENCE)
    const answer = await fetch(`http://127.0.0.1:${port}/session`)
    expect(answer.status).toBe(200)
    await terminal.answer('Enter', QUESTION)
    await settledScreen(terminal, 'It is made.', place.root)
    terminal.press('C-c')
    await terminal.ended()
    expect(await place.told('approvals', 'last')).toMatchObject([{ outcome: 'allowed' }])
  }, 300_000)

  test('whose port another program has is not told its password, and does as it does alone', async () => {
    const told: string[] = []
    await using other = await otherServer((authorization) => told.push(authorization))
    const environment = { OPENCODE_SERVER_PASSWORD: 'a-made-up-password' }
    await using place = await opencodePlace([{ text: 'Hello.' }], { environment })
    await using terminal = await place.tui('--port', String(other.port), '--prompt', 'Say hello')
    const isLogged = () => expect(place.sessions()[0]?.log).toContain('another program listens on')
    await eventually(isLogged, PATIENCE)
    for (const pid of processesIn(place.home)) process.kill(pid, 'SIGKILL')
    await terminal.ended()
    expect(told).toEqual([])
  }, 300_000)
})

async function otherServer(onAsked: (authorization: string) => void) {
  const server = createHttpServer(({ headers }, response) => {
    onAsked(headers.authorization ?? 'nothing')
    response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      const port = typeof address === 'object' && address !== null ? address.port : 0
      server.close(() => resolve(port))
    })
  })
}

/** Without what differs between runs: its log's name. */
function filesOf(home: string): string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((name) => !/\.log$|opencode\.db-/.test(name))
    .sort()
}
