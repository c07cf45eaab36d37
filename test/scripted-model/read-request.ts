import type { IncomingHttpHeaders } from 'node:http'
import { decompress } from 'fzstd'
import { apiOf, type ModelApi } from './api.js'
import type { Exchange } from './exchange.js'
import { leastOf } from './least-of.js'
import { type Rendered, render, renderJson } from './render.js'
import { type Reply, replyOf } from './reply.js'

/** A request that the script answers. */
export type Asked = { api: ModelApi; body: Record<string, unknown>; streams: boolean }

/**
 * Reads a request and tells it apart: a question for the script, or a request with a fixed answer,
 * such as the list of models, a question that an agent asks beside its turns, nonsense, or an
 * unknown path.
 *
 * @param upgradeStatus the response to a WebSocket upgrade
 */
export function readRequest(
  exchange: Exchange,
  headers: IncomingHttpHeaders,
  upgradeStatus: number,
): Asked | Rendered {
  const api = apiOf(exchange.method, exchange.url)
  if (api === undefined) return answerToPath(exchange, headers, upgradeStatus)
  const body = objectOf(decoded(exchange.requestBody, headers['content-encoding']))
  if (body === undefined) return renderJson(400, api.error(400, 'The body is not a JSON object.'))
  const streams = api.streams ?? body.stream === true
  const side = sideReply(api, body)
  return side === undefined ? { api, body, streams } : render({}, side, api, streams)
}

/**
 * A minimal answer to a question that an agent asks beside its turns; undefined for anything else.
 */
export function sideReply(api: ModelApi, body: Record<string, unknown>): Reply | undefined {
  const schema = api.sideSchema(body)
  if (schema === undefined) return undefined
  return replyOf({ text: JSON.stringify(leastOf(schema)) }, 'side', body)
}

function answerToPath(
  { method, url }: Exchange,
  headers: IncomingHttpHeaders,
  upgradeStatus: number,
): Rendered {
  if (method === 'GET' && /\/models($|\?)/.test(url)) return renderJson(200, MODELS)
  if (method === 'GET' && url.endsWith('/accounts/check')) return renderJson(200, accounts(headers))
  return renderJson(headers.upgrade === undefined ? 404 : upgradeStatus, {
    error: { message: `The scripted model has no ${method} ${url}.`, type: 'not_found' },
  })
}

// With a ChatGPT login, Codex asks where its account is served before it asks a model.
function accounts({ 'chatgpt-account-id': id }: IncomingHttpHeaders): object {
  const routing = {
    workspace_backend_origin: 'NO_CONSTRAINT',
    account_routing_override: 'NO_CONSTRAINT',
  }
  return { accounts: [{ id, ...routing }], account_ordering: [id], default_account_id: id }
}

/**
 * OpenAI's list is in `data`; Codex reads `models`, and an empty list there leaves its own
 * unchanged.
 */
const MODELS = {
  object: 'list',
  data: [{ id: 'scripted', object: 'model', created: 0, owned_by: 'scripted' }],
  models: [],
}

// Codex compresses its requests if it is logged in to ChatGPT.
function decoded(bytes: Buffer, coding: string | undefined): Buffer {
  if (coding !== 'zstd') return bytes
  try {
    return Buffer.from(decompress(bytes))
  } catch {
    return Buffer.alloc(0)
  }
}

/** The JSON object in a body, if it is one. */
export function objectOf(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'))
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
