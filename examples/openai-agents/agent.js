// A small agent: it works through the tasks on its command line one after the other, and has a
// shell that asks before it runs a command. Ctrl+C stops the current task.
import { exec } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { promisify } from 'node:util'
import { Agent, Runner, setTracingDisabled, tool } from '@openai/agents'
import { session } from 'tacho'
import { recorded } from 'tacho/openai-agents'

// Its own tracing would go to OpenAI, whatever OPENAI_BASE_URL says.
setTracingDisabled(true)

const shell = tool({
  name: 'shell',
  description: 'Runs a command in the current folder and gives back what it prints.',
  parameters: {
    type: 'object',
    properties: { command: { type: 'string' } },
    required: ['command'],
    additionalProperties: false,
  },
  needsApproval: true,
  async execute({ command }) {
    const { stdout, stderr } = await promisify(exec)(command)
    return stdout + stderr
  },
})

const agent = new Agent({
  name: 'shell-agent',
  instructions: 'You help in a folder of files. Use the shell to look at it.',
  tools: [shell],
})

// All that Tacho needs: from here on it records turns, tools and approvals.
const runner = recorded(new Runner())

const terminal = createInterface({ input: process.stdin })
const answers = terminal[Symbol.asyncIterator]()

// The handler stays: the SDK ends a program in which nobody else listens for the signal.
let stop = new AbortController()
process.on('SIGINT', () => stop.abort(new Error('Ctrl+C')))

for (const task of process.argv.slice(2)) {
  process.stdout.write(`\n> ${task}\n`)
  session.log.info('the next task', { task })
  await work(task)
}
terminal.close()

async function work(task) {
  stop = new AbortController()
  try {
    let result = await told(task, stop.signal)
    while (result.interruptions.length > 0) {
      for (const call of result.interruptions) await ask(call, result.state)
      result = await told(result.state, stop.signal)
    }
    process.stdout.write(stop.signal.aborted ? '\n(stopped)\n' : '\n')
  } catch (error) {
    process.stdout.write(`(${error.message})\n`)
  }
}

async function told(input, signal) {
  const result = await runner.run(agent, input, { stream: true, signal })
  for await (const text of result.toTextStream()) process.stdout.write(text)
  await result.completed
  return result
}

async function ask(call, state) {
  const { command } = JSON.parse(call.arguments)
  process.stdout.write(`Run "${command}"? [y/N] `)
  const { value: answer = '' } = await answers.next()
  process.stdout.write('\n')
  if (answer.trim().toLowerCase() === 'y') state.approve(call)
  else state.reject(call, { message: 'The user said no.' })
}
