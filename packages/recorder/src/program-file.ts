/**
 * The program of a thread or a process of ours, beside the file that starts it; in the bundle it has another name.
 *
 * @param own `import.meta.url` of that file.
 */
export function programFile(name: string, own: string): URL {
  return new URL(`./${name}.${own.endsWith('.cjs') ? 'cjs' : 'js'}`, own)
}
