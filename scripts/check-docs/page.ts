import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The checked parts of a Markdown page. Lines count from 1. */
export type Page = {
  /** Relative to the root. */
  file: string
  /** The anchors that a link can name: `#how-to-read-it`. */
  anchors: Set<string>
  links: { line: number; target: string }[]
  /** Code between backticks in a line of text. */
  spans: { line: number; text: string }[]
  blocks: Block[]
}

/** A fenced block; `line` is that of its first line of code. */
export type Block = { line: number; language: string; lines: string[] }

/** Reads a page. */
export function readPage(root: string, file: string): Page {
  const page: Page = { file, anchors: new Set(), links: [], spans: [], blocks: [] }
  const lines = readFileSync(join(root, file), 'utf8').split('\n')
  let block: Block | undefined
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*```(\w*)/.exec(line)
    if (fence !== null) {
      if (block !== undefined) page.blocks.push(block)
      block =
        block === undefined ? { line: index + 2, language: fence[1] ?? '', lines: [] } : undefined
    } else if (block !== undefined) block.lines.push(line)
    else readText(page, index + 1, line)
  }
  return page
}

function readText(page: Page, line: number, text: string): void {
  const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
  if (heading !== undefined) page.anchors.add(newAnchor(page.anchors, heading))
  for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) page.anchors.add(`#${id}`)
  for (const [, code] of text.matchAll(/`([^`]+)`/g)) page.spans.push({ line, text: code ?? '' })
  const prose = text.replaceAll(/`[^`]*`/g, '')
  for (const pattern of [/\]\(<?([^()\s>]+)>?(?:\s+"[^"]*")?\)/g, /(?:src|href)="([^"]+)"/g]) {
    for (const [, target] of prose.matchAll(pattern))
      page.links.push({ line, target: target ?? '' })
  }
}

/**
 * GitHub's anchors: lower case, no punctuation, hyphens for spaces, a number after a repeated one.
 */
function newAnchor(taken: ReadonlySet<string>, heading: string): string {
  const words = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  const anchor = `#${words.replaceAll(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(/\s/g, '-')}`
  let [name, count] = [anchor, 0]
  while (taken.has(name)) {
    count += 1
    name = `${anchor}-${count}`
  }
  return name
}
