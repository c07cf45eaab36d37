/** Characters of the shortest secret that is searched for. A shorter one would hit innocent text. */
export const SHORTEST_SECRET = 12

/**
 * Characters of the shortest secret out of a header that carries nothing else: there is no doubt
 * that it is one. It is also what the shortest marker needs (`[s:7f3a]`).
 */
export const SHORTEST_CREDENTIAL = 8

/** Characters of the shortest cookie that is searched for: most are settings. */
export const SHORTEST_COOKIE = 16

/**
 * Credentials learnt from requests that are searched for at a time, and cookies, the oldest being
 * dropped: each costs up to a dozen patterns. They are counted apart, so that no number of new cookies
 * drives out a key that is in use.
 */
export const LEARNT_CREDENTIALS = 100
export const LEARNT_COOKIES = 100

/** Characters of the longest secret that is searched for: a longer one is found by its beginning. */
export const LONGEST_SECRET = 4096
