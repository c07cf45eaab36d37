import { API_CASES } from './cases/api.js'
import { END_CASES } from './cases/ends.js'

/** All sessions of the corpus. */
export const CORPUS = [...API_CASES, ...END_CASES]
