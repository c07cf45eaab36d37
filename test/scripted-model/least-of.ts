/**
 * A minimal value that a JSON schema accepts: the first of an `enum`, `true`, 0, and `scripted` for
 * every text.
 */
export function leastOf(schema: unknown): unknown {
  const { type, enum: choices, properties, required } = members(schema)
  if (Array.isArray(choices)) return choices[0]
  switch (Array.isArray(type) ? type[0] : type) {
    case 'object':
      return objectOf(members(properties), required)
    case 'array':
      return []
    case 'boolean':
      return true
    case 'integer':
    case 'number':
      return 0
    case 'null':
      return null
    default:
      return 'scripted'
  }
}

function objectOf(properties: Record<string, unknown>, required: unknown): object {
  const names = Array.isArray(required) ? required.map(String) : Object.keys(properties)
  return Object.fromEntries(names.map((name) => [name, leastOf(properties[name])]))
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
