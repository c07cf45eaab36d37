import { benchAppend } from './append.js'
import { benchBodyCodec } from './body-codec.js'
import { benchCodexExec } from './codex-exec.js'
import { benchDisk } from './disk.js'
import { benchExport } from './export.js'
import { benchHooks } from './hooks.js'
import { benchHttpTap } from './http-tap/index.js'
import { benchAcpTap, benchJsonRpcTap } from './json-rpc-tap.js'
import { benchLive } from './live.js'
import { benchOff } from './off.js'
import { benchQuestions } from './questions.js'
import { benchReading } from './reading/index.js'
import { benchReduce } from './reduce/index.js'
import { benchRegister } from './register/index.js'
import { printRows, type Row } from './row.js'
import { benchScrub } from './scrub.js'
import { benchViewer } from './viewer/index.js'

const BENCHES: Record<string, [title: string, bench: () => Promise<Row[]>]> = {
  'http-tap': ['HTTP tap: 40 KB request, 200 events; 64 MiB answer', benchHttpTap],
  'codex-exec': ['A whole codex exec with one request', benchCodexExec],
  hooks: ['A tool call of Claude Code', benchHooks],
  'json-rpc-tap': ['JSON-RPC tap: 100,000 notifications', benchJsonRpcTap],
  'acp-tap': ['ACP tap: 100,000 pieces of text', benchAcpTap],
  scrub: ['Scrubbing: milliseconds of processor a megabyte, 200 known values', benchScrub],
  'body-codec': ['Request bodies as copies and what is new', benchBodyCodec],
  disk: ['What a session of 300 growing requests takes', benchDisk],
  append: ['A record to disk; a sealed session', benchAppend],
  reduce: ['Events and exchanges to spans: a session of 10,000 exchanges', benchReduce],
  live: ['Sent out while it happens', benchLive],
  export: ['tacho export otlp: 100,000 spans into the real Collector', benchExport],
  questions: ['Questions over many sessions: grep, SQL', benchQuestions],
  reading: ['Reading back: 10,000 sessions; one of 7,000 exchanges', benchReading],
  viewer: ['The page in Chromium: a session of 7,000 exchanges', benchViewer],
  register: ['A Node program with tacho/register', benchRegister],
  off: ['An agent under tacho, without recording', benchOff],
}

// Node 20 parses these certificates at each start, which takes twice as long as everything else that
// it does then: a property of the machine, which would be counted as ours.
delete process.env.NODE_EXTRA_CA_CERTS

// `npm run bench` runs all of them; `npm run bench -- off` one.
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(BENCHES)) {
  const found = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined
  if (found === undefined) {
    process.stderr.write(
      `There is no bench ${name}. There are: ${Object.keys(BENCHES).join(', ')}.\n`,
    )
    process.exitCode = 2
    break
  }
  const [title, bench] = found
  printRows(title, await bench())
}
