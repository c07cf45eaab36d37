import { anybody } from './anybody.js'
import { clouds } from './clouds.js'
import { codeHosts } from './code-hosts.js'
import { messaging } from './messaging.js'
import { modelApis } from './model-apis.js'
import type { Shape } from './shape.js'

/** All secrets known by their shape, except private keys in PEM, which take several lines. */
export const SHAPES: readonly Shape[] = [
  ...modelApis,
  ...clouds,
  ...codeHosts,
  ...messaging,
  ...anybody,
]
