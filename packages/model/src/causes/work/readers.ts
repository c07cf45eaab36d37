import { commandIn } from '../in-flight.js'

/** Tools and commands that output what others wrote: what that says is not about them. */
const READERS = /read|view|grep|search|glob|list|^(?:cat|ls|open)$/i
const READING = /^(?:\S*\/)?(?:cat|head|tail|less|more|e?grep|rg|sed|awk|jq|echo|printf|find|ls)\b/

/** Returns whether what a call returned was written by others, and only read by the call. */
export function isReader({ name, arguments: given }: { name: string; arguments: string }): boolean {
  return READERS.test(name) || READING.test(scriptOf(commandIn(given) ?? ''))
}

/** Returns the command line given to a shell: agents run `bash -lc 'grep …'`. */
export function scriptOf(command: string): string {
  const script = /^(?:\S*\/)?(?:ba|z|da)?sh -\w*c\s+(['"]?)([\s\S]*)\1$/.exec(command.trim())?.[2]
  return (script ?? command).trim()
}

/** Commands that print what others wrote or said: logs, pages, rows, states of builds. */
const QUOTING =
  /^(?:\S*\/)?(?:bat|man|strings|journalctl|dmesg|curl|wget|psql|mysql|sqlite3|git (?:log|show|diff|blame|grep|commit|status|stash)|(?:docker|podman)(?: compose)? logs|kubectl (?:logs|describe|get)|(?:gh|glab) \w+ (?:view|list|status))\b/

/** Returns whether the output of a command, if it has several lines, may be the words of others. */
export function quotesOthers(command: string): boolean {
  return QUOTING.test(scriptOf(command))
}

/**
 * Returns whether a text is a JSON object or list: the requested data, and not the tool's words
 * about itself.
 */
export function isJson(text: string): boolean {
  return /^\s{0,20}(?:\{\s{0,20}["}]|\[\s{0,20}[{"[\]])/.test(text)
}
