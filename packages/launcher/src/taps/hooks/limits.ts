/** What an agent says to a hook is a call's input or output; a longer one is left out, and told. */
export const MESSAGE_BYTES = 16 * 1024 * 1024

/** How often the folder is looked into where the system does not tell of new files. */
export const LOOK_MILLISECONDS = 200

/** Connections at once: Claude Code 2.1.332 opens one for each hook that it waits for. */
export const HOOK_CONNECTIONS = 64

/** The head of a message: a few fields. */
export const HOOK_HEAD_BYTES = 16 * 1024
