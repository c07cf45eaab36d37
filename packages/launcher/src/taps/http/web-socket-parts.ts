import type { Writable } from 'node:stream'
import * as ws from 'ws'

/** The internal parts of `ws` that its types omit (ws 8.23, wrapper.mjs). */
type Parts = {
  /** Reads the bytes of one direction; emits `message`, `ping`, `pong`, `conclude` and `error`. */
  Receiver: new (options: {
    /** Whether the frames are masked. */
    isServer: boolean
    extensions: Record<string, InstanceType<Parts['PerMessageDeflate']>>
    maxPayload: number
    skipUTF8Validation: boolean
  }) => Writable
  PerMessageDeflate: {
    new (
      options: object,
      isServer: boolean,
      maxPayload: number,
    ): { accept(agreed: readonly object[]): object }
    readonly extensionName: string
  }
  extension: { parse(header: string): Record<string, readonly object[] | undefined> }
}

export const { Receiver, PerMessageDeflate, extension } = ws as unknown as Parts
