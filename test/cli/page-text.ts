import { gunzipSync } from 'node:zlib'

const BLOCK = /<script type="text\/plain" id="block-\d+">([^<]*)<\/script>/g

/** An exported page with the blocks that it contains, unpacked. */
export function pageText(page: Buffer): string {
  const text = page.toString()
  const blocks = [...text.matchAll(BLOCK)].map(([, block = '']) =>
    gunzipSync(Buffer.from(block, 'base64')).toString(),
  )
  return [text, ...blocks].join('\n')
}
