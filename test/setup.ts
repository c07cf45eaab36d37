import { afterAll, expect } from 'vitest'
import { endFile } from './end-of-file.js'

// Unlike a module, Vitest runs its setup file for each test file.
afterAll(endFile)

// A variable that a file leaves behind would be the next one's.
const before = { ...process.env }
afterAll(() => {
  const after = { ...process.env }
  for (const name of Object.keys(after)) if (!(name in before)) delete process.env[name]
  Object.assign(process.env, before)
  expect(after, 'use vi.stubEnv, and vi.unstubAllEnvs at the end').toEqual(before)
})
