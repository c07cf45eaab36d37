import { AsyncLocalStorage } from 'node:async_hooks'
import type { HostPlace } from '@tacho/format'
import type { HostRecording } from '../register/host-recording.js'

const KEY = Symbol.for('tacho/place')

type Shared = { [KEY]?: AsyncLocalStorage<HostPlace> }

/**
 * Returns the current turn and tool call, as far as the program named them. This is not
 * OpenTelemetry's context, which belongs to the host. All copies of Tacho in a process share it.
 */
export function currentPlace(): HostPlace {
  return (globalThis as Shared)[KEY]?.getStore() ?? {}
}

/**
 * Returns the storage that carries that place across asynchronous work. Created on first use,
 * because before Node 24 it makes every promise of the host slower from then on.
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
