/** Returns the files that a Codex patch changes: one line names each. */
export function patchedFiles(patch: string): string[] {
  const lines = patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)
  return [...lines].map(([, path = '']) => path.trim())
}
