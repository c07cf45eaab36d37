// What both Node and browsers have and the ECMAScript library does not declare. This package runs
// in either, so it may use these and nothing else of the outside world.
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
}
