import { request as requestOverHttp } from 'node:http'

/**
 * A program that knows nothing of Tacho: sends a request to the model behind each of its arguments,
 * a variable of the environment or (`past:URL`) an address that bypasses them all, runs the tools
 * that the model calls, prints the answers, and ends with 5. `drop:VARIABLE` hangs up once an
 * answer has begun, `hold:VARIABLE` waits for its end. `env` prints the variables that lead to a
 * model.
 */
for (const word of process.argv.slice(2)) {
  if (word === 'env') process.stdout.write(`${JSON.stringify(baseUrls())}\n`)
  else if (word.startsWith('past:')) process.stdout.write(`${await past(word.slice(5))}\n`)
  else if (word.startsWith('drop:')) process.stdout.write(`${await begun(word.slice(5), true)}\n`)
  else if (word.startsWith('hold:')) process.stdout.write(`${await begun(word.slice(5), false)}\n`)
  else process.stdout.write(`${await asked(process.env[word] ?? '')}\n`)
}
process.exitCode = 5

function baseUrls(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /_(BASE_URL|API_BASE|HOST)$/.test(name)),
  )
}

type Message = {
  role: string
  content: string | null
  tool_calls?: { id: string; function: { name: string } }[]
  tool_call_id?: string
}

async function asked(base: string): Promise<string> {
  const messages: Message[] = [{ role: 'user', content: base }]
  for (;;) {
    const answer = await request(base, { messages })
    if (!answer.ok) return String(answer.status)
    const { choices } = (await answer.json()) as { choices: { message: Message }[] }
    const message = choices[0]?.message ?? { role: 'assistant', content: null }
    if (message.tool_calls === undefined) return message.content ?? ''
    messages.push(message)
    for (const { id } of message.tool_calls)
      messages.push({ role: 'tool', tool_call_id: id, content: 'It is 3.' })
  }
}

/** Streams an answer, and hangs up or goes on once its first bytes have come. */
async function begun(variable: string, hangsUp: boolean): Promise<string> {
  const base = process.env[variable] ?? ''
  const messages = [{ role: 'user', content: base }]
  const answer = await request(base, { messages, stream: true })
  for await (const _ of answer.body ?? []) if (hangsUp) break
  return 'begun'
}

function request(base: string, body: object): Promise<Response> {
  return fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${process.env.SCRIPTED_KEY}`,
    },
    body: JSON.stringify({ model: 'scripted-1', ...body }),
  })
}

function past(base: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: 'scripted-1', messages: [] })
    requestOverHttp(
      `${base}/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume().on('end', () => resolve('past'))
      },
    )
      .on('error', reject)
      .end(body)
  })
}
