import { AppServerClient } from '../agents/app-server-client.js'
import { type Workplace, workplace } from '../agents/workplace.js'
import type { Running } from '../host/index.js'
import type { Script } from '../scripted-model/index.js'
import { type ExecOptions, type Explained, explained, FEW_TRIES } from './case.js'

/** A session of the real `codex app-server`, whose client asks before each command. */
export function appServer(
  title: string,
  script: Script,
  drive: (
    client: AppServerClient,
    place: Workplace,
    tacho: Running,
  ) => Promise<Explained | undefined>,
  options: ExecOptions = {},
) {
  return async (): Promise<Explained> => {
    await using place = await workplace(script, { providerSettings: FEW_TRIES, ...options })
    await options.prepare?.(place)
    await using tacho = place.startTacho(['codex', 'app-server', '--persist-session'])
    const client = new AppServerClient(tacho)
    await client.startTurn(place.home.cwd)
    const said = await drive(client, place, tacho)
    if (said !== undefined) return said
    await client.hangUp()
    return await explained(place, title)
  }
}
