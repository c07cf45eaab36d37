import { Recording, type RecordingOptions } from '@tacho/recorder'

export const SESSION_ID = '0199a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b'

/** Starts a recording as the launcher does. */
export function startRecording(root: string, more: Partial<RecordingOptions> = {}): Recording {
  return new Recording({
    root,
    agent: { name: 'codex' },
    command: 'exec',
    argv: ['exec', 'fix it'],
    cwd: '/home/ada',
    environment: {},
    logLevel: 'info',
    onTrouble: () => undefined,
    ...more,
  })
}

/** Records growing exchanges with a few chunks each, as an agent and its model would. */
export function recordExchanges(recording: Recording, count: number, sessionId = SESSION_ID): void {
  const conversation = { sessionId, threadId: sessionId, turnId: 'turn-1' }
  const items: string[] = []
  for (let number = 1; number <= count; number += 1) {
    const exchange = recording.exchange({
      method: 'POST',
      url: 'http://127.0.0.1:4000/v1/responses',
      headers: [['content-type', 'application/json']],
      provider: 'openai',
      conversation,
    })
    items.push(`item ${number}: ${'history '.repeat(8)}`)
    exchange.requestBytes(Buffer.from(JSON.stringify({ model: 'scripted', input: items })))
    exchange.requestEnd()
    exchange.responseHead(200, 'OK', [['content-type', 'text/event-stream']])
    for (const word of ['one', 'two', 'three']) {
      const event = { type: 'response.output_text.delta', delta: `${word} of ${number}` }
      exchange.responseBytes(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))
    }
    exchange.end({ state: 'completed' })
    const call = { call_id: `call_${number}`, tool_name: 'exec_command' }
    const decided = { decision: 'approved', source: 'Config' }
    recording.session(sessionId).event({
      kind: 'log-event',
      name: 'codex.tool_decision',
      attributes: { 'conversation.id': sessionId, ...call, ...decided },
    })
    recording.log('info', 'codex', `exchange ${number} is over`)
  }
}

/** Records a whole session and closes it. */
export async function recordSession(root: string, count: number): Promise<void> {
  const recording = startRecording(root)
  recordExchanges(recording, count)
  await recording.close({ exitCode: 0 })
}
