import { connect } from 'node:net'
import type { OtlpSettings } from './settings.js'

const PATIENCE_MILLISECONDS = 3_000

/**
 * Whether anything listens where something is to be sent. Exporters try for ten seconds before they
 * say that nothing does.
 *
 * @returns why not, as the system says it; nothing where something does.
 */
export function whyUnreachable({ url }: OtlpSettings): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(url.includes('://') ? url : `grpc://${url}`)
  const number = Number(port) || (protocol === 'https:' ? 443 : 80)
  return new Promise((resolve) => {
    // An IPv6 address stands in brackets in a URL, and nowhere else.
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: number })
    const settle = (reason: string | undefined) => {
      socket.destroy()
      resolve(reason)
    }
    socket.setTimeout(PATIENCE_MILLISECONDS, () => settle('no answer'))
    socket.once('connect', () => settle(undefined))
    socket.once('error', (error: NodeJS.ErrnoException) => settle(error.code ?? error.message))
  })
}
