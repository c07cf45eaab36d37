import { expect, test } from 'vitest'
import { SESSION_ID, startRecording } from '../faults/recorded-session.js'
import { sessionsDirectory } from '../reader/session-folder.js'
import { tacho } from './tacho.js'

test('a tap that settings leave no room for is a note; a part that broke is a cause', async () => {
  const verdictWith = async (words: string): Promise<{ verdict: string; codes: string[] }> => {
    const root = sessionsDirectory()
    const recording = startRecording(root)
    const one = recording.exchange({
      method: 'GET',
      url: 'http://127.0.0.1:4000/v1/models',
      headers: [],
      conversation: { sessionId: SESSION_ID, threadId: SESSION_ID },
    })
    one.requestEnd()
    one.responseHead(200, 'OK', [])
    one.end({ state: 'completed' })
    recording.log('warn', 'tacho', words)
    await recording.close({ exitCode: 0 })
    const { stdout } = await tacho(['explain', 'last', '--json', '--sessions-dir', root])
    const { verdict, causes } = JSON.parse(stdout.toString())
    return { verdict, codes: causes.map(({ code }: { code: string }) => code) }
  }
  const chosen = await verdictWith("Codex's log events are not recorded: analytics are off")
  expect(chosen.codes).toEqual([])
  const broken = await verdictWith('the record of tools failed five times (switched off now)')
  expect(broken.codes).toEqual(['part-switched-off'])
})
