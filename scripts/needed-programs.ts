import type { ProgramName } from './programs/index.js'

/**
 * The programs that the chosen tests need besides Codex. They are installed before the tests run,
 * because tests have no network.
 *
 * @param args Vitest's: each word is part of the path of a file to run; with none, all run.
 * @param files every test file, as a path relative to the root of the repository.
 */
export function neededPrograms(args: readonly string[], files: readonly string[]): ProgramName[] {
  const words = args.filter((arg, index) => !arg.startsWith('-') && !isTitle(args[index - 1]))
  const isChosen = (file: string) => words.length === 0 || words.some((word) => file.includes(word))
  const isAnyChosen = (folder: string) =>
    files.some((file) => file.startsWith(folder) && isChosen(file))
  const isClaudeNeeded = ['test/agents/claude/', 'test/scripts/demo.test'].some(isAnyChosen)
  return [
    ...(isClaudeNeeded ? (['claude'] as const) : []),
    ...(['test/agents/acp/real-agents', 'test/agents/one-form'].some(isAnyChosen)
      ? (['opencode', 'gemini-cli', 'acp-adapters', 'claude'] as const)
      : []),
    ...(isAnyChosen('test/jaeger/') ? (['jaeger', 'collector', 'telemetrygen'] as const) : []),
    ...(process.env.TACHO_SOAK === '1' && isAnyChosen('test/scrub/gitleaks')
      ? (['gitleaks'] as const)
      : []),
    ...(isAnyChosen('test/recorder/integrations/') ? (['node22'] as const) : []),
    ...(['test/recorder/register/', 'test/recorder/integrations/', 'test/scripts/demo-node'].some(
      isAnyChosen,
    )
      ? (['sdks'] as const)
      : []),
    ...(isAnyChosen('test/agents/opencode/') ? (['opencode'] as const) : []),
    ...(isAnyChosen('test/agents/gemini/') ? (['gemini-cli'] as const) : []),
    ...(isAnyChosen('test/package/') ? (['node20', 'node22', 'node24', 'node26'] as const) : []),
  ]
}

/** Whether the value after this option is a test's title. */
function isTitle(option: string | undefined): boolean {
  return option === '-t' || option === '--testNamePattern'
}
