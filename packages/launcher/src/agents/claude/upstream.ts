import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { record } from '@tacho/model'
import type { Upstream } from '../../taps/http/upstream.js'
import type { NoTap } from '../../taps/no-tap.js'
import { basePath } from '../base-path.js'
import type { EffectiveSettings } from './effective-environment.js'
import { claudeHome } from './home.js'
import { pastProxy } from './proxies.js'
import type { RunSettings, Settings } from './settings.js'

const API = 'https://api.anthropic.com'

/** How long Claude Code waits for the head of an answer, unless API_TIMEOUT_MS is set (2.1.332). */
const TIMEOUT_MILLISECONDS = 600_000

/**
 * Returns where Claude Code (2.1.332) sends its requests, and how to redirect them to Tacho:
 * through the variable for the base URL of the provider in use.
 */
export function upstreamOf(effective: EffectiveSettings, settings: RunSettings): Upstream | NoTap {
  const { environment, managed } = effective
  const provider = providerOf(environment)
  if ('reason' in provider) return provider
  const { name, variable, url: text } = provider
  if (Object.hasOwn(record(managed.env), variable))
    return { reason: `an administrator's settings fix ${variable}` }
  if (!URL.canParse(text) || !/^https?:/.test(text)) return { reason: `${variable} is not a URL` }
  const url = new URL(text)
  const milliseconds = Number(environment.API_TIMEOUT_MS)
  return {
    name,
    upstream: () => url,
    expected: url,
    base: basePath(url.pathname),
    userInfo: url,
    speaksOverSocket: false,
    idleTimeout: milliseconds > 0 ? milliseconds : TIMEOUT_MILLISECONDS,
    redirect: (baseUrl) =>
      settings.adding({
        env: { [variable]: baseUrl, ...provider.more, ...pastProxy(environment) },
      }),
  }
}

/**
 * Returns what Claude Code does not do at another address, if that matters: with an API key, it
 * does not fetch the settings that an organization keeps at Anthropic. A file shows that it fetched
 * some before.
 */
export function leftOut({ environment }: EffectiveSettings): string | undefined {
  const { ANTHROPIC_API_KEY: key, ANTHROPIC_BASE_URL: own } = environment
  const provider = providerOf(environment)
  if (!key || own || 'reason' in provider || provider.name !== 'anthropic') return undefined
  if (!existsSync(join(claudeHome(environment), 'remote-settings.json'))) return undefined
  return 'Claude Code does not fetch the settings of your organization while it is recorded with an API key'
}

/**
 * Whether requests of Claude Code (2.1.332) would carry its spans' context (`traceparent`) if it
 * made spans: those to Anthropic do, and all if the user wants that.
 */
export function namesSpans(environment: NodeJS.ProcessEnv): boolean {
  const provider = providerOf(environment)
  const isFirstParty = 'more' in provider && provider.more !== undefined
  return isFirstParty || isOn(environment.CLAUDE_CODE_PROPAGATE_TRACEPARENT)
}

type Provider = {
  /** For `gen_ai.provider.name`. */
  name: string
  variable: string
  url: string
  more?: Settings['env']
}

function providerOf(environment: NodeJS.ProcessEnv): Provider | NoTap {
  const uses = (name: string) => isOn(environment[`CLAUDE_CODE_USE_${name}`])
  if (uses('BEDROCK')) return bedrock(environment)
  if (uses('VERTEX')) return vertex(environment)
  if (uses('FOUNDRY')) return foundry(environment)
  const variable = 'ANTHROPIC_BASE_URL'
  const { [variable]: url } = environment
  // At another address, Claude Code omits some of what it sends to Anthropic's own.
  return url
    ? { name: 'anthropic', variable, url }
    : {
        name: 'anthropic',
        variable,
        url: API,
        more: { _CLAUDE_CODE_ASSUME_FIRST_PARTY_BASE_URL: '1' },
      }
}

// A SigV4 signature covers the request's host, so only Claude Code itself can make it.
function bedrock(environment: NodeJS.ProcessEnv): Provider | NoTap {
  const { AWS_BEARER_TOKEN_BEDROCK: token, CLAUDE_CODE_SKIP_BEDROCK_AUTH: skips } = environment
  if (!token && !isOn(skips))
    return { reason: 'requests to Amazon Bedrock are signed for its host' }
  const region = environment.AWS_REGION || environment.AWS_DEFAULT_REGION || 'us-east-1'
  const variable = 'ANTHROPIC_BEDROCK_BASE_URL'
  const url = environment[variable] || `https://bedrock-runtime.${region}.amazonaws.com`
  return { name: 'aws.bedrock', variable, url }
}

function vertex(environment: NodeJS.ProcessEnv): Provider | NoTap {
  const variable = 'ANTHROPIC_VERTEX_BASE_URL'
  const { [variable]: given, CLOUD_ML_REGION: region = 'us-east5' } = environment
  if (given) return { name: 'gcp.vertex_ai', variable, url: given }
  if (Object.keys(environment).some((name) => name.startsWith('VERTEX_REGION_')))
    return {
      reason: `VERTEX_REGION_* choose a host for each model; set ${variable} to one of them`,
    }
  const host =
    region === 'global' ? 'aiplatform.googleapis.com' : `${region}-aiplatform.googleapis.com`
  return { name: 'gcp.vertex_ai', variable, url: `https://${host}/v1` }
}

function foundry(environment: NodeJS.ProcessEnv): Provider | NoTap {
  const variable = 'ANTHROPIC_FOUNDRY_BASE_URL'
  const { [variable]: given, ANTHROPIC_FOUNDRY_RESOURCE: resource } = environment
  if (given) return { name: 'azure.ai.inference', variable, url: given }
  if (!resource) return { reason: `neither ${variable} nor ANTHROPIC_FOUNDRY_RESOURCE is set` }
  const url = `https://${resource}.services.ai.azure.com/anthropic`
  return { name: 'azure.ai.inference', variable, url }
}

/** Whether Claude Code would read a variable as on. */
export function isOn(value: string | undefined): boolean {
  return ['1', 'true', 'yes', 'on'].includes(value?.toLowerCase().trim() ?? '')
}
