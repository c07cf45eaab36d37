import OpenAI from 'openai'
import { attempt, baseUrl } from './attempt.mjs'

const client = new OpenAI({ apiKey: process.env.SCRIPTED_KEY, baseURL: baseUrl, maxRetries: 1 })

await attempt('stream', async (prompt) => {
  const stream = await client.responses.create({ model: 'm', input: prompt, stream: true })
  let text = ''
  for await (const event of stream)
    if (event.type === 'response.output_text.delta') text += event.delta
  return text
})
await attempt('whole', async (prompt) => {
  const messages = [{ role: 'user', content: prompt }]
  const answer = await client.chat.completions.create({ model: 'm', messages })
  return answer.choices[0].message.content
})
await attempt('abort', async (prompt, abort) => {
  const messages = [{ role: 'user', content: prompt }]
  const how = { signal: abort.signal }
  const stream = await client.chat.completions.create({ model: 'm', messages, stream: true }, how)
  for await (const _ of stream) abort.abort()
  return 'the loop ended'
})
await attempt('fail', (prompt) => client.responses.create({ model: 'm', input: prompt }))
await attempt('retry', async (prompt) => {
  const answer = await client.responses.create({ model: 'm', input: prompt })
  return answer.output_text
})
