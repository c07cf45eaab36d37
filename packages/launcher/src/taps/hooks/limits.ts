/**
 * The largest message to a hook, which is a call's input or output; a longer one is dropped, and
 * reported.
 */
export const MESSAGE_BYTES = 16 * 1024 * 1024

/** How often to check the folder if the system does not report new files. */
export const LOOK_MILLISECONDS = 200

/**
 * The most concurrent connections: Claude Code 2.1.332 opens one for each hook that it waits for.
 */
export const HOOK_CONNECTIONS = 64

/** The largest head of a message: a few fields. */
export const HOOK_HEAD_BYTES = 16 * 1024
