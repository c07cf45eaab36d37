import { createHash } from 'node:crypto'
import { WORKER_ID } from '../../api/embedded.js'
import { pageFiles } from '../page-files.js'

/** The page as one file: what comes before the data, and after it. */
export type PageInOne = { before: string; after: string }

/** Puts the page's script and style into its HTML. It may load nothing from anywhere. */
export function pageInOne(title: string): PageInOne {
  const files = [...pageFiles()]
  const text = (wanted: RegExp): string =>
    files.find(([name]) => wanted.test(name))?.[1].bytes.toString() ?? ''
  // The first `</script` would end the element, wherever it is.
  const scriptOf = (wanted: RegExp): string => text(wanted).replaceAll('</script', '<\\/script')
  const script = scriptOf(/^index.*\.js$/)
  const worker = scriptOf(/^lines-worker.*\.js$/)
  const style = text(/\.css$/)
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'worker-src blob:',
    'img-src blob: data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')
  return {
    before: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="text/plain" id="${WORKER_ID}">${worker}</script>
`,
    after: `<script type="module">${script}</script>
</body>
</html>
`,
  }
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
