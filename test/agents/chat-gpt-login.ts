import { mkdirSync } from 'node:fs'
import { CertificateAuthority, type Command, logIn, withHostNames } from '../host/index.js'
import type { ScriptedModelOptions } from '../scripted-model/index.js'
import type { Workplace } from './workplace.js'

const HOST = 'chatgpt.com'
// An address of its own, because port 443 is taken by one test at a time.
const ADDRESS = '127.0.44.3'

/** A model in the place of the real one that serves ChatGPT logins. */
export function chatGptHost(folder: string): { server: ScriptedModelOptions; caPath: string } {
  mkdirSync(folder, { recursive: true })
  const authority = new CertificateAuthority(folder)
  const tls = authority.issue(`DNS:${HOST}`)
  return { server: { address: ADDRESS, port: 443, tls }, caPath: authority.caPath }
}

/**
 * Logs a place in with a made-up login. Returns the start of command lines that reach the model.
 */
export function logInToChatGpt({ home }: Workplace): Command {
  logIn(home, 'ChatGPT')
  return withHostNames(home.root, { [HOST]: ADDRESS })
}
