import Anthropic from '@anthropic-ai/sdk'
import { attempt, baseUrl } from './attempt.mjs'

const client = new Anthropic({
  apiKey: process.env.SCRIPTED_KEY,
  baseURL: baseUrl.replace('/v1', ''),
  maxRetries: 1,
})
const asked = (prompt) => ({
  model: 'm',
  max_tokens: 100,
  messages: [{ role: 'user', content: prompt }],
})

await attempt('stream', async (prompt) => client.messages.stream(asked(prompt)).finalText())
await attempt('whole', async (prompt) => {
  const answer = await client.messages.create(asked(prompt))
  return answer.content[0].text
})
await attempt('abort', async (prompt, abort) => {
  const how = { signal: abort.signal }
  const stream = await client.messages.create({ ...asked(prompt), stream: true }, how)
  for await (const { type } of stream) if (type === 'content_block_delta') abort.abort()
  return 'the loop ended'
})
await attempt('fail', (prompt) => client.messages.create(asked(prompt)))
await attempt('retry', async (prompt) => {
  const answer = await client.messages.create(asked(prompt))
  return answer.content[0].text
})
