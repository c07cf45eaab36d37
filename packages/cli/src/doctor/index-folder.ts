import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { indexFolder, usableIndexFolder } from '@tacho/reader'
import { byteCount } from '../quantities.js'
import type { Finding } from './finding.js'

/** Checks whether there can be an index, and how large it is. */
export function indexFinding(): Finding {
  const about = 'index'
  const folder = usableIndexFolder()
  if (folder === undefined) {
    const text = `${indexFolder()} cannot be used: lists of many sessions take longer`
    const next = 'Make it a folder of your own, or name another place: XDG_CACHE_HOME'
    return { about, status: 'warning', text, next }
  }
  const size = readdirSync(folder)
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, bytes) => sum + bytes, 0)
  return { about, status: 'ok', text: `${byteCount(size)}, ${folder}` }
}
