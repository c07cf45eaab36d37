import { commandIn } from '../in-flight.js'

/** Tools and commands that hand on what stands elsewhere: what that says is not said of them. */
const READERS = /read|view|grep|search|glob|list|^(?:cat|ls|open)$/i
const READING = /^(?:\S*\/)?(?:cat|head|tail|less|more|e?grep|rg|sed|awk|jq|echo|printf|find|ls)\b/

/** Whether what a call gave back was written for others, and only read by it. */
export function isReader({ name, arguments: given }: { name: string; arguments: string }): boolean {
  return READERS.test(name) || READING.test(scriptOf(commandIn(given) ?? ''))
}

/** The line that a shell is given: agents run it as `bash -lc 'grep …'`. */
export function scriptOf(command: string): string {
  const script = /^(?:\S*\/)?(?:ba|z|da)?sh -\w*c\s+(['"]?)([\s\S]*)\1$/.exec(command.trim())?.[2]
  return (script ?? command).trim()
}
