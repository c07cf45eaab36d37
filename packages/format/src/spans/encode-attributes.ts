import { type Attributes, cut } from './attributes.js'
import {
  type AttributeValues,
  SPAN_ATTRIBUTES,
  type SpanAttribute,
  type SpanFacts,
  type SpanKind,
} from './span-attributes.js'

/** What is to be said of a span; what is undefined is not known. */
export type Facts<Kind extends SpanKind> = {
  [Fact in keyof SpanFacts<Kind>]?: Readable<SpanFacts<Kind>[Fact]> | undefined
}

type Readable<Value> = Value extends string[] ? readonly string[] : Value

/** What is known of a span of a kind, as its attributes; each text is cut. */
export function encodeAttributes<Kind extends SpanKind>(
  kind: Kind,
  facts: Facts<Kind>,
): Attributes {
  const attributes: Attributes = {}
  const list = LISTS.get(kind)
  const told: Readonly<Record<string, unknown>> = facts
  // Called for each observation: lists of pairs would be half of its time.
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
 * What the attributes of a span of a kind say. They are read from a file: what has the wrong type is
 * as if it were not there.
 */
export function decodeAttributes<Kind extends SpanKind>(
  kind: Kind,
  attributes: Readonly<Record<string, unknown>>,
): SpanFacts<Kind> {
  const facts: Record<string, unknown> = {}
  const byName = BY_NAME[kind]
  // Called many times for each span: it has a third of the attributes that there are.
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

/** The value, where it is one of its attribute's; of a list, what is a text. */
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
