import { asObject, type Json } from './json.js'

const LISTS = ['content', 'choices', 'output', 'candidates']

/**
 * Finds what in an answer, or in one of its events, no API sends like this: a list whose elements
 * are not objects, tokens that are not numbers. What it may have said is not among the facts, so it
 * must be reported. Returns undefined if all is as expected.
 */
export function oddMember(said: Json): string | undefined {
  for (const name of LISTS)
    if (isOddList(said[name])) return `an element of ${name} is not an object`
  const { usage, response } = said
  if (usage !== undefined && usage !== null && !isPlainObject(usage))
    return 'usage is not an object'
  return isPlainObject(response) ? oddMember(response) : undefined
}

function isOddList(value: unknown): boolean {
  return Array.isArray(value) && value.some((one) => !isPlainObject(one))
}

function isPlainObject(value: unknown): value is Json {
  return asObject(value) !== undefined && !Array.isArray(value)
}
