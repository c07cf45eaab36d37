import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/**
 * What the spans of a recording are about: the agent, and what OTEL_SERVICE_NAME and
 * OTEL_RESOURCE_ATTRIBUTES say. None of it has to be waited for: spans whose resource is still being
 * found are lost in a kill.
 *
 * @param scrub replaces secrets in a value.
 */
export function recordedResource(agent: string, scrub: (text: string) => string): Resource {
  const told = detectResources({ detectors: [envDetector] }).attributes
  const scrubbed = Object.entries(told).map(([name, value]) => [
    name,
    typeof value === 'string' ? scrub(value) : value,
  ])
  return resourceFromAttributes({ 'service.name': agent, ...Object.fromEntries(scrubbed) })
}
