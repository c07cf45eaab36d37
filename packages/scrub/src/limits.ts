/**
 * Characters of the shortest secret that is searched for. A shorter one would match innocent text.
 */
export const SHORTEST_SECRET = 12

/**
 * Characters of the shortest secret from a header that carries nothing else, so that it is
 * certainly one. It is also what the shortest marker needs (`[s:7f3a]`).
 */
export const SHORTEST_CREDENTIAL = 8

/** Characters of the shortest cookie that is searched for: most cookies are settings. */
export const SHORTEST_COOKIE = 16

/**
 * How many credentials learnt from requests are searched for at a time, and how many cookies; the
 * oldest are dropped. Each costs up to a dozen patterns. They are counted separately, so that no
 * number of new cookies displaces a key in use.
 */
export const LEARNT_CREDENTIALS = 100
export const LEARNT_COOKIES = 100

/**
 * Characters of the longest secret that is searched for: a longer one is found by its first part.
 */
export const LONGEST_SECRET = 4096
