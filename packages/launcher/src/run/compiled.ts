import { createHash, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'
import { cacheFolder, cachePath } from '../cache-folder.js'

export { cachePath }

/** A cache of what V8 compiled of our bundles. */
export type Compiled = {
  /**
   * Writes what is not cached yet; called at the end, when V8 knows which parts are used. Never
   * throws.
   */
  keep(): void
}

/**
 * Loads our bundles as V8 compiled them last time, from the user's cache folder: compiling the
 * recording code is a fifth of the cost of a short recorded run, and compiling the reading code a
 * tenth of a look-up. Node has this since 22.1
 * (`module.enableCompileCache`), but does not check who owns what it loads.
 *
 * @param where returns Tacho's folder in the user's cache folder. By default it is created; what
 * only reads passes {@link cachePath}.
 */
export function loadCompiled(environment: NodeJS.ProcessEnv, where = cacheFolder): Compiled {
  const cache = privateFolder(where(environment))
  const fresh: { script: Script; path: string; key: Buffer }[] = []
  if (cache === undefined) return { keep() {} }
  // Deprecated since Node 0.10, and there to stay
  // (https://nodejs.org/api/modules.html#requireextensions).
  const { extensions } = createRequire(import.meta.url)
  const usual = extensions['.js']
  extensions['.cjs'] = (module, filename) => {
    const folder = dirname(filename)
    const run = OWN_FOLDERS.includes(folder) ? compiled(filename) : undefined
    if (run === undefined) usual?.(module, filename)
    else run(module.exports, createRequire(filename), module, filename, folder)
  }
  const compiled = (filename: string): Wrapped | undefined => {
    try {
      const source = readFileSync(filename)
      if (source.length < LEAST_BYTES) return undefined
      const path = join(cache, `${basename(filename)}.v8`)
      const key = keyOf(source)
      const cachedData = read(path, key)
      const script = new Script(`${BEFORE}${source.toString()}${BEHIND}`, {
        filename,
        ...(cachedData && { cachedData }),
      })
      if (cachedData === undefined || script.cachedDataRejected) fresh.push({ script, path, key })
      return script.runInThisContext() as Wrapped
    } catch {
      return undefined
    }
  }
  return {
    keep() {
      extensions['.cjs'] = undefined
      for (const { script, path, key } of fresh) write(path, key, script)
    },
  }
}

/** All of our large bundles are in these folders; this file is in the first one. */
const OWN_FOLDER = dirname(fileURLToPath(import.meta.url))
const OWN_FOLDERS = [OWN_FOLDER, join(OWN_FOLDER, '../quick')]

/** A shorter one is compiled sooner than it is found. */
const LEAST_BYTES = 16 * 1024

type Wrapped = (
  exports: unknown,
  require: NodeJS.Require,
  module: NodeJS.Module,
  filename: string,
  dirname: string,
) => void

const BEFORE = '(function (exports, require, module, __filename, __dirname) {'
const BEHIND = '\n})'

/**
 * Returns the key that must match: V8 itself checks only its own version and the source's length.
 */
function keyOf(source: Buffer): Buffer {
  const { version, arch } = process
  return createHash('sha256').update(`${version} ${arch} `).update(source).digest()
}

/** The file contains the key, a SHA-256 of the rest, and the rest. V8 itself does not verify it. */
const SHA256_BYTES = 32

function read(path: string, key: Buffer): Buffer | undefined {
  let descriptor: number | undefined
  try {
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    const stat = fstatSync(descriptor)
    if (!stat.isFile() || !isOwn(stat)) return undefined
    const bytes = readFileSync(descriptor)
    const made = bytes.subarray(2 * SHA256_BYTES)
    const isWhole = sha256(made).equals(bytes.subarray(SHA256_BYTES, 2 * SHA256_BYTES))
    return isWhole && bytes.subarray(0, SHA256_BYTES).equals(key) ? made : undefined
  } catch {
    return undefined
  } finally {
    if (descriptor !== undefined) closeSync(descriptor)
  }
}

function write(path: string, key: Buffer, script: Script): void {
  try {
    const made = script.createCachedData()
    const temporary = `${path}.${randomBytes(6).toString('hex')}`
    const bytes = Buffer.concat([key, sha256(made), made])
    writeFileSync(temporary, bytes, { mode: 0o600, flag: 'wx' })
    renameSync(temporary, path)
  } catch {
    // It will be compiled again next time.
  }
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest()
}

/** Returns a folder if it is there, and nobody else can write to it. */
function privateFolder(folder: string | undefined): string | undefined {
  if (folder === undefined) return undefined
  try {
    const stat = lstatSync(folder)
    return stat.isDirectory() && isOwn(stat) ? folder : undefined
  } catch {
    return undefined
  }
}

// Cached code is executed, so it must be our own. On systems without file owners, nothing is
// cached.
function isOwn({ uid, mode }: { uid: number; mode: number }): boolean {
  return uid === process.getuid?.() && (mode & 0o022) === 0
}
