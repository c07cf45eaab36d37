import { Agent, OpenAIResponsesModel, Runner, tool } from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'
import { attempt, baseUrl } from './attempt.mjs'

const client = new OpenAI({ apiKey: process.env.SCRIPTED_KEY, baseURL: baseUrl, maxRetries: 1 })
const add = tool({
  name: 'add',
  description: 'Adds two numbers.',
  parameters: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => String(a + b),
})
const agent = new Agent({
  name: 'Adder',
  instructions: 'Add.',
  model: new OpenAIResponsesModel(client, 'm'),
  tools: [add],
})
const runner = new Runner({ tracingDisabled: true })

await attempt('stream', async (prompt) => {
  const stream = await runner.run(agent, prompt, { stream: true })
  for await (const _ of stream);
  await stream.completed
  return stream.finalOutput
})
await attempt('tool', async (prompt) => (await runner.run(agent, prompt)).finalOutput)
await attempt('abort', async (prompt, abort) => {
  const stream = await runner.run(agent, prompt, { stream: true, signal: abort.signal })
  for await (const event of stream) {
    if (event.data?.type === 'output_text_delta') abort.abort()
  }
  return `cancelled: ${stream.cancelled}`
})
await attempt('fail', (prompt) => runner.run(agent, prompt))
await attempt('retry', async (prompt) => (await runner.run(agent, prompt)).finalOutput)
