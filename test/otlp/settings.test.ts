import { otlpSettings, otlpSettingsFor } from '@tacho/otlp'
import { describe, expect, test } from 'vitest'

describe('spans are sent', () => {
  test.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318' }, 'http/protobuf', 'http://h:4318/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1/' }, 'http/protobuf', 'http://h:1/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h/a/' }, 'http/protobuf', 'https://h/a/v1/traces'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h:1/own' }, 'http/protobuf', 'http://h:1/own'],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://h:1' }, 'http/protobuf', 'http://h:1/'],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://all:1',
        OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://own:2/x',
      },
      'http/protobuf',
      'http://own:2/x',
    ],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf', 'http://localhost:4318/v1/traces'],
    [{ OTEL_TRACES_EXPORTER: 'console, otlp' }, 'http/protobuf', 'http://localhost:4318/v1/traces'],
    [
      { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'grpc',
      'http://localhost:4317',
    ],
    [
      {
        OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:4318',
        OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      },
      'http/json',
      'http://h:4318/v1/traces',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://h:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'grpc',
      'https://h:4317',
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'h.example:4317', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
      'grpc',
      'h.example:4317',
    ],
  ])('with %j, by %s to %s', (environment, protocol, endpoint) => {
    expect(otlpSettings('traces', environment)).toMatchObject({ protocol, endpoint })
  })

  test('with a password that is used and never shown', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://me:secret@h:1/?token=t' }
    const settings = otlpSettings('traces', environment)
    expect(settings?.url).toBe('http://me:secret@h:1/v1/traces?token=t')
    expect(settings?.endpoint).toBe('http://h:1/v1/traces')
  })
})

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: '  ' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1', OTEL_SDK_DISABLED: 'true' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1', OTEL_SDK_DISABLED: 'TRUE' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1', OTEL_TRACES_EXPORTER: 'none' },
])('with %j nothing is sent', (environment) => {
  expect(otlpSettings('traces', environment)).toBeUndefined()
})

test('log lines are sent only where they are asked for by name', () => {
  const shared = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1' }
  expect(otlpSettings('logs', shared)).toBeUndefined()
  const url = 'http://h:1/v1/logs'
  expect(otlpSettings('logs', { ...shared, OTEL_LOGS_EXPORTER: 'otlp' })?.url).toBe(url)
  const own = { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: url }
  expect(otlpSettings('logs', own)?.url).toBe(url)
  expect(otlpSettings('traces', own)).toBeUndefined()
})

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'nonsense' }, '"nonsense" is not an OTLP endpoint'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'ftp://me:pass@h' }, '"ftp://h" is not an OTLP endpoint'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'h:4318' }, '"h:4318" is not an OTLP endpoint'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://h:1', OTEL_EXPORTER_OTLP_PROTOCOL: 'http' },
    'OTEL_EXPORTER_OTLP_PROTOCOL is "http"; it is one of http/protobuf, http/json, grpc',
  ],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER is "zipkin"'],
])('%j is told: %s', (environment, words) => {
  expect(() => otlpSettings('traces', environment)).toThrow(words)
})

test('options are before variables, and without either it is this machine', () => {
  const environment = {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://own:1/x',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  }
  const options = { endpoint: 'http://flag:2', protocol: 'http/json' }
  expect(otlpSettingsFor('traces', environment, options)).toMatchObject({
    url: 'http://flag:2/v1/traces',
    protocol: 'http/json',
  })
  expect(otlpSettingsFor('traces', {})).toMatchObject({
    url: 'http://localhost:4318/v1/traces',
    protocol: 'http/protobuf',
  })
})
