import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { type Asked, NotFound } from './routes.js'

/** Where Vite has put the page. */
const FOLDER = fileURLToPath(new URL('../page/', import.meta.url))

const TYPES = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['svg', 'image/svg+xml'],
])

export type PageFile = { bytes: Buffer; type: string }

let files: Map<string, PageFile> | undefined

/**
 * Answers with a file of the page: all are read once, and only found by their names in that list.
 */
export function answerPage({ response, words }: Asked): void {
  const found = pageFiles().get(words.file ?? 'index.html')
  if (found === undefined) throw new NotFound('There is no such file.')
  response.setHeader('content-type', found.type)
  response.end(found.bytes)
}

/** Returns all files of the page, by name. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  files ??= readFiles()
  return files
}

// Scripts and styles are stored compressed: scripts/bundle/page.ts
function readFiles(): Map<string, PageFile> {
  const files = readdirSync(FOLDER).flatMap((name): [string, PageFile][] => {
    const plain = name.replace(/\.gz$/, '')
    const type = TYPES.get(plain.slice(plain.lastIndexOf('.') + 1))
    if (type === undefined) return []
    const bytes = readFileSync(join(FOLDER, name))
    return [[plain, { bytes: plain === name ? bytes : gunzipSync(bytes), type }]]
  })
  return new Map(files)
}
