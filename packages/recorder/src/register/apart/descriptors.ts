/** The descriptor of the pipe between a host and the process that records it, in that process. */
export const PIPE = 3
