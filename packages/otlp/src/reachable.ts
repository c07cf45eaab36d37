import { connect } from 'node:net'
import type { OtlpSettings } from './settings.js'

const PATIENCE_MILLISECONDS = 3_000

/**
 * Checks whether anything listens at an endpoint. Exporters try for ten seconds before they report
 * that nothing does.
 *
 * @returns the system's reason why not, or undefined if something listens.
 */
export function whyUnreachable({ url }: OtlpSettings): Promise<string | undefined> {
  const { hostname, port, protocol } = new URL(url.includes('://') ? url : `grpc://${url}`)
  const number = Number(port) || (protocol === 'https:' ? 443 : 80)
  return new Promise((resolve) => {
    // An IPv6 address has brackets in a URL only.
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
