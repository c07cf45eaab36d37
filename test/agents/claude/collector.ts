import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A user's own OTLP endpoint: it keeps the names of log events and the paths of everything else.
 */
export type OwnCollector = {
  url: string
  /** The names of Claude Code's log events, in order of arrival. */
  events: string[]
  /** The paths of all exports. */
  paths: Set<string>
  [Symbol.asyncDispose](): Promise<void>
}

type Attribute = { key: string; value: { stringValue?: string } }
type Export = {
  resourceLogs?: { scopeLogs: { logRecords: { attributes: Attribute[] }[] }[] }[]
}

export async function startOwnCollector(): Promise<OwnCollector> {
  const [events, paths] = [[] as string[], new Set<string>()]
  const server: Server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
    paths.add(`${request.url} ${request.headers['x-own'] ?? ''}`.trim())
    const { resourceLogs = [] } = JSON.parse(Buffer.concat(parts).toString()) as Export
    const records = resourceLogs.flatMap(({ scopeLogs }) => scopeLogs)
    for (const { attributes } of records.flatMap(({ logRecords }) => logRecords)) {
      const name = attributes.find(({ key }) => key === 'event.name')?.value.stringValue
      // Lines of Tacho's own log have none.
      if (name !== undefined) events.push(name)
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    ...{ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, events, paths },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
