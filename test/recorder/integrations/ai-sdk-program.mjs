// What a user of the AI SDK writes: two lines of it are for Tacho.
import { setTimeout as wait } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

const isSeven = process.env.AI_SDK === '7'
const sdk = await import(isSeven ? 'ai-7' : 'ai')
const { recorded } = await import('tacho/ai-sdk')

const ai = recorded(sdk)
const { createOpenAI } = await import(isSeven ? 'ai-7-openai' : '@ai-sdk/openai')
const { z } = await import('zod')

const openai = createOpenAI({
  apiKey: process.env.SCRIPTED_KEY,
  baseURL: process.env.MODEL_URL,
})
const add = sdk.tool({
  description: 'Adds two numbers.',
  inputSchema: z.object({ a: z.number(), b: z.number() }),
  async execute({ a, b }) {
    if (a < 0) throw new Error('no negative numbers')
    const messages = [{ role: 'user', content: 'please price' }]
    await fetch(`${process.env.MODEL_URL}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'small', messages }),
    })
    return a + b
  },
})
const shell = sdk.tool({
  description: 'Runs a command.',
  inputSchema: z.object({ command: z.string() }),
  needsApproval: true,
  execute: ({ command }) => `${command}: done`,
})
const stopWhen = sdk.stepCountIs(5)
const common = { model: openai('m'), tools: { add, shell }, stopWhen, maxRetries: 0 }

function isRequest({ type }) {
  return type === 'tool-approval-request'
}

async function attempt(name, work) {
  try {
    console.log(name, await work(`please ${name}`))
  } catch (error) {
    console.log(name, error.name, error.message)
  }
}

await attempt('tool', async (prompt) => {
  const telemetry = { functionId: 'adder' }
  const named = isSeven ? { telemetry } : { experimental_telemetry: telemetry }
  return (await ai.generateText({ ...common, ...named, prompt })).text
})
await attempt('stream', async (prompt) => {
  let text = ''
  for await (const part of ai.streamText({ ...common, prompt }).textStream) text += part
  return text
})
await attempt('broken', async (prompt) => (await ai.generateText({ ...common, prompt })).text)

for (const approved of [true, false])
  await attempt('shell', async (prompt) => {
    const messages = [{ role: 'user', content: prompt }]
    const first = await ai.generateText({ ...common, messages })
    const asked = first.content.filter(isRequest)
    await new Promise((resolve) => setTimeout(resolve, 5))
    const content = asked.map(({ approvalId }) => ({
      type: 'tool-approval-response',
      approvalId,
      approved,
      ...(!approved && { reason: 'not today' }),
    }))
    messages.push(...first.response.messages, { role: 'tool', content })
    const stream = ai.streamText({ ...common, messages })
    return await stream.text
  })

await attempt('abort', async (prompt) => {
  const abort = new AbortController()
  const { fullStream } = ai.streamText({ ...common, prompt, abortSignal: abort.signal })
  let parts = ''
  for await (const { type } of fullStream) {
    if (type === 'text-delta') abort.abort()
    else parts += ` ${type}`
  }
  return parts
})
await attempt('fail', async (prompt) => (await ai.generateText({ ...common, prompt })).text)
await attempt('fail', async (prompt) => {
  const { fullStream } = ai.streamText({ ...common, prompt })
  const types = []
  for await (const { type } of fullStream) types.push(type)
  return types.join()
})

// Nobody reads it, and after a while nobody could.
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
await attempt('unread', async (prompt) => {
  const stream = new WeakRef(ai.streamText({ ...common, prompt }))
  for (let left = 1000; left > 0 && stream.deref() !== undefined; left -= 1) {
    await wait(5)
    collect()
  }
  await wait(5)
  return stream.deref() === undefined
})
const Agent = sdk.ToolLoopAgent
const agent = recorded(new Agent({ ...common, instructions: 'Add.' }))
await attempt('tool', async (prompt) => (await agent.generate({ prompt })).text)
