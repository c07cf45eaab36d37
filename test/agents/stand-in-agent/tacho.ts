import { main } from '@tacho/cli'
import { AGENTS, launch } from '@tacho/launcher'
import { agent as parrot } from './agent.js'

/** `tacho` with one more agent in its list. */
const agents = [...AGENTS, parrot]
const [command, ...rest] = process.argv.slice(2)
const agent = agents.find(({ name }) => name === command)
if (agent !== undefined) await launch(agent, rest, process.env)
else await main(process.argv.slice(2), agents)
