import { attempt, baseUrl } from './attempt.mjs'

const isSeven = process.env.AI_SDK === '7'
const { generateText, streamText } = await import(isSeven ? 'ai-7' : 'ai')
const { createOpenAI } = await import(isSeven ? 'ai-7-openai' : '@ai-sdk/openai')

const openai = createOpenAI({ apiKey: process.env.SCRIPTED_KEY, baseURL: baseUrl })
const quiet = { model: openai('m'), maxRetries: 1, onError() {} }

await attempt('stream', async (prompt) => {
  let text = ''
  for await (const part of streamText({ ...quiet, prompt }).textStream) text += part
  return text
})
await attempt('whole', async (prompt) => {
  const answer = await generateText({ ...quiet, model: openai.chat('m'), prompt })
  return answer.text
})
await attempt('abort', async (prompt, abort) => {
  const parts = []
  const { fullStream } = streamText({ ...quiet, prompt, abortSignal: abort.signal })
  for await (const { type } of fullStream) {
    if (type === 'text-delta') abort.abort()
    if (type !== 'text-delta') parts.push(type)
  }
  return parts.join()
})
await attempt('fail', (prompt) => generateText({ ...quiet, prompt }))
await attempt('retry', async (prompt) => (await generateText({ ...quiet, prompt })).text)
