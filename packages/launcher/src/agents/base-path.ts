/** The path of a base URL, without the slashes that it ends with: what follows begins with one. */
export function basePath(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}
