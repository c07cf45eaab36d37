/** The files that a patch of Codex's changes: a line names each. */
export function patchedFiles(patch: string): string[] {
  const lines = patch.matchAll(/^\*\*\* (?:(?:Add|Update|Delete) File|Move to): (.+)$/gm)
  return [...lines].map(([, path = '']) => path.trim())
}
