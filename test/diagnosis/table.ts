import type { DiagnosisCase, Explained } from './case.js'

/** What was injected and what was diagnosed, one session per line, and how often that was right. */
export function tableOf(results: readonly { one: DiagnosisCase; said: Explained }[]): string {
  const sorted = [...results].sort((a, b) => (a.one.title < b.one.title ? -1 : 1))
  const lines = sorted.map(({ one, said }) => {
    const codes = said.causes.map(({ code }) => code)
    const mark = isRight(one, said) ? ' ' : '!'
    return `${mark} ${(one.injected ?? 'healthy').padEnd(24)} ${said.ended.padEnd(24)} ${codes.join(', ') || '–'}   (${one.title})\n    ${said.verdict}`
  })
  const ill = results.filter(({ one }) => one.injected !== undefined)
  const healthy = results.filter(({ one }) => one.injected === undefined)
  const first = ill.filter(({ one, said }) => said.causes[0]?.code === one.injected).length
  const named = ill.filter(({ one, said }) =>
    said.causes.some(({ code }) => code === one.injected),
  ).length
  const falseCauses = healthy.reduce((sum, { said }) => sum + said.causes.length, 0)
  return [
    '',
    '  injected                 ended                    causes',
    ...lines,
    '',
    `main cause right     ${share(first, ill.length)}`,
    `cause among those named  ${share(named, ill.length)}`,
    `false causes on healthy sessions  ${falseCauses} on ${healthy.length}`,
    '',
  ].join('\n')
}

function isRight({ injected }: DiagnosisCase, { causes }: Explained): boolean {
  return causes[0]?.code === injected
}

function share(count: number, of: number): string {
  return `${count} of ${of}${of === 0 ? '' : ` (${((100 * count) / of).toFixed(1)} %)`}`
}
