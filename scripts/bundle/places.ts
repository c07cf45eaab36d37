import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

// This runs from scripts/dist/bundle. It bundles what TypeScript compiled from the packages.
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
export const LAUNCHER = join(ROOT, 'packages/launcher/dist')
export const RECORDER = join(ROOT, 'packages/recorder/dist')
export const READER = join(ROOT, 'packages/reader/dist')
export const OTLP = join(ROOT, 'packages/otlp/dist')
export const CLI = join(ROOT, 'packages/cli/dist')
export const VIEWER = join(ROOT, 'packages/viewer')
