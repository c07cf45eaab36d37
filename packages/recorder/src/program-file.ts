/**
 * Returns the URL of a thread's or process's program, which is next to the file that starts it and
 * has another extension in the bundle.
 *
 * @param own `import.meta.url` of that file.
 */
export function programFile(name: string, own: string): URL {
  return new URL(`./${name}.${own.endsWith('.cjs') ? 'cjs' : 'js'}`, own)
}
