import type { Agent } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { ownFolder, ownSessions } from '../own-sessions.js'

/** Any agent of the Agent Client Protocol (version 1), as an editor starts it. */
export const agent: Agent = {
  name: 'acp',
  title: 'any agent of the Agent Client Protocol',
  checkOptions: (options, environment) => void chosenBaseUrls(options, environment),
  modeOf: () => ({ name: 'acp', speaksThroughUs: true }),
  home: ownFolder,
  sessionsRoot: ownSessions,
  load: async () => (await import('./recorded.js')).recorded,
}
