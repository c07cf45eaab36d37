import { type Content, contentOf } from '@tacho/format'

/** Turns the request bodies of a session into content. */
export class RequestBodies {
  encode(_exchange: string, body: Uint8Array, _conversation: string | undefined): Content {
    return contentOf(body)
  }

  /** The record of this body is on disk: later bodies may copy from it. */
  keep(_exchange: string): void {}
}
