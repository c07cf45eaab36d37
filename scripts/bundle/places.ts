import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// From scripts/dist/bundle, where this runs. What TypeScript has made of the packages is what is bundled.
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const LAUNCHER = join(ROOT, 'packages/launcher/dist')
export const RECORDER = join(ROOT, 'packages/recorder/dist')
export const READER = join(ROOT, 'packages/reader/dist')
export const OTLP = join(ROOT, 'packages/otlp/dist')
export const CLI = join(ROOT, 'packages/cli/dist')
export const VIEWER = join(ROOT, 'packages/viewer')
