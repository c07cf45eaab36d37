let last: { text: string; url: URL | undefined } | undefined

/** Parses a URL, if the text is one. Cached: a session requests the same few thousands of times. */
export function parsedUrl(text: string): URL | undefined {
  if (last?.text !== text) last = { text, url: URL.canParse(text) ? new URL(text) : undefined }
  return last.url
}
