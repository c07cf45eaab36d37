import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer, ModelRequest } from '../scripted-model/index.js'

/** An MCP server of the user's own, with one tool that adds 1 and 2; it runs under any Node. */
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

/** Puts an MCP server of the user's own into a folder, and gives the words that start it. */
export function ownMcpServer(folder: string): string[] {
  const path = join(folder, 'mcp.cjs')
  writeFileSync(path, MCP_SERVER)
  return [process.execPath, path]
}

/** A model that calls the tool of the user's MCP server by the name that it is offered under, and then is done. */
export function callsOwnTool({ body, exchange }: ModelRequest): Answer {
  const [, name] = /"name":"([^"]*calc[^"]*add)"/.exec(JSON.stringify(body.tools ?? '')) ?? []
  const isCalled = exchange.requestBody.includes('the sum is 3')
  return name === undefined || isCalled
    ? { text: 'It is 3.' }
    : { calls: [{ name, arguments: {} }] }
}

/** What the user's own hooks and plugins have left behind, line by line, in no order. */
export function leftBy(cwd: string): string[] {
  const path = join(cwd, 'hooked')
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').sort() : []
}
