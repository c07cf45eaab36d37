/**
 * The program of a thread, beside the file that starts it; in the bundle it has another name.
 *
 * @param own `import.meta.url` of that file.
 */
export function threadFile(name: string, own: string): URL {
  return new URL(`./${name}.${own.endsWith('.cjs') ? 'cjs' : 'js'}`, own)
}
