/** Returns a base URL's path without trailing slashes; what is appended begins with one. */
export function basePath(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}
