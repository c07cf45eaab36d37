/** The recorder process's descriptor of the pipe from its host. */
export const PIPE = 3
