import { afterAll } from 'vitest'
import { endFile } from './end-of-file.js'

// Unlike a module, Vitest runs its setup file for each test file.
afterAll(endFile)
