import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SCRIPTED_KEY } from '../../host/index.js'
import type { Script, ScriptedModel } from '../../scripted-model/index.js'
import { agentPlace } from '../agent-place.js'

const WITH_KEY = { security: { auth: { selectedType: 'gemini-api-key' } } }

export type GeminiPlaceOptions = {
  /** Its complete settings; default: an API key is selected. */
  settings?: object | ((root: string) => object)
  /** Added to the environment. */
  environment?: Record<string, string>
}

/** A scripted model, and a home whose Gemini CLI talks to it and to nobody else. */
export function geminiPlace(script: Script, options: GeminiPlaceOptions = {}) {
  const { settings = WITH_KEY, environment = {} } = options
  return agentPlace(script, {
    agent: 'gemini',
    program: 'gemini-cli',
    prepare: (home, model) => ({
      ...geminiSettings(
        home,
        model,
        typeof settings === 'function' ? settings(join(home, '..')) : settings,
      ),
      ...environment,
    }),
  })
}

/**
 * Writes the settings of a Gemini CLI that talks to a scripted model; returns the variables it
 * needs.
 */
export function geminiSettings(home: string, model: ScriptedModel, settings: object = WITH_KEY) {
  const own = join(home, '.gemini')
  mkdirSync(own)
  const general = { enableAutoUpdate: false, disableAutoUpdate: true }
  const all = { general, privacy: { usageStatisticsEnabled: false }, ...settings }
  writeFileSync(join(own, 'settings.json'), `// Of the user's own.\n${JSON.stringify(all)}`)
  return {
    GEMINI_API_KEY: SCRIPTED_KEY,
    GOOGLE_GEMINI_BASE_URL: model.baseUrl.replace(/\/v1$/, '/prefix'),
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }
}
