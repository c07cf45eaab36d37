import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import { mcpServer } from './server.js'

/** Answers on stdin and stdout until the client closes standard input. */
export async function serve(roots: readonly string[]): Promise<void> {
  const server = mcpServer(roots)
  await server.connect(new StdioServerTransport())
  await new Promise((resolve) => {
    process.stdin.once('end', resolve)
    process.stdin.once('close', resolve)
  })
  await server.close()
}
