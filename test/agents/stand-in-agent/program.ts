/**
 * Parrot's program: `parrot say WORDS SESSION` asks its model until that calls no more tools,
 * prints the answer and ends with 3. It knows nothing of Tacho.
 */
const [command = '', words = '', session = ''] = process.argv.slice(2)

if (command !== 'say') process.stdout.write(`parrot ${process.argv.slice(2).join(' ')}\n`)
else {
  await tellLog('parrot.started')
  await sayIt()
  process.exitCode = 3
}

type Message = { content?: string | null; tool_calls?: { id: string }[] }

async function sayIt(): Promise<void> {
  const messages: object[] = [{ role: 'user', content: words }]
  for (;;) {
    const message = await ask(messages)
    if (message.tool_calls === undefined) {
      process.stdout.write(`${message.content}\n`)
      return
    }
    messages.push({ role: 'assistant', ...message })
    for (const { id } of message.tool_calls)
      messages.push({ role: 'tool', tool_call_id: id, content: 'done' })
  }
}

async function ask(messages: readonly object[]): Promise<Message> {
  const answer = await fetch(`${process.env.PARROT_URL}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${process.env.SCRIPTED_KEY}`,
      'user-agent': 'parrot/2.7.1',
      'x-parrot': `${session}/${words.replaceAll(' ', '-')}`,
    },
    body: JSON.stringify({ model: 'parrot-1', messages }),
  })
  const { choices } = (await answer.json()) as { choices: { message: Message }[] }
  return choices[0]?.message ?? {}
}

async function tellLog(name: string): Promise<void> {
  const { PARROT_LOGS: endpoint } = process.env
  if (endpoint === undefined) return
  const attributes = [{ key: 'event.name', value: { stringValue: name } }]
  await fetch(endpoint, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ attributes }] }] }] }),
  })
}
