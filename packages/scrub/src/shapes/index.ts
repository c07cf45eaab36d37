import { anybody } from './anybody.js'
import { clouds } from './clouds.js'
import { codeHosts } from './code-hosts.js'
import { messaging } from './messaging.js'
import { modelApis } from './model-apis.js'
import type { Shape } from './shape.js'

/** All secrets that are known by their shape, but for private keys in PEM, which take several lines. */
export const SHAPES: readonly Shape[] = [
  ...modelApis,
  ...clouds,
  ...codeHosts,
  ...messaging,
  ...anybody,
]
