/** Formats a path into a JSON text as in JavaScript: `input[12].content[0].text`. */
export function placeWords(path: readonly (string | number)[]): string {
  if (path.length === 0) return 'the body itself'
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}
