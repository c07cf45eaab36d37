export { BodyEncoder, type EncodedBody } from './body/encoder.js'
export type { ContentSource } from './body/layout.js'
export { KEPT_BYTES, MAX_BODY_BYTES, READ_CACHE_BYTES } from './body/limits.js'
export { BodyReader, type OpenBody, readBody } from './body/reader.js'
export {
  bytesOf,
  bytesOfBase64,
  type Content,
  type CopySource,
  contentOf,
  lengthOf,
  MissingBytes,
  type Piece,
  textOf,
  utf8Length,
} from './content.js'
export { countEnd, manifestCounts, noneEnded } from './ended-exchanges.js'
export type {
  EventRecord,
  HostEvent,
  HostPlace,
  SeenEvent,
  Tap,
} from './event-record.js'
export {
  type DeliveredRecord,
  type ExportRecord,
  exportRecord,
  type RejectedRecord,
} from './export-record.js'
export { indexOfByte } from './find-byte.js'
export {
  FORMAT,
  isCanonicalUuid,
  isSessionId,
  isUuid,
  SESSION_FILES,
  traceIdOfUuid,
} from './folder.js'
export { homePath } from './home-path.js'
export {
  type Checksum,
  type DecodedLine,
  decodeLine,
  encodeLine,
  LineCutter,
  lineTail,
  matchesChecksum,
  type PlacedLine,
  toldChecksum,
} from './line.js'
export {
  type AgentIdentity,
  agentTitle,
  type EndedExchanges,
  type LiveDelivery,
  type Manifest,
  type Run,
  type RunEnded,
} from './manifest.js'
export {
  type DecodedManifest,
  decodeManifest,
  encodeManifest,
  resealManifest,
} from './manifest-text.js'
export {
  type AnyValue,
  type KeyValue,
  type OtlpSpan,
  otlpAttributes,
  type PlainValue,
  plainAttributes,
  type StartedSpan,
  type TracesData,
} from './otlp.js'
export { ownSessionsRoot } from './own-sessions-root.js'
export type {
  ChunkRecord,
  EndRecord,
  ExchangeRecord,
  ExchangeState,
  GapRecord,
  Headers,
  MessageRecord,
  RawRecord,
  RequestBodyRecord,
  ResponseRecord,
  Scrubbed,
  UnparsedRecord,
  WebSocketEnd,
} from './raw-record.js'
export { ATTRIBUTE_CHARACTERS, type Attributes, cut, withAttributes } from './spans/attributes.js'
export { decodeAttributes, encodeAttributes, type Facts } from './spans/encode-attributes.js'
export {
  type AttributeValues,
  SPAN_ATTRIBUTES,
  type SpanAttribute,
  type SpanFacts,
  type SpanKind,
} from './spans/span-attributes.js'
export { type NamedSpanKind, spanAbout, spanKindOf, spanName } from './spans/span-name.js'
export { writtenSpan, writtenStart } from './spans/written-span.js'
export { switchedOn, wrongSwitch } from './switched-on.js'
export { systemErrorCode } from './system-error-code.js'
export { wellFormed, wellFormedJson } from './well-formed.js'
