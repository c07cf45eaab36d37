import type { CauseCode } from '../codes.js'

/**
 * Returns what happened to a connection, from the code of the system or of Node (`errno(3)`,
 * https://nodejs.org/api/errors.html,
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes).
 *
 * @param hasBegun whether part of the answer had arrived.
 */
export function systemErrorCode(code: string, hasBegun: boolean): CauseCode | undefined {
  if (code === 'ECONNREFUSED') return 'connection-refused'
  if (code === 'ENOTFOUND' || code.startsWith('EAI_')) return 'dns'
  if (TLS.test(code)) return 'tls'
  if (RESET.has(code)) return hasBegun ? 'reset-mid-stream' : 'connection-reset'
  if (AWAY.has(code)) return 'unreachable'
  if (SILENT.has(code)) return 'idle-timeout'
  const ofTheTap = OF_THE_TAP.get(code)
  if (ofTheTap !== undefined) return ofTheTap
  if (code.startsWith('HPE_') || code === 'BAD_RESPONSE') return 'malformed-stream'
  return undefined
}

const TLS =
  /^(ERR_TLS|ERR_SSL|EPROTO$|CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED_CERT|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|TLS_|ERROR_IN_CERT)/
const RESET = new Set([
  'ECONNRESET',
  'EPIPE',
  'ECONNABORTED',
  'ERR_STREAM_PREMATURE_CLOSE',
  'UND_ERR_SOCKET',
])
const AWAY = new Set([
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EHOSTDOWN',
  'EADDRNOTAVAIL',
  'ECONNTIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_SOCKET_CONNECTION_TIMEOUT',
  // A firewall on this machine, or a sandbox.
  'EPERM',
  'EACCES',
])
/**
 * Node's own client has waited long enough for the head, or for the next bytes (undici's
 * `errors.js`).
 */
const SILENT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT'])

/** Why the tap could not open a connection (`NetworkErrorCode` of the launcher). */
const OF_THE_TAP = new Map<string, CauseCode>([
  ['CERTIFICATES_UNUSABLE', 'tls'],
  ['CERTIFICATE_REFUSED', 'tls'],
  ['PROXY_REFUSED', 'unreachable'],
  ['PROXY_UNUSABLE', 'unreachable'],
])
