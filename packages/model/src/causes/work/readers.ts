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
