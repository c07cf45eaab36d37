/** Without what differs between any two places: the folder, and how long it took. */
export function masked(text: string, root: string): string {
  return text
    .replaceAll(root, 'ROOT')
    .replaceAll(/\d+(\.\d+)?m?s\b/g, 'TIME')
    .replaceAll(/ +$/gm, '')
}
