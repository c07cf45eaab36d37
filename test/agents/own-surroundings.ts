import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, ModelRequest } from '../scripted-model/index.js'

/** A user's own MCP server with one tool, which adds 1 and 2; it runs under any Node. */
const MCP_SERVER = `
const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...message }) + '\\n')
const INFO = { protocolVersion: '2025-03-26', capabilities: { tools: {} }, serverInfo: { name: 'calc', version: '1' } }
const TOOLS = { tools: [{ name: 'add', description: 'Adds', inputSchema: { type: 'object', properties: {} } }] }
const SUM = { content: [{ type: 'text', text: 'the sum is 3' }] }
const ANSWERS = { initialize: INFO, 'tools/list': TOOLS, 'tools/call': SUM }
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method } = JSON.parse(line)
  if (id === undefined) return
  const result = ANSWERS[method]
  say(result === undefined ? { id, error: { code: -32601, message: 'no' } } : { id, result })
})
`

/** Puts a user's own MCP server into a folder, and returns the words that start it. */
export function ownMcpServer(folder: string): string[] {
  const path = join(folder, 'mcp.cjs')
  writeFileSync(path, MCP_SERVER)
  return [process.execPath, path]
}

/**
 * A model that calls the tool of the user's MCP server by the name under which it is offered, and
 * then ends.
 */
export function callsOwnTool({ body, exchange }: ModelRequest): Answer {
  const [, name] = /"name":"([^"]*calc[^"]*add)"/.exec(JSON.stringify(body.tools ?? '')) ?? []
  const isCalled = exchange.requestBody.includes('the sum is 3')
  return name === undefined || isCalled
    ? { text: 'It is 3.' }
    : { calls: [{ name, arguments: {} }] }
}

/** What the user's own hooks and plugins left behind: lines in no particular order. */
export function leftBy(cwd: string): string[] {
  const path = join(cwd, 'hooked')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').sort() : []
}
