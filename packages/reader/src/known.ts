/** Returns an object without the members that are undefined. */
export function known<Members extends object>(members: Members): Known<Members> {
  const rest: Partial<Members> = {}
  // Called several times for each span: lists of pairs would take most of its time.
  for (const name in members) {
    const value = members[name]
    if (value !== undefined && Object.hasOwn(members, name)) rest[name] = value
  }
  return rest as unknown as Known<Members>
}

type Known<Members> = {
  [Name in keyof Members as undefined extends Members[Name] ? never : Name]: Members[Name]
} & {
  [Name in keyof Members as undefined extends Members[Name] ? Name : never]?: Exclude<
    Members[Name],
    undefined
  >
}
