import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { demoScript } from './demo-script.js'
import type { Exchange } from './exchange.js'
import type { Answer, Script } from './script.js'
import { startScriptedModel } from './server.js'

const USAGE = `Usage: npm run scripted-model -- [--port N] [--script FILE.json] [--web-socket] [--verbose]

Plays a model API (OpenAI Responses and Chat Completions) on 127.0.0.1 until Ctrl+C.
With --web-socket it is what Codex's own provider wants, for \`codex exec\`.
FILE.json is a list of answers, one for each request, the last one repeated:
  [{"calls": [{"name": "exec_command", "arguments": {"cmd": "ls"}}]}, {"text": "Done.", "deltas": 3}]
test/scripted-model/script.ts tells all that an answer can be.
`

/** A Codex provider: where its key is, and how it is selected. */
type Provider = { key: string; chosen: (baseUrl: string) => string }

const CUSTOM: Provider = { key: 'SCRIPTED_KEY', chosen: () => 'model_provider = "scripted"' }
const OWN: Provider = {
  key: 'CODEX_API_KEY',
  chosen: (baseUrl) => `model_provider = "openai"\nopenai_base_url = "${baseUrl}"`,
}

try {
  await main()
} catch (cause) {
  process.stderr.write(`${cause instanceof Error ? cause.message : String(cause)}\n`)
  process.exitCode = 1
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '0' },
      script: { type: 'string' },
      'web-socket': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    return
  }
  const model = await startScriptedModel(
    values.script === undefined ? demoScript : readScript(values.script),
    {
      port: portOf(values.port),
      webSocket: values['web-socket'],
      ...(values.verbose && { onExchange: printExchange }),
    },
  )
  process.stdout.write(introduction(model.baseUrl, values['web-socket'] ? OWN : CUSTOM))
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => model.close())
}

function portOf(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port
  throw new Error(`--port ${text} is no port: give a number from 0 to 65535.`)
}

function readScript(path: string): Script {
  const script: unknown = parsed(path)
  if (Array.isArray(script) && script.every((one) => typeof one === 'object' && one !== null)) {
    return script as Answer[]
  }
  throw new Error(
    `${path} is no script: it must be a JSON list of answers, such as [{"text":"Hi"}].`,
  )
}

function parsed(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`Can't read the script ${path}: ${reason}`, { cause })
  }
}

function printExchange(exchange: Exchange): void {
  const ended = exchange.isFinished ? '' : exchange.aborted ? ', client gone' : ', broken'
  process.stderr.write(
    `${exchange.method} ${exchange.url} ${exchange.requestBody.length} bytes -> ` +
      `${exchange.status ?? 'no status'} ${exchange.responseBody.length} bytes${ended}\n`,
  )
}

function introduction(baseUrl: string, { key, chosen }: Provider): string {
  return `${baseUrl}

# For Codex, in $CODEX_HOME/config.toml; then: export ${key}=anything
model = "gpt-5.5"
${chosen(baseUrl)}
check_for_update_on_startup = false

[analytics]
enabled = false

[features]
plugins = false
apps = false

[notice.model_migrations]
"gpt-5.5" = "gpt-6-sol"

[model_providers.scripted]
name = "scripted"
base_url = "${baseUrl}"
env_key = "SCRIPTED_KEY"
wire_api = "responses"
`
}
