// Globals that both Node and browsers have but the ECMAScript library does not declare. This
// package runs in both, so it may use these and nothing else from its environment.
declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>
  encodeInto(text: string, bytes: Uint8Array): { written: number }
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
}
declare function btoa(binary: string): string
declare function atob(base64: string): string
