import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { record } from '@tacho/model'
import type { StartChange } from '../../taps/start-change.js'
import { withOptions } from '../with-options.js'

/** The parts of Claude Code's settings that are read and set here. */
export type Settings = {
  env?: Record<string, string>
  hooks?: Record<string, unknown[]>
}

/** The user's `--settings` cannot be read. */
export class BadSettings extends Error {
  override readonly name = 'BadSettings'
  readonly code = 'bad-settings'
}

const OPTION = '--settings'

/**
 * The `--settings` of one run: the user's own, plus what Tacho's taps add. If the option repeats,
 * only the last one counts (Claude Code 2.1.332), so both are merged. Settings that the user keeps
 * in a file go to a private file, others into the option: so no list of processes shows anything
 * new.
 */
export class RunSettings {
  /** The user's own settings. */
  readonly own: Record<string, unknown>
  readonly #isFile: boolean
  #all: Record<string, unknown>
  #folder: string | undefined

  /** @throws BadSettings if the user's own cannot be read. */
  constructor(args: readonly string[], cwd: string) {
    const value = ownValue(args)
    this.#isFile = value !== undefined && !isJson(value)
    this.own = value === undefined ? {} : read(value, cwd)
    this.#all = this.own
  }

  /** Adds settings to the start: they override the user's variables, and join the user's hooks. */
  adding(part: Settings): StartChange {
    return (start) => {
      this.#all = together(this.#all, part)
      return { ...start, args: withSettings(start.args, this.#option()) }
    }
  }

  /** Cleans up after the run. */
  close(): void {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true })
  }

  #option(): string {
    const json = JSON.stringify(this.#all)
    if (!this.#isFile) return json
    this.#folder ??= mkdtempSync(join(tmpdir(), 'tacho-settings-'))
    const path = join(this.#folder, 'settings.json')
    writeFileSync(path, json, { mode: 0o600 })
    return path
  }
}

function read(value: string, cwd: string): Record<string, unknown> {
  const what = isJson(value) ? OPTION : resolve(cwd, value)
  try {
    return record(JSON.parse(isJson(value) ? value : readFileSync(what, 'utf8')))
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? 'is not JSON' : `cannot be read: ${String(cause)}`
    throw new BadSettings(`${what} ${reason}`, { cause })
  }
}

// The way Claude Code tells JSON from a path.
function isJson(value: string): boolean {
  const text = value.trim()
  return text.startsWith('{') && text.endsWith('}')
}

function together(own: Record<string, unknown>, part: Settings): Record<string, unknown> {
  const hooks: Record<string, unknown> = { ...record(own.hooks) }
  for (const [event, added] of Object.entries(part.hooks ?? {})) {
    const before = hooks[event]
    hooks[event] = [...(Array.isArray(before) ? before : []), ...added]
  }
  return {
    ...own,
    ...(part.env !== undefined && { env: { ...record(own.env), ...part.env } }),
    ...(part.hooks !== undefined && { hooks }),
  }
}

type Place = { at: number; isJoined: boolean }

/** Returns the position of the last one. */
function placeOf(args: readonly string[]): Place | undefined {
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const at = own.findLastIndex((one) => one === OPTION || one.startsWith(`${OPTION}=`))
  return at < 0 ? undefined : { at, isJoined: own[at] !== OPTION }
}

function ownValue(args: readonly string[]): string | undefined {
  const place = placeOf(args)
  if (place === undefined) return undefined
  return place.isJoined ? args[place.at]?.slice(OPTION.length + 1) : args[place.at + 1]
}

function withSettings(args: readonly string[], value: string): string[] {
  const place = placeOf(args)
  if (place === undefined) return withOptions(args, [OPTION, value])
  const { at, isJoined } = place
  return [...args.slice(0, at), OPTION, value, ...args.slice(at + (isJoined ? 1 : 2))]
}
