import { API_CASES } from './cases/api.js'

/** All sessions of the corpus. */
export const CORPUS = [...API_CASES]
