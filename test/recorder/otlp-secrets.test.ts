import { expect, test } from 'vitest'
import { scrubberFor } from '../../packages/recorder/dist/scrubber-for.js'

test.each(['', 'TRACES_', 'LOGS_'])(
  'what OTEL_EXPORTER_OTLP_%s… hold is found wherever it turns up',
  (signal) => {
    const scrubber = scrubberFor({
      [`OTEL_EXPORTER_OTLP_${signal}ENDPOINT`]: 'http://me:pass-word-0123456789@127.0.0.1:4318',
      [`OTEL_EXPORTER_OTLP_${signal}HEADERS`]:
        'x-team=all,authorization=Bearer%20head-er-0123456789',
    })
    for (const secret of [
      'pass-word-0123456789',
      'head-er-0123456789',
      'Bearer%20head-er-0123456789',
    ]) {
      expect(scrubber.text(`env says ${secret} today`)).toMatch(
        /^env says .*\[secret:.+\].* today$/,
      )
      expect(scrubber.text(`env says ${secret} today`)).not.toContain('0123456789')
    }
    expect(scrubber.text('team all at 127.0.0.1:4318')).toBe('team all at 127.0.0.1:4318')
  },
)
