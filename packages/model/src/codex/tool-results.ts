/** Returns the exit code, from the lines that Codex 0.169 puts before a command's own output. */
export function exitCodeOf(output: string): number | undefined {
  const [head = ''] = output.slice(0, 400).split('\nOutput:')
  const code = /^Process exited with code (-?\d{1,10})$/m.exec(head)?.[1]
  return code === undefined ? undefined : Number(code)
}

/** Why a call did not run, from what the model is told instead of an output (Codex 0.169). */
export type Refusal = { by: 'rule' | 'policy'; words: string }

/**
 * Returns why the configuration did not let a call run. In Codex 0.169 there is no
 * `codex.tool_decision` for that, only what the model was told.
 */
export function refusalOf(output: string): Refusal | undefined {
  const forbidden = /^exec_command failed: CreateProcess \{ message: "Rejected\(\\"(.*)\\"\)" \}$/s
  const [, words] = forbidden.exec(output) ?? []
  const never = /^approval policy is \w+; reject command\b.*/s
  if (words !== undefined) return { by: never.test(words) ? 'policy' : 'rule', words }
  return never.test(output) ? { by: 'policy', words: output } : undefined
}
