import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Script, ScriptedModel } from '../../scripted-model/index.js'
import { agentPlace } from '../agent-place.js'

export type OpencodePlaceOptions = {
  /** Members of its configuration beside the provider. */
  config?: object | ((root: string) => object)
  /** Added to the environment. */
  environment?: Record<string, string>
}

/** A scripted model, and a home whose opencode talks to it and to nobody else. */
export function opencodePlace(script: Script, options: OpencodePlaceOptions = {}) {
  return agentPlace(script, {
    agent: 'opencode',
    program: 'opencode',
    prepare(home, model) {
      const { config } = options
      const own = typeof config === 'function' ? config(join(home, '..')) : config
      opencodeSettings(home, model, own)
      return options.environment ?? {}
    },
  })
}

/** Writes the settings of an opencode that talks to a scripted model, including `config`. */
export function opencodeSettings(home: string, model: ScriptedModel, config: object = {}) {
  const own = join(home, '.config', 'opencode')
  mkdirSync(own, { recursive: true })
  const all = { ...configOf(model.baseUrl), ...config }
  writeFileSync(join(own, 'opencode.json'), `// Of the user's own.\n${JSON.stringify(all)}`)
  return {}
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
