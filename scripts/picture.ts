import { text } from 'node:stream/consumers'

/*
Turns what a program printed on a terminal (stdin) into an SVG (stdout), from the first line that
contains one text to the line before the first that contains another, under a title. The pictures:

script -qec 'stty cols 104; tacho explain last' /dev/null |
  node scripts/dist/picture.js '' '' 'What tacho explain says' > docs/images/explain.svg
script -qec 'stty cols 104; npm run demo' /dev/null |
  node scripts/dist/picture.js '2. What it left' '4. The first' > docs/images/session.svg
*/

const CHARACTER = 8.4
const LINE = 19
const MARGIN = 20

type Run = { text: string; column: number; colour: string; isBold: boolean }

const COLOURS: Record<string, string> = {
  plain: '#d6dae0',
  dim: '#8b929d',
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  36: '#79c0ff',
}

const [from = '', to = '', title = 'What the demo prints'] = process.argv.slice(2)
process.stdout.write(svgOf(chosen(await text(process.stdin)).map(runsOf)))

function chosen(output: string): string[] {
  const lines = output.split('\n').map((line) => line.replace(/\r$/, ''))
  const start = lines.findIndex((line) => line.includes(from))
  const end = lines.findIndex((line, index) => index > start && to !== '' && line.includes(to))
  if (start < 0) throw new Error(`No line contains ${JSON.stringify(from)}.`)
  const part = lines.slice(start, end < 0 ? undefined : end)
  while (part.at(-1)?.trim() === '') part.pop()
  return part
}

/** Splits a line into runs of one colour each, by its escape sequences (ECMA-48, SGR). */
function runsOf(line: string): Run[] {
  const runs: Run[] = []
  let [colour, isBold, column] = [COLOURS.plain ?? '', false, 0]
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    const codes = /^\u001b\[([\d;]*)m$/.exec(part)?.[1]?.split(';')
    if (codes === undefined) {
      if (part !== '') runs.push({ text: part, column, colour, isBold })
      column += part.length
      continue
    }
    for (const code of codes) {
      if (code === '1') isBold = true
      else if (code === '2') colour = COLOURS.dim ?? ''
      else if (COLOURS[code] !== undefined) colour = COLOURS[code]
      else [colour, isBold] = [COLOURS.plain ?? '', false]
    }
  }
  return runs
}

function svgOf(lines: Run[][]): string {
  const columns = Math.max(...lines.flat().map((run) => run.column + run.text.length))
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN)
  const height = lines.length * LINE + 2 * MARGIN
  const rows = lines.map((runs, row) =>
    runs.map((run) => textOf(run, MARGIN + (row + 0.75) * LINE)).join(''),
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="10" fill="#14171c"/>
${rows.filter((row) => row !== '').join('\n')}
</svg>
`
}

/** Each run states its width, so that columns line up in any font. */
function textOf({ text: whole, column, colour, isBold }: Run, y: number): string {
  const words = whole.trimEnd()
  const start = words.length - words.trimStart().length
  if (words.trim() === '') return ''
  const x = (MARGIN + (column + start) * CHARACTER).toFixed(1)
  const length = ((words.length - start) * CHARACTER).toFixed(1)
  const weight = isBold ? ' font-weight="bold"' : ''
  return `<text x="${x}" y="${y}" fill="${colour}"${weight} textLength="${length}" lengthAdjust="spacingAndGlyphs" xml:space="preserve">${escaped(words.trimStart())}</text>`
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
