import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type EnvironmentFolders, SCRIPTED_KEY } from './environment.js'

/** How the `auth.json` in Codex's home logs it in. */
export type Login = 'API key' | 'ChatGPT'

/** Logs in a Codex home: with the scripted key, or with a made-up account. */
export function logIn({ codexHome }: Pick<EnvironmentFolders, 'codexHome'>, login: Login): void {
  const path = join(codexHome, 'auth.json')
  writeFileSync(path, JSON.stringify(login === 'API key' ? withKey() : withAccount()))
}

function withKey(): object {
  return { auth_mode: 'apikey', OPENAI_API_KEY: SCRIPTED_KEY }
}

// Constant, because Codex sends it.
const IN_2100 = 4_102_444_800

function withAccount(): object {
  const identity = { chatgpt_account_id: 'acc_1', chatgpt_plan_type: 'pro', chatgpt_user_id: 'u_1' }
  const token = unsigned({
    exp: IN_2100,
    email: 'ada@example.org',
    'https://api.openai.com/auth': identity,
  })
  const tokens = { id_token: token, access_token: token, refresh_token: 'r', account_id: 'acc_1' }
  return { auth_mode: 'chatgpt', tokens, last_refresh: new Date().toISOString() }
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'RS256', typ: 'JWT' }), part(claims), 'c2lnbmVk'].join('.')
}
