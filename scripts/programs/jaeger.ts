import { buildCommand } from './go-command.js'
import type { Program } from './program.js'

const version = 'v1.76.0'

/**
 * Jaeger v2, which shows sessions as traces. Its module has no `/v2` in its path, so Go cannot
 * resolve its v2 tags; v1.76.0 is the newest that it can, and its `cmd/jaeger` is Jaeger 2.13. The
 * module contains no assets: queries work, the page is a placeholder.
 */
export const jaeger: Program = {
  name: 'jaeger',
  version: version.slice(1),
  executable: 'bin/jaeger',
  cost: 'about 85 MB, built with Go, whose caches take 4 GB; usually 5 to 8 minutes',
  make: buildCommand({
    module: {
      path: 'github.com/jaegertracing/jaeger',
      version,
      sum: 'h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=',
    },
    command: 'github.com/jaegertracing/jaeger/cmd/jaeger',
  }),
}
