/** Characters of the shortest secret that is searched for. A shorter one would hit innocent text. */
export const SHORTEST_SECRET = 12

/**
 * Characters of the shortest secret out of a header that carries nothing else: there is no doubt
 * that it is one. It is also what the shortest marker needs (`[s:7f3a]`).
 */
export const SHORTEST_CREDENTIAL = 8

/**
 * Secrets learnt from the traffic that are searched for at a time, the oldest being dropped. A
 * server may set a new cookie with every answer; each costs up to a dozen needles in every search.
 */
export const LEARNT_FROM_TRAFFIC = 100

/**
 * Bytes of the widest search window. A wider one steps on in longer strides; one of 32 goes through
 * text at several GB/s, and laying out the needles anew takes a third of a millisecond, not one.
 */
export const LONGEST_WINDOW = 32
