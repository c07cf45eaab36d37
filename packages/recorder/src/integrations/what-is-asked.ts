/**
 * Returns what an approval is about: the command if the tool takes one, otherwise the tool's name
 * and input.
 *
 * @param input JSON, or its length if it was omitted.
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
