import type { TomlTable, TomlValue } from 'smol-toml'

/** A value as TOML in one line, as an option takes it. */
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

// JSON's escapes are TOML's, too; but that it leaves out the last of ASCII's control characters.
function textAsToml(text: string): string {
  return JSON.stringify(text).replaceAll('\u007f', '\\u007F')
}
