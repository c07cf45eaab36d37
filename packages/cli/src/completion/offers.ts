import { AGENTS } from '@tacho/launcher'
import { SEARCHED } from '@tacho/reader'
import type { ArgumentNode, CommandNode, OptionNode } from '../command-tree/command-tree.js'
import { nextArgument, readTyped, type Typed } from './typed.js'

/** A possible word at the cursor. */
export type Offer = { word: string; description: string }

export type Offers = {
  offers: Offer[]
  /** What the shell should complete itself. */
  paths?: 'files' | 'folders'
}

/**
 * Returns the ids of the available sessions.
 *
 * @param sessionsDir the value of `--sessions-dir`, if it was typed.
 */
export type SessionIds = (sessionsDir: string | undefined) => string[]

/**
 * Returns the possible words at the cursor.
 *
 * @param words after `tacho`, up to the cursor; the last one is being typed.
 */
export function offersFor(
  tree: CommandNode,
  words: readonly string[],
  sessionIds: SessionIds,
): Offers {
  const current = words.at(-1) ?? ''
  const typed = readTyped(tree, words.slice(0, -1))
  const { offers, paths } = unfiltered(typed, current, sessionIds)
  const fitting = offers.filter(({ word }) => word.startsWith(current))
  return paths === undefined ? { offers: fitting } : { offers: fitting, paths }
}

function unfiltered(typed: Typed, current: string, sessionIds: SessionIds): Offers {
  const { waiting } = typed
  const ids = () => sessionIds(typed.values.get('--sessions-dir'))
  if (waiting?.value !== undefined) {
    const isOptional = !waiting.value.isRequired
    if (!isOptional || !current.startsWith('-')) return valueOffers(waiting.value, current, ids)
  }
  const equals = current.indexOf('=')
  if (!typed.isPastOptions && current.startsWith('-')) {
    return equals < 0 ? optionOffers(typed) : equalsOffers(typed, current, equals, ids)
  }
  const { command } = typed
  if (command.commands.length > 0 && typed.arguments.length === 0) {
    return { offers: command.commands.map(commandOffer) }
  }
  return argumentOffers(typed, current, ids)
}

function argumentOffers(typed: Typed, current: string, ids: () => string[]): Offers {
  const next = nextArgument(typed)
  if (next === undefined) return optionOffers(typed)
  if (next.name === 'command') return { offers: commandsBelow(typed.parent, typed.arguments) }
  const { offers, paths } = valueOffers(next, current, ids)
  const left = offers.filter(({ word }) => !typed.arguments.includes(word))
  // A command that also accepts all sessions shows how.
  const isBare = left.length === 0 && paths === undefined
  return {
    ...(isBare && !next.isRequired ? optionOffers(typed) : { offers: left }),
    ...optional(paths),
  }
}

/**
 * Completes the value after `--option=`: the whole word is offered, because the shell replaces all
 * of it.
 */
function equalsOffers(
  { command }: Typed,
  current: string,
  equals: number,
  ids: () => string[],
): Offers {
  const spelling = current.slice(0, equals)
  const value = command.options.find(({ spellings }) => spellings.includes(spelling))?.value
  if (value === undefined) return { offers: [] }
  const { offers, paths } = valueOffers(value, current.slice(equals + 1), ids)
  const whole = offers.map(({ word, description }) => ({
    word: `${spelling}=${word}`,
    description,
  }))
  return { offers: whole, ...optional(paths) }
}

function valueOffers(value: ArgumentNode, current: string, ids: () => string[]): Offers {
  if (value.choices !== undefined) {
    return { offers: value.choices.map((word) => ({ word, description: '' })) }
  }
  switch (value.name) {
    case 'session':
    case 'n or session':
      return sessionOffers(current, ids)
    case 'agent':
      return { offers: AGENTS.map(({ name, title }) => ({ word: name, description: title })) }
    case 'places':
      return { offers: placeOffers(current) }
    case 'dir':
      return { offers: [], paths: 'folders' }
    case 'file':
    case 'path':
    case 'arguments':
      return { offers: [], paths: 'files' }
    case '-':
      return { offers: [{ word: '-', description: 'standard input' }] }
    default:
      return { offers: [] }
  }
}

// Separated by commas, each once.
function placeOffers(current: string): Offer[] {
  const given = current.split(',').slice(0, -1)
  const left = SEARCHED.filter((place) => !given.includes(place))
  return left.map((place) => ({ word: [...given, place].join(','), description: '' }))
}

// If a path is typed, it is a session's folder.
function sessionOffers(current: string, ids: () => string[]): Offers {
  if (/[/~]/.test(current)) return { offers: [], paths: 'folders' }
  const last = { word: 'last', description: 'the one that was started or resumed last' }
  return { offers: [last, ...ids().map((word) => ({ word, description: '' }))] }
}

function optionOffers({ command, options: given, isPastOptions }: Typed): Offers {
  if (isPastOptions) return { offers: [] }
  const isFree = ({ spellings, conflicts, value }: OptionNode) =>
    (value?.isVariadic || !spellings.some((spelling) => given.has(spelling))) &&
    !conflicts.some((spelling) => given.has(spelling))
  return { offers: command.options.filter(isFree).map(optionOffer) }
}

function optionOffer({ spellings, description }: OptionNode): Offer {
  return { word: spellings.at(-1) ?? '', description }
}

function commandOffer({ name, description }: CommandNode): Offer {
  return { word: name, description }
}

/** For `help`: returns the subcommands of the given command. */
function commandsBelow(parent: CommandNode, names: readonly string[]): Offer[] {
  let found: CommandNode | undefined = parent
  for (const name of names) found = found?.commands.find((one) => one.name === name)
  return (found?.commands ?? []).map(commandOffer)
}

function optional(paths: Offers['paths']): Pick<Offers, 'paths'> {
  return paths === undefined ? {} : { paths }
}
