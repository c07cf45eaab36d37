import { execCommand, type Spoken } from '../../scripted-model/index.js'
import { CHUNKED, chunk, eventsOf, head, LAST_CHUNK, SAYS_HELLO, SSE } from '../answers.js'
import type { Row } from '../row.js'
import { RESET, type Reply } from '../steps.js'

/** Turns of several requests, with tools, and with bodies of every size in both directions. */
export const turns: readonly Row[] = [
  row('a tool call', [says({ calls: [execCommand('echo one')] }), SAYS_HELLO]),
  row('five tool calls in turn', [
    ...[1, 2, 3, 4, 5].map((n) => says({ calls: [execCommand(`echo ${n}`)] }, `${n}`)),
    SAYS_HELLO,
  ]),
  row(
    'three tool calls at once',
    [says({ calls: [1, 2, 3].map((n) => execCommand(`echo ${n}`)) }), SAYS_HELLO],
    'the order in which tools end',
  ),
  row('a tool that fails', [says({ calls: [execCommand('exit 3')] }), SAYS_HELLO]),
  row('a tool that nobody has', [
    says({ calls: [{ name: 'no_such_tool', arguments: {} }] }),
    SAYS_HELLO,
  ]),
  row('a tool whose arguments are no JSON', [
    says({ calls: [{ name: 'exec_command', arguments: '{"cmd":' }] }),
    SAYS_HELLO,
  ]),
  row('a tool that makes a file', [
    says({ calls: [execCommand('echo made > made.txt; cat made.txt')] }),
    SAYS_HELLO,
  ]),
  row('a tool that says 1 MB', [
    says({
      calls: [
        execCommand('head -c 1000000 /dev/zero | tr "\\0" y', { max_output_tokens: 1_000_000 }),
      ],
    }),
    SAYS_HELLO,
  ]),
  row('a tool that says bytes that are no text', [
    says({ calls: [execCommand("printf '\\377\\376\\0x'")] }),
    SAYS_HELLO,
  ]),
  row('a tool that sees the environment of the agent', [
    says({ calls: [execCommand('env | cut -d= -f1 | sort')] }),
    SAYS_HELLO,
  ]),
  row('a tool that sees its descriptors', [
    says({ calls: [execCommand('ls /proc/self/fd | wc -l')] }),
    SAYS_HELLO,
  ]),
  row('a tool that sees its limits', [
    says({ calls: [execCommand('ulimit -a; umask; nice; pwd')] }),
    SAYS_HELLO,
  ]),
  row('a tool call, and a reset behind it', [says({ calls: [execCommand('echo one')] }), [RESET]]),
  row('reasoning and a text', [says({ reasoning: 'Let me think.', text: 'Hello.' })]),
  row('an answer that says nothing', [says({ deltas: 0 })]),
  row('an answer beyond ASCII', [says({ text: 'Grüße 🙂 \u202e \u0000 \ufeff', deltas: 5 })]),
  row('an answer that failed', [
    says({ text: 'So far.', failed: { code: 'server_error', message: 'It fell over.' } }),
  ]),
  row('an answer that failed for a rate limit', [
    says({ failed: { code: 'rate_limit_exceeded', message: 'Try again in 1s.' } }),
  ]),
  row('an answer that failed for its context', [
    says({ failed: { code: 'context_length_exceeded', message: 'Too long.' } }),
  ]),
  ...[1000, 65_536, 1 << 20, 4 << 20].map((bytes) =>
    row(`an answer of ${bytes} bytes`, [says({ textBytes: bytes })]),
  ),
  row('an answer of 1 MB in one event', [says({ textBytes: 1 << 20, deltas: 1 })]),
  row('an answer of 2000 events', [says({ textBytes: 20_000, deltas: 2000 })]),
  row('an event that nobody knows', [
    events('event: odd\ndata: {"type":"response.odd"}\n\n', ...eventsOf({ text: 'Hello.' })),
  ]),
  row('events without names', [
    events(...eventsOf({ text: 'Hello.' }).map((event) => event.replace(/^event: .*\n/, ''))),
  ]),
  row('events with CRLF', [
    events(...eventsOf({ text: 'Hello.' }).map((event) => event.replaceAll('\n', '\r\n'))),
  ]),
  row('events with a byte order mark', [events('\ufeff', ...eventsOf({ text: 'Hello.' }))]),
  row('events with ids and comments', [
    events(': hello\nid: 1\nretry: 5\n\n', ...eventsOf({ text: 'Hello.' })),
  ]),
  row('an event without JSON', [
    events('event: response.created\ndata: {"type":\n\n', ...eventsOf({ text: 'Hello.' })),
  ]),
  row('an event in the middle of which the body ends', [
    events(
      ...eventsOf({ text: 'Hello.' }).slice(0, 3),
      'event: response.output_text.delta\ndata: {"ty',
    ),
  ]),
  row('[DONE] at its end', [events(...eventsOf({ text: 'Hello.' }), 'data: [DONE]\n\n')]),
  row('more behind its end', [
    events(...eventsOf({ text: 'Hello.' }), ...eventsOf({ text: 'Again.' })),
  ]),
  row('an answer that is HTML', [
    [head('200 OK', 'content-type: text/html', 'content-length: 14'), '<h1>Hello</h1>'],
  ]),
  asked('of 100 KB', 'x'.repeat(100_000), ''),
  asked('from standard input', '-', 'What is on standard input'),
  asked('of 900 KB from standard input', '-', `${'y'.repeat(900_000)}\n`),
  asked('with more from standard input', 'Read on', 'more\n'),
  asked('beyond ASCII', 'Grüße 🙂 "\\"\n\t', ''),
  ...[
    ['--json'],
    ['--json', '--ephemeral'],
    ['--color', 'always'],
    ['-c', 'model_reasoning_effort="high"'],
    ['-m', 'gpt-5.4'],
    ['-m', 'a-model-that-nobody-has'],
    ['--output-last-message', '/dev/null'],
    ['-C', '/tmp'],
    ['--no-such-option'],
  ].map(
    (args): Row => ({
      ...row(`a tool call, with ${args.join(' ')}`, [
        says({ calls: [execCommand('echo one')] }),
        SAYS_HELLO,
      ]),
      args,
    }),
  ),
  {
    ...row('a tool call, with more words in its log', [
      says({ calls: [execCommand('echo one')] }),
      SAYS_HELLO,
    ]),
    environment: () => ({ RUST_LOG: 'error,codex_core=warn' }),
    notCompared: [{ what: 'stderr', reason: 'what it warns of is luck, alone too' }],
  },
]

function row(what: string, replies: readonly Reply[], reason?: string): Row {
  return {
    title: `the turn has ${what}`,
    upstream: { replies },
    ...(reason !== undefined && { notCompared: [{ what: 'stderr' as const, reason }] }),
  }
}

function asked(what: string, prompt: string, stdin: string): Row {
  return { ...row(`a question ${what}`, [SAYS_HELLO]), prompt, stdin }
}

function says(spoken: Spoken, key = '1'): Reply {
  return events(...eventsOf(spoken, key))
}

function events(...texts: string[]): Reply {
  return [
    Buffer.concat([
      Buffer.from(head('200 OK', SSE, CHUNKED)),
      ...texts.map(chunk),
      Buffer.from(LAST_CHUNK),
    ]),
  ]
}
