import { createHash } from 'node:crypto'
import { pageFiles } from '../page-files.js'

/** The page as one file: what stands before the data, and behind it. */
export type PageInOne = { before: string; after: string }

/** Puts the page's script and style into its HTML. It may load nothing, from nowhere. */
export function pageInOne(title: string): PageInOne {
  const files = [...pageFiles()]
  const text = (extension: string): string =>
    files.find(([name]) => name.endsWith(extension))?.[1].bytes.toString() ?? ''
  // The first `</script` would end the element, wherever it stands.
  const script = text('.js').replaceAll('</script', '<\\/script')
  const style = text('.css')
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
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
