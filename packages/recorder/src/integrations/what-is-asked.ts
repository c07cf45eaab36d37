/**
 * What a person is asked for: the command, where the tool takes one; else the tool and what it is given.
 *
 * @param input JSON, or how long that would have been.
 */
export function whatIsAsked(name: string, input: string | { omitted: number } | undefined): string {
  return typeof input === 'string' ? (commandIn(input) ?? `${name} ${input}`) : name
}

function commandIn(json: string): string | undefined {
  try {
    const { command } = JSON.parse(json) as { command?: unknown }
    return typeof command === 'string' ? command : undefined
  } catch {
    return undefined
  }
}
