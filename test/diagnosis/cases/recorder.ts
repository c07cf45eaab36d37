import { execFileSync } from 'node:child_process'
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXEC, workplace } from '../../agents/workplace.js'
import { repositoryRoot } from '../../host/index.js'
import { execCommand } from '../../scripted-model/index.js'
import { type DiagnosisCase, type Explained, exec, explained, FEW_TRIES } from '../case.js'

const WORKS = { text: 'Looking.', calls: [execCommand('echo one')] }
const DONE = { text: 'Done.' }

export const RECORDER_CASES: readonly DiagnosisCase[] = [
  {
    title: 'records-lost: a byte of the raw log is another one',
    injected: 'records-lost',
    record: exec('records-lost', [WORKS, DONE], {
      isDamaged: true,
      after: async (place) => {
        const path = join(place.session().folder, 'session_oai_raw.log')
        const bytes = readFileSync(path)
        const at = bytes.indexOf('"kind":"chunk"')
        bytes[at + 60] = 0x21
        writeFileSync(path, bytes)
      },
    }),
  },
  {
    title: 'records-lost: a gap tells of it',
    injected: 'records-lost',
    record: exec('records-lost gap', [WORKS, DONE], {
      after: async (place) => {
        const gap = {
          kind: 'gap',
          time: new Date().toISOString().replace('Z', '000Z'),
          since: new Date().toISOString().replace('Z', '000Z'),
          lost: { chunk: 3 },
          bytes: 700,
          reason: 'EIO',
        }
        appendFileSync(
          join(place.session().folder, 'session_oai_raw.log'),
          `${JSON.stringify(gap)}\n`,
        )
      },
    }),
  },
  {
    title: 'not-delivered: nobody listens at the endpoint',
    injected: 'not-delivered',
    record: exec('not-delivered', [WORKS, DONE], {
      environment: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' },
    }),
  },
  {
    title: 'clock-jump: the machine sleeps for an hour in the middle',
    injected: 'clock-jump',
    record: asleep,
  },
]

async function asleep(): Promise<Explained> {
  await using place = await workplace([{ ...WORKS, holdAfter: 3 }, DONE], {
    providerSettings: FEW_TRIES,
  })
  const shim = join(place.home.root, 'clock-ahead.so')
  const source = join(repositoryRoot, 'test/fixtures/clock-ahead.c')
  execFileSync('gcc', ['-shared', '-fPIC', '-o', shim, source, '-ldl'])
  const slept = join(place.home.root, 'slept')
  const env = {
    ...place.environment,
    LD_PRELOAD: shim,
    CLOCK_AHEAD_FILE: slept,
    CLOCK_AHEAD_SECONDS: '3600',
  }
  const args = ['codex', ...EXEC, '--persist-session', 'Do it.']
  await using tacho = place.startTacho(args, { env, stdin: '' })
  await place.model.responseSent(1, 3)
  writeFileSync(slept, '')
  place.model.release()
  await tacho.ended
  return await explained(place, 'clock-jump')
}
