import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from './page.js'
import type { Problem } from './problem.js'
import type { TachoCommands } from './tacho-commands.js'

/** Commands of npm and tacho in pages that do not exist or do not have the option shown. */
export function unknownCommands(
  root: string,
  pages: readonly Page[],
  tacho: TachoCommands,
): Problem[] {
  const scripts = scriptsOf(root)
  return pages.flatMap((page) =>
    commandLinesOf(page).flatMap(({ line, text }) =>
      simpleCommands(text)
        .map((words) => npmProblem(words, scripts) ?? tachoProblem(words, tacho))
        .filter((message) => message !== undefined)
        .map((message) => ({ file: page.file, line, message })),
    ),
  )
}

const SHELLS = new Set(['sh', 'bash', 'console', 'shell'])

/**
 * What a reader would type: lines of shell blocks, lines after a `$` in sessions, and code in text.
 */
function commandLinesOf({ blocks, spans }: Page): { line: number; text: string }[] {
  const typed = blocks
    .filter(({ language }) => SHELLS.has(language))
    .flatMap(({ language, line, lines }) =>
      lines.flatMap((text, index) => {
        const command = language === 'console' ? /^\$ (.*)/.exec(text)?.[1] : text
        return command === undefined ? [] : [{ line: line + index, text: command }]
      }),
    )
  return [...typed, ...spans]
}

/** The words of each command in a line, without comments, quoted text and variables. */
function simpleCommands(text: string): string[][] {
  return text
    .replace(/(^|\s)#\s.*$/, '')
    .replaceAll(/"[^"]*"|'[^']*'/g, 'quoted')
    .split(/\||&&|;|<\(|\$\(/)
    .map((command) =>
      command
        .replaceAll(/[()]/g, ' ')
        .split(/\s+/)
        .filter((word) => word !== ''),
    )
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))
}

function npmProblem(words: readonly string[], scripts: ReadonlySet<string>): string | undefined {
  const [program, command, script] = words
  if (program !== 'npm') return undefined
  const name = command === 'run' ? script : command === 'test' ? 'test' : undefined
  if (name === undefined || !/^[a-z]/.test(name) || scripts.has(name)) return undefined
  return `package.json has no script ${name}; it has ${[...scripts].join(', ')}`
}

function tachoProblem(words: readonly string[], tacho: TachoCommands): string | undefined {
  const [program = '', ...args] = words[0] === 'npx' ? words.slice(1) : words
  if (program !== 'tacho' && !program.endsWith('/.bin/tacho')) return undefined
  const [name = '', below] = args
  if (!/^[a-z]+$/.test(name)) return undefined
  const options = tacho.optionsOf(name, below)
  if (options === undefined) return `tacho has no command ${name}; see tacho --help`
  if (tacho.isAgent(name)) return undefined
  const unknown = args
    .flatMap((word) => /^--[a-z][a-z-]*/.exec(word)?.[0] ?? [])
    .find((option) => !options.has(option))
  return unknown === undefined
    ? undefined
    : `tacho ${name} has no ${unknown}; see tacho help ${name}`
}

function scriptsOf(root: string): Set<string> {
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return new Set(Object.keys((manifest as { scripts?: object }).scripts ?? {}))
}
