import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { execCommand, type Script } from '../scripted-model/index.js'
import { AppServerClient } from './app-server-client.js'
import { documentedFields, namesOfMembers } from './documented-fields.js'
import { EXEC, type Workplace, workplace } from './workplace.js'

// Two sessions of the real Codex for all tests of this file, with the same task: they part when the
// second reads a different file. The first is resumed.
const SCRIPT: Script = [
  { reasoning: 'A file first.', text: 'Writing.', calls: [execCommand('echo one | tee one.txt')] },
  {
    text: 'Read.',
    calls: [execCommand('cat one.txt; ls missing.txt')],
    usage: { inputTokens: 9000, cachedInputTokens: 8192, outputTokens: 4 },
  },
  {
    text: 'Done: "façade" 😀',
    deltas: 3,
    usage: { inputTokens: 9200, cachedInputTokens: 8960, outputTokens: 40 },
  },
  {
    text: 'As before.',
    calls: [execCommand('wc -c one.txt')],
    usage: { inputTokens: 9300, cachedInputTokens: 0, outputTokens: 5 },
  },
  { text: 'Four bytes.', usage: { inputTokens: 9400, cachedInputTokens: 9216, outputTokens: 4 } },
  { text: 'To it.', calls: [execCommand('echo one | tee one.txt')] },
  { text: 'So I see.', calls: [execCommand('cat two.txt')] },
  { text: 'There is none.' },
]
const ASKED = 'Write a file, then read it'

let place: Workplace
let first: string
let second: string

beforeAll(async () => {
  place = await workplace(SCRIPT)
  const resume = ['exec', 'resume', '--last', ...EXEC.slice(1)]
  await place.tacho(['codex', ...EXEC, '--persist-session', ASKED])
  await place.tacho(['codex', ...resume, '--persist-session', 'How long is it?'])
  await place.tacho(['codex', ...EXEC, '--persist-session', ASKED])
  const ids = place.sessions().map(({ id }) => id)
  first = ids[0] ?? ''
  second = ids[1] ?? ''
})

afterAll(() => place[Symbol.asyncDispose]())

const run = async (...words: string[]) => {
  const { stdout, stderr, exitCode } = await place.tacho(words)
  expect([stderr.toString(), exitCode]).toEqual(['', 0])
  return stdout.toString()
}
const json = async (...words: string[]) => JSON.parse(await run(...words, '--json'))

describe('tacho messages', () => {
  test('prints what was new at an exchange in full, and what was there in one line each', async () => {
    const text = await run('messages', first, '3')
    expect(text).toContain('exchange 3, gpt-5.5 over Responses')
    expect(text).toMatch(/new +3 of \d+ messages, since exchange 2/)
    expect(text).toMatch(/^\+ +\d+ {2}tool\n.*result of exec_command\n[^+]*missing\.txt/m)
    expect(text).toMatch(/^ +\d+ {2}user {2}Write a file, then read it$/m)
    expect(text.trimEnd().endsWith('answer\n    Done: "façade" 😀')).toBe(true)
  })

  test('takes the last exchange where none is named', async () => {
    const told = await json('messages', first)
    expect(told).toMatchObject({ exchange: 5, previous: 4, api: 'responses', missing: [] })
    expect(told.answer.messages).toEqual([
      { role: 'assistant', parts: [{ type: 'text', text: 'Four bytes.' }] },
    ])
  })

  test('has of each message whether it is new, and of whole texts no less than the body', async () => {
    const told = await json('messages', first, '2')
    const roles = told.messages
      .filter(({ isNew }: { isNew: boolean }) => isNew)
      .map(({ role, parts }: { role: string; parts: { type: string }[] }) => [role, parts[0]?.type])
    expect(roles).toEqual([
      ['assistant', 'reasoning'],
      ['assistant', 'text'],
      ['assistant', 'tool_call'],
      ['tool', 'tool_call_response'],
    ])
    const body = JSON.parse(place.model.modelExchanges[1]?.requestBody.toString() ?? '')
    expect(told.messages).toHaveLength(body.input.length)
    expect(told.tools).toHaveLength(body.tools.length)
    expect(told.parameters.map(({ name }: { name: string }) => name)).toContain('prompt_cache_key')
  })
})

describe('tacho diff', () => {
  test('tells what changed since the request before', async () => {
    const told = await json('diff', first, '4')
    expect(told).toMatchObject({ before: 3, after: 4, isContinuation: true, first: null })
    const added = told.messages.filter(({ in: side }: { in: string }) => side === 'after')
    expect(added).toHaveLength(1)
    expect(added[0].messages.at(-1).parts).toEqual([{ type: 'text', text: 'How long is it?' }])
    expect(told.parameters).toMatchObject([{ kind: 'parameter', name: 'client_metadata' }])
  })

  test('tells the first byte that differs, and what it belongs to', async () => {
    const [one, two] = [2, 3].map((n) => place.model.modelExchanges[n - 1]?.requestBody)
    const { body } = await json('diff', first, '2', '3')
    expect([one?.length, two?.length]).toEqual([body.before, body.after])
    expect(one?.subarray(0, body.common).equals(two?.subarray(0, body.common) as Buffer)).toBe(true)
    expect(one?.[body.common]).not.toBe(two?.[body.common])
    expect(body.place[0]).toBe('input')
  })

  test('finds the first step at which two sessions part, prose set aside', async () => {
    const told = await json('diff', first, second)
    expect(told.parted).toMatchObject([
      { kind: 'call', name: 'exec_command', exchange: 3 },
      { kind: 'call', name: 'exec_command', exchange: 3 },
    ])
    expect(told.parted.map(({ text }: { text: string }) => JSON.parse(text).cmd)).toEqual([
      'cat one.txt; ls missing.txt',
      'cat two.txt',
    ])
    const text = await run('diff', first, second)
    expect(text).toContain(`${told.shared} steps are the same, prose set aside; then they part`)
  })

  test('a session parts from itself nowhere', async () => {
    expect(await run('diff', first, first)).toMatch(/^all \d+ steps are the same/)
  })
})

describe('tacho context', () => {
  test('lists the parts of a context, the largest first, with what the API counted', async () => {
    const told = await json('context', first, '2')
    expect(told).toMatchObject({ exchange: 2, toldTokens: 9000, shortened: [], missing: [] })
    const tokens = told.parts.map(
      ({ estimatedTokens }: { estimatedTokens: number }) => estimatedTokens,
    )
    expect(tokens).toEqual([...tokens].sort((one, other) => other - one))
    expect(Math.abs(told.estimatedTokens - 9000)).toBeLessThan(told.parts.length)
    expect(told.parts).toContainEqual(
      expect.objectContaining({ kind: 'tool-output', name: 'exec_command' }),
    )
    expect(await run('context', first, '2')).toMatch(/tool-definition +\d+ .*~/)
  })
})

describe('tacho cache', () => {
  test('tells of each request what came from the cache, and why not', async () => {
    const story = await json('cache', first)
    const told = story.map(({ exchange, cachedTokens, verdict, lostTokens }: never) => {
      return [exchange, cachedTokens, verdict, lostTokens]
    })
    expect(told).toEqual([
      [1, 0, 'first', null],
      [2, 8192, 'hit', null],
      [3, 8960, 'hit', null],
      [4, 0, 'missed', 9200],
      [5, 9216, 'hit', null],
    ])
    expect(await run('cache', first)).toContain('9.2k tokens were read anew')
  })
})

describe('tacho stats', () => {
  test('sums up turns, tools and models, over one session and over all', async () => {
    const one = await json('stats', first)
    expect(one.sessions[0].turns).toMatchObject([
      { kind: 'user', number: 1, exchanges: 3, waitingMs: 0 },
      { kind: 'user', number: 2, exchanges: 2, waitingMs: 0 },
    ])
    for (const { tookMs, modelMs, toolMs } of one.sessions[0].turns) {
      expect(modelMs).toBeGreaterThan(0)
      expect(tookMs).toBeGreaterThan(Math.max(modelMs, toolMs))
    }
    expect(one.tools).toMatchObject([{ name: 'exec_command', count: 3, failed: 1 }])
    expect(one.models).toMatchObject([{ asked: 'gpt-5.5', exchanges: 5, stalls: 0, cost: null }])
    const all = await json('stats', '--all')
    expect(all.sessions.map(({ id }: { id: string }) => id).sort()).toEqual([first, second].sort())
    expect(all.tools).toMatchObject([{ count: 5 }])
  })
})

describe('tacho grep', () => {
  const hits = async (...words: string[]) => {
    const lines = (await run('grep', ...words, '--json')).trim().split('\n')
    return lines.map((line) => JSON.parse(line))
  }

  test('finds a text over all sessions, each once where it was said first', async () => {
    const told = await hits('"façade" 😀', '--in', 'request,response')
    expect(told).toMatchObject([
      { session: first, in: 'response', exchange: 3, role: 'assistant', text: 'Done: "façade" 😀' },
    ])
    const asked = await hits(ASKED, '--in', 'request')
    expect(asked.map(({ session, exchange }) => [session, exchange]).sort()).toEqual([
      [first, 1],
      [second, 1],
    ])
  })

  test('finds what tools said, and who called them', async () => {
    const told = await hits('cannot access', first, '--in', 'request')
    expect(told).toMatchObject([
      { in: 'request', exchange: 3, role: 'tool', place: 'result of exec_command' },
    ])
    const called = await hits('wc -c', first, '--in', 'response')
    expect(called).toMatchObject([{ exchange: 4, place: 'tool_call exec_command' }])
  })
})

describe('tacho sql', () => {
  test('counts what the commands list', async () => {
    const told = await json(
      'sql',
      `select s.session_id as id, count(*) as exchanges,
         (select count(*) from tools t where t.session_id = s.session_id) as tools,
         (select count(*) from messages m where m.session_id = s.session_id
            and m.side = 'response' and m.type = 'text') as answers
       from sessions s join exchanges e using (session_id) group by 1 order by 2 desc`,
    )
    expect(told).toEqual([
      { id: first, exchanges: 5, tools: 3, answers: 5 },
      { id: second, exchanges: 3, tools: 2, answers: 3 },
    ])
  })
})

describe('tacho ls', () => {
  const ids = async (...words: string[]) =>
    (await json('ls', ...words)).map(({ id }: { id: string }) => id)

  test('has of each session what was asked for, how long it took, what it cost and how it ended', async () => {
    expect(await json('ls')).toMatchObject([
      { id: second, prompts: [ASKED], ended: 'completed', exchanges: { completed: 3 } },
      {
        ...{ id: first, prompts: [ASKED, 'How long is it?'], ended: 'completed', agent: 'codex' },
        ...{ cwd: place.home.cwd, errors: 0, approvals: 0, cancellations: 0 },
        usage: { inputTokens: expect.any(Number), cacheReadInputTokens: expect.any(Number) },
      },
    ])
    const [{ startedAt, endedAt, durationMs }] = await json('ls', 'long')
    expect(durationMs).toBeGreaterThan(0)
    expect(durationMs).toBeLessThanOrEqual(Date.parse(endedAt) - Date.parse(startedAt) + 1)
  })

  test('shows those that are asked for', async () => {
    const none = { exitCode: 0, stdout: '[]' }
    const [{ endedAt }] = await json('ls', 'long')
    for (const [words, found] of [
      [['-n', '1'], [second]],
      [['long is'], [first]],
      [
        ['--agent', 'codex'],
        [second, first],
      ],
      [
        ['--cwd', place.home.cwd],
        [second, first],
      ],
      [
        ['--since', '1h'],
        [second, first],
      ],
      [['--until', endedAt], [first]],
    ] as const) {
      expect([words, await ids(...words)]).toEqual([words, found])
    }
    for (const words of [
      ['--failed'],
      ['--running'],
      ['--agent', 'gemini'],
      ['--cwd', '/nowhere'],
      ['--until', '2020-01-01'],
      ['nothing like it'],
    ]) {
      const { stdout, exitCode } = await place.tacho(['ls', ...words, '--json'])
      expect([words, exitCode, stdout.toString().trim()]).toEqual([
        words,
        none.exitCode,
        none.stdout,
      ])
    }
  })
})

describe('a question about a part', () => {
  test('stats tells what it cost by a table of prices', async () => {
    const prices = join(place.home.root, 'prices.json')
    const table = { currency: 'USD', models: { 'gpt-5*': { input: 1, cachedInput: 0, output: 0 } } }
    writeFileSync(prices, JSON.stringify(table))
    const { currency, models } = await json('stats', first, '--prices', prices)
    expect(currency).toBe('USD')
    const { inputTokens, cacheReadInputTokens } = models[0].usage
    expect(models[0].cost).toBeCloseTo((inputTokens - cacheReadInputTokens) / 1e6, 9)
    expect(await run('stats', first, '--prices', prices)).toMatch(/█.*USD/)
  })

  test('grep looks in the log and the events, and from a time on', async () => {
    const logged = JSON.parse(
      (await run('grep', 'cannot access', first, '--in', 'log', '--json')).split('\n')[0] ?? '',
    )
    expect(logged).toMatchObject({ session: first, in: 'log', exchange: null })
    const events = await run('grep', 'run-started', '--in', 'events', '--since', '1h', '--json')
    expect(events.trim().split('\n')).toHaveLength(3)
    const { exitCode } = await place.tacho(['grep', 'run-started', '--since', '2100-01-01'])
    expect(exitCode).toBe(1)
  })

  test('sql reads all of its tables', async () => {
    const tables = ['sessions', 'exchanges', 'chunks', 'messages', 'tools', 'approvals']
    const counts = [...tables, 'cancellations', 'spans', 'logs'].map(
      (table) => `select '${table}' as name, count(*) > 0 as has from ${table}`,
    )
    const told: { name: string; has: boolean }[] = await json('sql', counts.join(' union all '))
    const empty = told.filter(({ has }) => !has).map(({ name }) => name)
    expect(empty.sort()).toEqual(['approvals', 'cancellations'])
    const csv = await run('sql', 'select name, count(*) n from tools group by 1', '--format', 'csv')
    expect(csv).toBe('name,n\r\nexec_command,5\r\n')
  })
})

test('tacho context tells what the real Codex dropped when it made a conversation shorter', async () => {
  await using shorter = await workplace(
    [
      { ...counts('seq 1 200'), usage: { inputTokens: 9_000, outputTokens: 50 } },
      { ...counts('echo two'), usage: { inputTokens: 12_000, outputTokens: 50 } },
      { text: 'Summary: it counted.', usage: { inputTokens: 900, outputTokens: 50 } },
      { text: 'Done.', usage: { inputTokens: 950, outputTokens: 5 } },
    ],
    { settings: 'model_auto_compact_token_limit = 11000' },
  )
  await shorter.tacho(['codex', ...EXEC, '--persist-session', 'Count'])
  const asked = async (...words: string[]) =>
    (await shorter.tacho(['context', 'last', ...words])).stdout.toString()
  const { exchange, shortened } = JSON.parse(await asked('--json'))
  expect(exchange).toBe(4)
  expect(shortened).toMatchObject([
    {
      before: { exchange: 2, toldTokens: 12_000 },
      after: { exchange: 4, toldTokens: 950 },
      compaction: { exchange: 3, by: 'auto' },
    },
  ])
  const { dropped, kept, added } = shortened[0].messages
  const [before, after] = [1, 3].map((index) => {
    const body = shorter.model.modelExchanges[index]?.requestBody.toString() ?? ''
    return JSON.parse(body).input.length
  })
  expect([kept + dropped, kept + added]).toEqual([before, after])
  const text = await asked()
  expect(text).toContain('compaction (auto) by exchange 3, between exchanges 2 and 4')
  expect(text).toMatch(/12\.0k tokens \(.*\) became 950 tokens/)
  expect(text).toMatch(/tool-output: \d+ B became 0 B/)
})

const counts = (command: string) => ({ text: 'Counting.', calls: [execCommand(command)] })

describe('--json of each command is what docs/cli.md says', () => {
  let asked: Workplace
  beforeAll(async () => {
    asked = await workplace([
      { text: 'Looking.', calls: [execCommand('echo one')] },
      { text: 'And.', calls: [execCommand('echo two')] },
      { text: 'Done.' },
      { text: 'one two three four', deltas: 4, holdAfter: 6 },
    ])
    await using tacho = asked.startTacho(['codex', 'app-server', '--persist-session'])
    const client = new AppServerClient(tacho)
    await client.startTurn(asked.home.cwd)
    for (const [index, decision] of ['accept', 'decline'].entries()) {
      const { id } = await client.commandQuestion(index + 1)
      client.say({ id: id ?? -1, result: { decision } })
    }
    await client.told('turn/completed')
    const turn = await client.nextTurn()
    await asked.model.responseSent(4, 6)
    await client.ask('turn/interrupt', turn)
    await client.told('turn/completed', 2)
    await client.hangUp()
  })
  afterAll(() => asked[Symbol.asyncDispose]())

  test('tacho approvals --all tells of each session what was asked in it, and who answered', async () => {
    const all = async (...words: string[]) =>
      (await asked.tacho(['approvals', '--all', ...words])).stdout.toString()
    const session = asked.sessions()[0]?.id
    expect(JSON.parse(await all('--json'))).toMatchObject([
      { session, agent: 'codex', what: expect.stringContaining('echo one'), outcome: 'allowed' },
      { session, agent: 'codex', what: expect.stringContaining('echo two'), outcome: 'denied' },
    ])
    const text = await all()
    expect(text).toMatch(/^session +agent +asked/)
    expect(text).toMatch(/ codex .*echo two' +denied +decline +user /)
    expect(text).toContain('\n2 approvals: 1 allowed, 1 denied\n')
  })

  const at = (command: string, ...words: string[]) => [command, 'last', ...words]
  for (const calls of [
    ...[[['ls']], [at('show')], [at('explain')], [at('messages', '2')], [at('context')]],
    ...[[at('cache')], [at('stats')], [at('approvals')], [at('cancellations')], [at('verify')]],
    ...[[at('diff', '2'), at('diff', 'last')], [['grep', 'echo', 'last']]],
  ]) {
    const command = calls[0]?.[0] ?? ''
    test(`tacho ${command}`, async () => {
      const values = await Promise.all(
        calls.map(async (words) => {
          const { stdout } = await asked.tacho([...words, '--json'])
          const text = stdout.toString().trim()
          return command === 'grep'
            ? text.split('\n').map((line) => JSON.parse(line))
            : JSON.parse(text)
        }),
      )
      const printed = namesOfMembers(values)
      const { named, known } = documentedFields(command)
      expect([...printed].filter((name) => !known.has(name))).toEqual([])
      expect(named.filter((name) => !printed.has(name))).toEqual([])
    })
  }
})
