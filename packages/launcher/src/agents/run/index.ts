import type { Agent } from '../agent.js'
import { chosenBaseUrls } from '../base-url-options.js'
import { ownFolder, ownSessions } from '../own-sessions.js'

/** Any program: records what it sends to APIs whose base URLs it reads from its environment. */
export const agent: Agent = {
  name: 'run',
  title: 'any program',
  checkOptions: (options, environment) => void chosenBaseUrls(options, environment, []),
  modeOf: () => ({ name: 'run' }),
  home: ownFolder,
  sessionsRoot: ownSessions,
  load: async () => (await import('./recorded.js')).recorded,
}
