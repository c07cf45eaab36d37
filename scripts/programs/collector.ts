import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { downloadModule, go } from './go.js'
import type { Program } from './program.js'

// v0.145.0 is the newest version with every component below available as a Go module.
const version = 'v0.145.0'

/** The OpenTelemetry Collector with the components that `otel-collector.yaml` and its tests use. */
export const collector: Program = {
  name: 'collector',
  version: version.slice(1),
  executable: 'bin/collector',
  cost: 'about 85 MB, built with Go, whose caches take 4 GB; usually 4 to 6 minutes',
  async make(folder, step) {
    step('downloading')
    const builder = await downloadModule(folder, {
      path: 'go.opentelemetry.io/collector/cmd/builder',
      version,
      sum: 'h1:3Uw0pC5hDS8agtSkP4Lnq2aLvZeYYKXmi4XH4j3o47Q=',
    })
    await writeFile(join(folder, 'builder.json'), JSON.stringify(manifest, null, 2))
    step('building')
    await go(folder, ['run', `${builder.Path}@${version}`, '--config=builder.json'])
  },
}

const core = (path: string) => ({ gomod: `go.opentelemetry.io/collector/${path} ${version}` })
const stable = (path: string) => ({ gomod: `go.opentelemetry.io/collector/${path} v1.51.0` })
const contrib = (path: string) => ({
  gomod: `github.com/open-telemetry/opentelemetry-collector-contrib/${path} ${version}`,
})

// The builder reads YAML, and JSON is YAML. The names are the builder's.
const manifest = {
  dist: { name: 'collector', description: 'The Collector of Tacho', output_path: './bin' },
  receivers: [core('receiver/otlpreceiver'), contrib('receiver/otlpjsonfilereceiver')],
  processors: [
    core('processor/batchprocessor'),
    core('processor/memorylimiterprocessor'),
    contrib('processor/tailsamplingprocessor'),
    contrib('processor/redactionprocessor'),
    contrib('processor/filterprocessor'),
    contrib('processor/attributesprocessor'),
  ],
  exporters: [
    core('exporter/otlpexporter'),
    core('exporter/otlphttpexporter'),
    core('exporter/debugexporter'),
    contrib('exporter/fileexporter'),
    contrib('exporter/loadbalancingexporter'),
    contrib('exporter/kafkaexporter'),
  ],
  extensions: [contrib('extension/storage/filestorage'), contrib('extension/healthcheckextension')],
  providers: [
    stable('confmap/provider/envprovider'),
    stable('confmap/provider/fileprovider'),
    stable('confmap/provider/yamlprovider'),
  ],
}
