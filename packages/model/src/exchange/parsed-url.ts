let last: { text: string; url: URL | undefined } | undefined

/** A text as a URL, where it is one. A session asks for the same few thousands of times. */
export function parsedUrl(text: string): URL | undefined {
  if (last?.text !== text) last = { text, url: URL.canParse(text) ? new URL(text) : undefined }
  return last.url
}
