import { basename } from 'node:path'
import type { Agent } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { ownFolder, ownSessions } from '../own-sessions.js'

/** Any agent of the Agent Client Protocol (version 1), started as an editor starts it. */
export const agent: Agent = {
  name: 'acp',
  title: 'any agent of the Agent Client Protocol',
  checkOptions: (options, environment) => void chosenBaseUrls(options, environment, []),
  async inside(program, args) {
    const { AGENTS } = await import('../index.js')
    const isMeant = (one: Agent) => one.program?.command === basename(program)
    return AGENTS.find((one) => isMeant(one) && one.modeOf(args)?.name === 'acp')
  },
  modeOf: () => ({ name: 'acp', speaksThroughUs: true }),
  home: ownFolder,
  sessionsRoot: ownSessions,
  async load() {
    const { AGENTS } = await import('../index.js')
    const loading = AGENTS.filter(({ hasAdapters }) => hasAdapters).map((one) => one.load())
    const [{ recorded }, ...others] = await Promise.all([import('./recorded.js'), ...loading])
    return { ...recorded, tapsOf: (run) => recorded.tapsOf({ ...run, others }) }
  },
}
