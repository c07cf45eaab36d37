import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { SendError } from './send-error.js'
import type { OtlpSignal } from './settings.js'

const KINDS = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'] as const

/**
 * Rejects certificates and keys that cannot be read as plain files: the exporters read them
 * synchronously, which never returns for a pipe. If the file system does not respond, only this
 * call waits, not the process.
 *
 * @throws SendError
 */
export async function requireCertificateFiles(signal: OtlpSignal): Promise<void> {
  for (const kind of KINDS) {
    const names = [
      `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${kind}`,
      `OTEL_EXPORTER_OTLP_${kind}`,
    ]
    const name = names.find((one) => process.env[one]?.trim())
    if (name !== undefined) await requireFile(name, process.env[name]?.trim() ?? '')
  }
}

async function requireFile(name: string, path: string): Promise<void> {
  let file: Awaited<ReturnType<typeof open>> | undefined
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    if (!(await file.stat()).isFile()) throw new Error('not a plain file')
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? (cause as Error).message
    const message = `${name} names a file that cannot be read (${reason})`
    throw new SendError(message, { isRetryable: false, isTooLarge: false, cause })
  } finally {
    await file?.close()
  }
}
