import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A user's own MCP server with one tool, which asks the user where to before it answers. */
const MCP_SERVER = `
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
const INFO = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo: { name: 'deploy', version: '1' } }
const TOOLS = { tools: [{ name: 'publish', description: 'Publishes', inputSchema: { type: 'object', properties: {} } }] }
const ASKS = {
  message: 'To which stage?',
  requestedSchema: { type: 'object', properties: { live: { type: 'boolean', title: 'Live' } } },
}
let call
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, result } = JSON.parse(line)
  if (method === 'initialize') say({ id, result: INFO })
  else if (method === 'tools/list') say({ id, result: TOOLS })
  else if (method === 'tools/call') {
    call = id
    say({ id: 'question', method: 'elicitation/create', params: ASKS })
  } else if (id === 'question')
    say({ id: call, result: { content: [{ type: 'text', text: 'The answer: ' + result.action }] } })
  else if (id !== undefined) say({ id, error: { code: -32601, message: 'no' } })
})
`

/** Puts it into a folder, and returns the words that start it. */
export function askingMcpServer(folder: string): [command: string, ...args: string[]] {
  const path = join(folder, 'asks.cjs')
  writeFileSync(path, MCP_SERVER)
  return [process.execPath, path]
}
