import { buildCommand } from './go-command.js'
import type { Program } from './program.js'

const version = 'v0.145.0'
const path = 'github.com/open-telemetry/opentelemetry-collector-contrib/cmd/telemetrygen'

/** Sends a given number of spans: the load for tests of the Collector. */
export const telemetrygen: Program = {
  name: 'telemetrygen',
  version: version.slice(1),
  executable: 'bin/telemetrygen',
  cost: 'about 17 MB, built with Go, usually under a minute',
  make: buildCommand({
    module: { path, version, sum: 'h1:DXb+ZOsRwV04WO5l7gwu4GkvLIaeVmWgVKkWmHpAJpU=' },
    command: path,
  }),
}
