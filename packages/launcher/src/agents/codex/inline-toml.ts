import type { TomlTable, TomlValue } from 'smol-toml'

/** Encodes a value as one line of TOML, as an option takes it. */
export function inlineToml(value: TomlValue): string {
  if (typeof value === 'string') return textAsToml(value)
  if (Array.isArray(value)) return `[${value.map(inlineToml).join(',')}]`
  if (value instanceof Date) return value.toISOString()
  if (typeof value === 'object') return `{${membersOf(value).join(',')}}`
  return String(value)
}

function membersOf(table: TomlTable): string[] {
  return Object.entries(table).map(([key, value]) => `${textAsToml(key)}=${inlineToml(value)}`)
}

// JSON's escapes are valid TOML, but JSON does not escape DEL, the last ASCII control character.
function textAsToml(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F')
}
