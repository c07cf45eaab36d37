import { type Agent, isInstalled } from '../agents/agent.js'

/**
 * Returns the output of `--explain-setup`: what must be settled before this agent can be recorded,
 * and how.
 */
export async function explainSetup(
  agent: Agent,
  cwd: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  const { name, title } = agent
  const missing = await agent.toSettle?.(cwd, environment)
  if (missing !== undefined) return `${title}: ${missing.text}.\n${missing.next}.\n`
  const start = isInstalled(agent) ? `tacho ${name}` : `tacho ${name} -- <program>`
  const lines = [
    `${title}: nothing has to be set up, and none of its own files is changed.`,
    `To record a session: ${start.replace(name, `${name} --persist-session`)}`,
  ]
  if (isInstalled(agent))
    lines.push(`To record by a variable: tacho shim install ${name}, then TACHO_PERSIST_SESSION=1`)
  return `${lines.join('\n')}\n`
}
