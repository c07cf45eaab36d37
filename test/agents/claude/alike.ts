import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Ended } from '../../host/index.js'
import type { ClaudePlace } from './place.js'

/** How a run ended and what it printed, without what differs between any two places. */
export function endAlike({ exitCode, signal, stdout, stderr }: Ended, place: ClaudePlace) {
  const [printed, complained] = [stdout, stderr].map((bytes) => alike(bytes.toString(), place))
  return { exitCode, signal, printed, complained }
}

/** What the model was asked, without what differs between any two places. */
export function requestsAlike(place: ClaudePlace): unknown[] {
  return place.model.exchanges.map(({ method, url, rawHeaders, requestBody }) => [
    `${method} ${url}`,
    headersAlike(rawHeaders, place),
    requestBody.length === 0 ? '' : JSON.parse(alike(requestBody.toString(), place)),
  ])
}

function headersAlike(rawHeaders: readonly string[], place: ClaudePlace): string[] {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : [],
  )
  return lines.map((line) => alike(line, place)).filter((line) => !/^content-length:/i.test(line))
}

/** Replaces folders, addresses and ids. */
export function alike(text: string, { home }: ClaudePlace): string {
  return text
    .replaceAll(home.root, 'ROOT')
    .replaceAll(home.root.replaceAll('/', '-'), 'ROOT')
    .replaceAll(/127\.0\.0\.1:\d+/g, 'API')
    .replaceAll(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
    .replaceAll(/(?<=cch=)[\da-f]{5}/g, 'HASH')
    .replaceAll(/(?<=device_id\\*":\\*")[\da-f]{64}/g, 'ID')
}

/** A screen, also without times and without what moves or is random in Claude Code itself. */
export function screenAlike(screen: string, place: ClaudePlace): string {
  return (
    alike(screen, place)
      .replaceAll(/[\u2580-\u259f]|(?<=^ )·/gmu, ' ')
      .replaceAll(/^.*(?=Claude Code v|Opus \d|ROOT\/work$)/gm, '')
      .replaceAll(/^ *[·✢✳✶✻✽*]\s.*$/gm, 'WORKING')
      .replaceAll(/^.{0,3}Running .*$/gm, 'RUNNING')
      .replaceAll(/^.*\bTip: .*$/gm, 'TIP')
      .replaceAll(/^ +tmux focus-events off .*$/gm, '')
      .replaceAll(' · ← for agents', '')
      // It repeats its options if they fit on the line, and with ours they do not.
      .replaceAll('claude --permission-mode manual --resume', 'claude --resume')
      .replaceAll(/\d+(\.\d+)?m?s\b/g, 'TIME')
      .replaceAll(/ +$/gm, '')
  )
}

/**
 * What is in a home, by names that are the same in each. Claude Code tidies up at times, and notes
 * that.
 */
export function filesAlike({ home }: ClaudePlace): string[] {
  return filesIn(home.userHome)
    .filter((path) => !path.endsWith('.last-cleanup'))
    .map((path) => path.replaceAll(/[\da-f]{8}-[\da-f-]{27}|\d{13}|tacho-test-\w+/gi, '…'))
    .sort()
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
}
