import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js'
import type { Command } from 'commander'
import { mcpServer } from '../mcp/server.js'
import { type SessionOptions, withSessionsDir } from '../session-options.js'

/** `tacho mcp`: the same answers for an agent. */
export function addMcpCommand(tacho: Command): void {
  const command = tacho
    .command('mcp')
    .description('answer questions about sessions to an agent (MCP server on stdin and stdout)')
    .action(mcp)
  withSessionsDir(command)
}

async function mcp({ roots }: SessionOptions): Promise<void> {
  const server = mcpServer(roots)
  await server.connect(new StdioServerTransport())
  // Its client ends it by closing standard input.
  await new Promise((resolve) => {
    process.stdin.once('end', resolve)
    process.stdin.once('close', resolve)
  })
  await server.close()
}
