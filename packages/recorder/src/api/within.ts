import { AsyncLocalStorage } from 'node:async_hooks'
import type { HostPlace } from '@tacho/format'
import type { HostRecording } from '../register/host-recording.js'

const KEY = Symbol.for('tacho/place')

type Shared = { [KEY]?: AsyncLocalStorage<HostPlace> }

/**
 * Where in the program we are, as far as it was told: in which turn, and in which call of a tool. It
 * is not OpenTelemetry's context, which is the host's own. All copies of Tacho in a process share it.
 */
export function currentPlace(): HostPlace {
  return (globalThis as Shared)[KEY]?.getStore() ?? {}
}

/**
 * What holds that place over asynchronous work. It is made when it is first needed, for on Node before
 * 24 every promise of the host costs more from then on.
 */
export function placeStorage(host: HostRecording): AsyncLocalStorage<HostPlace> {
  const known = (globalThis as Shared)[KEY]
  if (known !== undefined) return known
  const storage = new AsyncLocalStorage<HostPlace>()
  Object.defineProperty(globalThis, KEY, { value: storage, enumerable: false })
  host.conversation = () => {
    const { threadId, turnId, within } = storage.getStore() ?? {}
    return {
      ...(threadId !== undefined && { threadId }),
      ...(turnId !== undefined && { turnId }),
      ...(within !== undefined && { within }),
    }
  }
  return storage
}
