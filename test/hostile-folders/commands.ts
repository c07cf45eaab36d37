import { ROUTES } from '@tacho/viewer'

const IN_PATH: Record<string, string> = { list: 'messages', message: '0', otherNumber: '3' }

/**
 * Every command that reads a session: `ID` stands for the session, `OUT` for a new folder. `mcp` is
 * followed by a question and its arguments, `view` by a path of the page's server.
 */
export const READING_COMMANDS: readonly string[][] = [
  ['ls'],
  ['ls', '--json'],
  ['show', 'ID'],
  ['show', 'ID', '--json'],
  ['show', 'last'],
  ['explain', 'ID'],
  ['explain', 'ID', '--json'],
  ['log', 'ID'],
  ['path', 'ID'],
  ['messages', 'ID'],
  ['messages', 'ID', '3', '--all'],
  ['messages', 'ID', '--json'],
  ['diff', 'ID', '1', '2'],
  ['diff', 'ID', '1', '3', '--json'],
  ['diff', 'ID', 'ID'],
  ['context', 'ID'],
  ['context', 'ID', '--all', '--json'],
  ['cache', 'ID'],
  ['cache', 'ID', '--json'],
  ['approvals', 'ID'],
  ['approvals', '--all'],
  ['cancellations', 'ID'],
  ['stats', 'ID'],
  ['stats', '--all', '--json'],
  ['grep', 'no such words', 'ID'],
  ['grep', '-i', '(wh|n)o (such|is)?'],
  ['grep', '-F', 'x', 'ID', '--json'],
  ['sql', 'select count(*), max(strlen(one::varchar)) from exchanges one'],
  ['sql', 'select count(*), max(strlen(one::varchar)) from chunks one'],
  ['sql', 'select count(*), max(strlen(one::varchar)) from spans one'],
  ['raw', 'ID', '1'],
  ['raw', 'ID', '3', '--request'],
  ['raw', 'ID', '1', '--response'],
  ['raw', 'ID', '1', '--chunks'],
  ['raw', 'ID', '1', '--input'],
  ['verify', 'ID'],
  ['doctor'],
  ['export', 'har', 'ID', '-o', 'OUT/x.har'],
  ['export', 'perfetto', 'ID', '-o', 'OUT/x.json'],
  ['export', 'parquet', 'ID', '-o', 'OUT/parquet'],
  ['export', 'html', 'ID', '-o', 'OUT/x.html'],
  ['export', 'share', 'ID', '-o', 'OUT/x.zip'],
  ['rebuild', 'ID', '--to', 'OUT/rebuilt'],
  ['salvage', 'ID', '--to', 'OUT/salvaged'],
  ['scrub', 'ID', '--dry-run'],
  ['prune', '--older-than', '1d', '--dry-run'],
  ...(
    [
      ['list_sessions', {}],
      ['show_session', {}],
      ['explain_session', {}],
      ['read_messages', {}],
      ['diff_requests', { exchange: 1, other: 3 }],
      ['diff_sessions', { other: 'last' }],
      ['read_context', {}],
      ['explain_cache', {}],
      ['read_stats', {}],
      ['list_approvals', {}],
      ['list_cancellations', {}],
      ['grep', { pattern: 'no such words' }],
    ] as const
  ).map(([question, given]) => ['mcp', question, JSON.stringify(given)]),
  ...ROUTES.filter(({ needsToken }) => needsToken).map(({ path }) => [
    'view',
    path
      .replace(/:(session|otherSession)/g, 'ID')
      .replace(/:(list|message|number|otherNumber)/g, (_, name: string) => IN_PATH[name] ?? '1'),
  ]),
]

/** Those that change the session: each gets a folder of its own. */
export const CHANGING_COMMANDS: readonly string[][] = [
  ['seal', 'ID'],
  ['scrub', 'ID'],
  ['rm', 'ID'],
  ['export', 'otlp', 'ID', '--endpoint', 'COLLECTOR'],
]

/** Those that open no session, besides those that run an agent. */
export const READS_NO_SESSION = ['shim', 'completion', 'help']
