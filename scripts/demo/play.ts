import { AGENT_DEMOS, type AgentDemo } from './agents.js'
import { startModel } from './model.js'
import type { Place } from './place.js'
import { type Recorded, showFolder, showLines } from './recorded.js'
import { command, heading, say, styled, typed } from './stage.js'
import { recordedIn, runTacho } from './tacho.js'

const TASK = 'greet.js greets nobody. Find out why, and fix it.'

process.exitCode = await main(process.argv[2] ?? '', process.argv[3] ?? 'codex')

/** @param program the path of the real agent. */
async function main(program: string, name: string): Promise<number> {
  const agent = AGENT_DEMOS[name]
  if (agent === undefined) throw new Error(`There is no demo of ${name}.`)
  const place = agent.place(program)
  using model = await startModel(agent.story(place))
  agent.settle(place, model)
  const { title } = agent
  say(
    `The real ${title} works in a small project; the model behind it is scripted and on this machine.`,
  )
  say('It needs no account and no network, and nothing of yours is touched.')
  await record(agent, place)
  const recorded = recordedIn(place, ({ exchanges }) => exchanges.completed >= 3)
  if (recorded === undefined) return failed(agent, place)
  await show(agent, place, recorded)
  return 0
}

async function record({ title, args }: AgentDemo, place: Place): Promise<void> {
  heading(`1. ${title} at work, under record`)
  say(`${command(`tacho ${args.shown} "${TASK}"`)}\n`)
  await runTacho(place, [...args.all, TASK])
}

async function show(agent: AgentDemo, place: Place, recorded: Recorded): Promise<void> {
  heading('2. What it left behind')
  say(`in ${typed(place.sessions)}\n`)
  showFolder(recorded)
  heading('3. What happened')
  await runTacho(place, ['ls'], command('tacho ls'))
  say()
  await runTacho(place, ['show', 'last'], command('tacho show last'))
  heading('4. The first and the last line of each log')
  showLines(recorded)
  heading('5. Go on from here')
  say(`The session stays in ${typed(place.root)} until the next demo.\n`)
  say(goOn(agent, place))
}

/** Commands to copy and paste. */
function goOn({ title }: AgentDemo, { sessions }: Place): string {
  // Exports no variable: anything recorded there is deleted by the next demo.
  const tacho = 'node_modules/.bin/tacho'
  const where = ` --sessions-dir ${typed(sessions)}`
  const lines: [line: string, why: string][] = [
    [`${tacho} raw last 3${where}`, 'an exchange as it went over the wire'],
    [`${tacho} raw last 3 --chunks${where}`, 'when each piece of the answer came'],
    [`${tacho} show last --json${where}`, 'for programs'],
    [`grep -c demo-key ${typed(sessions)}/*/session*`, `the key that ${title} sent: in no file`],
  ]
  return lines.map(([line, why]) => `${styled('dim', `# ${why}`)}\n${command(line)}`).join('\n')
}

function failed({ title }: AgentDemo, { root, sessions }: Place): number {
  say()
  process.stderr.write(
    `${styled('red', 'No whole session was recorded.')} The words of ${title} are above; what there is, is in ${typed(root)}:\n` +
      `  node_modules/.bin/tacho ls --sessions-dir ${typed(sessions)}\n`,
  )
  return 1
}
