import { GoogleGenAI } from '@google/genai'
import { attempt, baseUrl } from './attempt.mjs'

const client = new GoogleGenAI({
  apiKey: process.env.SCRIPTED_KEY,
  httpOptions: { baseUrl: baseUrl.replace('/v1', ''), retryOptions: { attempts: 2 } },
})

await attempt('stream', async (contents) => {
  let text = ''
  const stream = await client.models.generateContentStream({ model: 'm', contents })
  for await (const part of stream) text += part.text ?? ''
  return text
})
await attempt('whole', async (contents) => {
  const answer = await client.models.generateContent({ model: 'm', contents })
  return answer.text
})
await attempt('abort', async (contents, abort) => {
  const config = { abortSignal: abort.signal }
  const stream = await client.models.generateContentStream({ model: 'm', contents, config })
  for await (const _ of stream) abort.abort()
  return 'the loop ended'
})
await attempt('fail', (contents) => client.models.generateContent({ model: 'm', contents }))
await attempt('retry', async (contents) => {
  const answer = await client.models.generateContent({ model: 'm', contents })
  return answer.text
})
