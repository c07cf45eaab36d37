import { type Attributes, cut } from './attributes.js'
import {
  type AttributeValues,
  SPAN_ATTRIBUTES,
  type SpanAttribute,
  type SpanFacts,
  type SpanKind,
} from './span-attributes.js'

/** What to record about a span; undefined means unknown. */
export type Facts<Kind extends SpanKind> = {
  [Fact in keyof SpanFacts<Kind>]?: Readable<SpanFacts<Kind>[Fact]> | undefined
}

type Readable<Value> = Value extends string[] ? readonly string[] : Value

/** Encodes the facts of a span as the attributes of its kind, cutting each text. */
export function encodeAttributes<Kind extends SpanKind>(
  kind: Kind,
  facts: Facts<Kind>,
): Attributes {
  const attributes: Attributes = {}
  const list = LISTS.get(kind)
  const told: Readonly<Record<string, unknown>> = facts
  // Called for each observation: building lists of pairs would take half the time.
  for (const fact of Object.keys(facts)) {
    const value = told[fact]
    if (value === undefined) continue
    const attribute = list?.get(fact)
    const known = attribute && held(attribute, value)
    if (attribute === undefined || known === undefined) continue
    if (typeof known === 'string') attributes[attribute.name] = cut(known)
    else attributes[attribute.name] = Array.isArray(known) ? known.map((one) => cut(one)) : known
  }
  return attributes
}

const LISTS: ReadonlyMap<string, ReadonlyMap<string, SpanAttribute>> = new Map(
  Object.entries(SPAN_ATTRIBUTES).map(([kind, list]) => [kind, new Map(Object.entries(list))]),
)

/**
 * Decodes the attributes of a span of a kind. They come from a file, so a value of the wrong type
 * is ignored.
 */
export function decodeAttributes<Kind extends SpanKind>(
  kind: Kind,
  attributes: Readonly<Record<string, unknown>>,
): SpanFacts<Kind> {
  const facts: Record<string, unknown> = {}
  const byName = BY_NAME[kind]
  // Called many times per span, and a span has a third of all attributes.
  for (const name in attributes) {
    const known = byName.get(name)
    if (known === undefined || !Object.hasOwn(attributes, name)) continue
    const value = held(known.attribute, attributes[name])
    if (value !== undefined) facts[known.fact] = value
  }
  return facts as SpanFacts<Kind>
}

const BY_NAME = Object.fromEntries(
  Object.entries(SPAN_ATTRIBUTES).map(([kind, list]) => [
    kind,
    new Map(
      Object.entries<SpanAttribute>(list).map(([fact, attribute]) => [
        attribute.name,
        { fact, attribute },
      ]),
    ),
  ]),
) as Record<SpanKind, Map<string, { fact: string; attribute: SpanAttribute }>>

/** Returns the value if it has the attribute's type; of a list, only its strings. */
function held(
  { type }: SpanAttribute,
  value: unknown,
): AttributeValues[keyof AttributeValues] | undefined {
  switch (type) {
    case 'text':
      return typeof value === 'string' ? value : undefined
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? value : undefined
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined
    case 'texts':
      return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : undefined
    default:
      return type satisfies never
  }
}
