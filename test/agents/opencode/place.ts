import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Script } from '../../scripted-model/index.js'
import { agentPlace } from '../agent-place.js'

export type OpencodePlaceOptions = {
  /** Members of its configuration beside the provider. */
  config?: object
  /** Added to the environment. */
  environment?: Record<string, string>
}

/** A scripted model, and a home whose opencode talks to it and to nobody else. */
export function opencodePlace(script: Script, options: OpencodePlaceOptions = {}) {
  return agentPlace(script, {
    agent: 'opencode',
    program: 'opencode',
    prepare(home, model) {
      const own = join(home, '.config', 'opencode')
      mkdirSync(own, { recursive: true })
      const config = { ...configOf(model.baseUrl), ...options.config }
      writeFileSync(join(own, 'opencode.json'), `// Of the user's own.\n${JSON.stringify(config)}`)
      return options.environment ?? {}
    },
  })
}

function configOf(baseURL: string): object {
  return {
    model: 'scripted/gpt-x',
    small_model: 'scripted/gpt-x',
    autoupdate: false,
    provider: {
      scripted: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL, apiKey: '{env:SCRIPTED_KEY}' },
        models: { 'gpt-x': { name: 'GPT X', tool_call: true } },
      },
    },
  }
}
