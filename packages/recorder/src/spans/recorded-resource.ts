import {
  detectResources,
  envDetector,
  type Resource,
  resourceFromAttributes,
} from '@opentelemetry/resources'

/**
 * Returns the resource of a recording's spans: the agent, plus OTEL_SERVICE_NAME and
 * OTEL_RESOURCE_ATTRIBUTES. Only synchronous detectors are used: a kill loses spans whose resource
 * is still being detected.
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
