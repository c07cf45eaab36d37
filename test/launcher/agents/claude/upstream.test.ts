import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { effectiveSettings } from '../../../../packages/launcher/src/agents/claude/effective-environment.js'
import { RunSettings } from '../../../../packages/launcher/src/agents/claude/settings.js'
import { leftOut, upstreamOf } from '../../../../packages/launcher/src/agents/claude/upstream.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tacho-claude-upstream-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

type Variables = Record<string, string>
type Files = Record<string, object>

function settle(environment: Variables, args: string[] = [], files: Files = {}) {
  for (const [path, json] of Object.entries(files)) {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), JSON.stringify(json))
  }
  const settings = new RunSettings(args, root)
  const env = { HOME: join(root, 'home'), ...environment }
  const run = { args, environment: env, cwd: join(root, 'work') }
  return { effective: effectiveSettings({ ...run, own: settings.own }), settings }
}

/** Where the requests go and which variables bring them to us, or why they do not. */
function found(...given: Parameters<typeof settle>): unknown[] {
  const { effective, settings } = settle(...given)
  const upstream = upstreamOf(effective, settings)
  if ('reason' in upstream) return [upstream.reason]
  const { args } = upstream.redirect('http://tap')({ command: 'claude', args: [] } as never)
  const { env } = JSON.parse(args?.[1] ?? '') as { env: Variables }
  const { href } = upstream.upstream({ headers: [] })
  return [href, Object.keys(env).find((name) => env[name] === 'http://tap')]
}

const BASE_URL = 'ANTHROPIC_BASE_URL'
const GATEWAY = 'http://gateway.test/v1'
const ANTHROPIC = ['https://api.anthropic.com/', BASE_URL]
const own = (url: string) => ({ env: { [BASE_URL]: url } })

describe('requests come to us from', () => {
  test.each<[what: string, environment: Variables, to: unknown[]]>([
    ['Anthropic', {}, ANTHROPIC],
    ['a gateway', { [BASE_URL]: GATEWAY }, [GATEWAY, BASE_URL]],
    ['Anthropic, where the variable is empty', { [BASE_URL]: '' }, ANTHROPIC],
    ['what is not a URL', { [BASE_URL]: 'gateway' }, ['ANTHROPIC_BASE_URL is not a URL']],
    ['what is no HTTP', { [BASE_URL]: 'ftp://a.test' }, ['ANTHROPIC_BASE_URL is not a URL']],
    [
      'Bedrock with a key',
      { CLAUDE_CODE_USE_BEDROCK: '1', AWS_BEARER_TOKEN_BEDROCK: 'k', AWS_REGION: 'eu-west-1' },
      ['https://bedrock-runtime.eu-west-1.amazonaws.com/', 'ANTHROPIC_BEDROCK_BASE_URL'],
    ],
    [
      'Bedrock behind a gateway',
      {
        CLAUDE_CODE_USE_BEDROCK: 'true',
        CLAUDE_CODE_SKIP_BEDROCK_AUTH: '1',
        ANTHROPIC_BEDROCK_BASE_URL: GATEWAY,
      },
      [GATEWAY, 'ANTHROPIC_BEDROCK_BASE_URL'],
    ],
    [
      'Bedrock with AWS credentials',
      { CLAUDE_CODE_USE_BEDROCK: '1', AWS_ACCESS_KEY_ID: 'k' },
      ['requests to Amazon Bedrock are signed for its host'],
    ],
    [
      'Vertex',
      { CLAUDE_CODE_USE_VERTEX: '1', CLOUD_ML_REGION: 'europe-west1' },
      ['https://europe-west1-aiplatform.googleapis.com/v1', 'ANTHROPIC_VERTEX_BASE_URL'],
    ],
    [
      'Vertex everywhere',
      { CLAUDE_CODE_USE_VERTEX: '1', CLOUD_ML_REGION: 'global' },
      ['https://aiplatform.googleapis.com/v1', 'ANTHROPIC_VERTEX_BASE_URL'],
    ],
    [
      'Vertex with a region for each model',
      { CLAUDE_CODE_USE_VERTEX: '1', VERTEX_REGION_CLAUDE_5_OPUS: 'us-east1' },
      [
        'VERTEX_REGION_* choose a host for each model; set ANTHROPIC_VERTEX_BASE_URL to one of them',
      ],
    ],
    [
      'Foundry',
      { CLAUDE_CODE_USE_FOUNDRY: '1', ANTHROPIC_FOUNDRY_RESOURCE: 'ours' },
      ['https://ours.services.ai.azure.com/anthropic', 'ANTHROPIC_FOUNDRY_BASE_URL'],
    ],
    [
      'Foundry without a place',
      { CLAUDE_CODE_USE_FOUNDRY: '1' },
      ['neither ANTHROPIC_FOUNDRY_BASE_URL nor ANTHROPIC_FOUNDRY_RESOURCE is set'],
    ],
    ['Anthropic, where a switch is off', { CLAUDE_CODE_USE_BEDROCK: '0' }, ANTHROPIC],
  ])('%s', (_, environment, to) => expect(found(environment)).toEqual(to))
})

describe('of base URLs that differ, the one counts that Claude Code takes:', () => {
  const USERS = 'home/.claude/settings.json'
  const PROJECT = 'work/.claude/settings.json'
  const LOCAL = 'work/.claude/settings.local.json'
  const environment = { [BASE_URL]: 'http://environment.test/' }
  const files = {
    [USERS]: own('http://user.test/'),
    [PROJECT]: own('http://project.test/'),
    [LOCAL]: own('http://local.test/'),
  }
  const option = ['--settings', JSON.stringify(own('http://option.test/'))]
  const { [LOCAL]: _, ...notLocal } = files
  test.each<[of: string, args: string[], files: Files, host: string]>([
    ['that of the environment', [], {}, 'environment'],
    ["that of the user's settings", [], { [USERS]: files[USERS] ?? {} }, 'user'],
    ["that of the project's settings", [], notLocal, 'project'],
    ["that of the user's settings for the project", [], files, 'local'],
    ["that of the user's --settings", option, files, 'option'],
    ['of several --settings the last', ['--settings={}', ...option], files, 'option'],
    ['that of the sources that are read', ['--setting-sources', 'user'], files, 'user'],
    ['none of a file, with --restricted', ['--restricted'], files, 'environment'],
  ])('%s', (_, args, files, host) => {
    expect(found(environment, args, files)).toEqual([`http://${host}.test/`, BASE_URL])
  })
})

describe('that the settings of an organization are not fetched is told', () => {
  const FETCHED = { 'home/.claude/remote-settings.json': {} }
  const KEY = { ANTHROPIC_API_KEY: 'k' }
  test.each<[when: string, environment: Variables, files: Files, isTold: boolean]>([
    ['with an API key, where there were some', KEY, FETCHED, true],
    ['not where there were none', KEY, {}, false],
    ['not with a login', {}, FETCHED, false],
    ['not with a gateway, which has none anyway', { ...KEY, [BASE_URL]: GATEWAY }, FETCHED, false],
    ['not with another provider', { ...KEY, CLAUDE_CODE_USE_VERTEX: '1' }, FETCHED, false],
  ])('%s', (_, environment, files, isTold) => {
    const told = leftOut(settle(environment, [], files).effective)
    expect(told !== undefined).toBe(isTold)
  })
})
