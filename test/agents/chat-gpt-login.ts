import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CertificateAuthority, type Command, withHostNames } from '../host/index.js'
import type { ScriptedModelOptions } from '../scripted-model/index.js'
import type { Workplace } from './workplace.js'

const HOST = 'chatgpt.com'
// An address of its own, so that no other test has its port 443.
const ADDRESS = '127.0.44.3'

/** A model that stands where the real one of a ChatGPT login does. */
export function chatGptHost(folder: string): { server: ScriptedModelOptions; caPath: string } {
  mkdirSync(folder, { recursive: true })
  const authority = new CertificateAuthority(folder)
  const tls = authority.issue(`DNS:${HOST}`)
  return { server: { address: ADDRESS, port: 443, tls }, caPath: authority.caPath }
}

/** Logs a place in with a login that was made up. Gives the start of command lines that reach it. */
export function logIn({ home }: Workplace): Command {
  const hour = Math.floor(Date.now() / 1000) + 3600
  const identity = { chatgpt_account_id: 'acc_1', chatgpt_plan_type: 'pro', chatgpt_user_id: 'u_1' }
  const token = unsigned({
    exp: hour,
    email: 'ada@example.org',
    'https://api.openai.com/auth': identity,
  })
  const tokens = { id_token: token, access_token: token, refresh_token: 'r', account_id: 'acc_1' }
  const login = { auth_mode: 'chatgpt', tokens, last_refresh: new Date().toISOString() }
  writeFileSync(join(home.codexHome, 'auth.json'), JSON.stringify(login))
  return withHostNames(home.root, { [HOST]: ADDRESS })
}

function unsigned(claims: object): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'RS256', typ: 'JWT' }), part(claims), 'c2lnbmVk'].join('.')
}
