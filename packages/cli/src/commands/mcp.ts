import type { Command } from 'commander'
import { CommandError, EXIT } from '../command-error.js'
import { type SessionOptions, withSessionsDir } from '../session-options.js'

/** Adds `tacho mcp`: the same answers for an agent. */
export function addMcpCommand(tacho: Command): void {
  const command = tacho
    .command('mcp')
    .description("answer an agent's questions about sessions (an MCP server on stdio)")
    .action(mcp)
  withSessionsDir(command)
}

async function mcp({ roots }: SessionOptions): Promise<void> {
  const { serve } = await loadServer()
  await serve(roots)
}

// MCP's library is large and an optional dependency: no other command needs it.
async function loadServer(): Promise<typeof import('../mcp/serve.js')> {
  try {
    return await import('../mcp/serve.js')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new CommandError(
      'mcp-not-installed',
      EXIT.failure,
      'the library of MCP is not installed. It is an optional dependency of Tacho: npm install @modelcontextprotocol/sdk zod',
      { cause },
    )
  }
}
