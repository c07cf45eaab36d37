import { commandLine } from '../codex/called-tool.js'
import { list, record, text, texts } from '../codex/values.js'
import type { ToolFacts } from '../session/tools.js'
import { approvalKindOf } from './words.js'

/**
 * What is known so far about a tool call: from `tool_call`, `tool_call_update`, and a question
 * about it.
 */
export type ToldCall = {
  title?: string | undefined
  kind?: string | undefined
  facts: ToolFacts
}

/**
 * Returns what is known after a message about a tool call: messages contain only what has changed.
 */
export function toldCall(call: Record<string, unknown>, before: ToldCall | undefined): ToldCall {
  const input = record(call.rawInput)
  const kind = text(call.kind) ?? before?.kind
  const paths = texts(list(call.locations).map((location) => record(location).path))
  const isChange = kind !== undefined && approvalKindOf(kind) === 'file-change'
  const told: ToolFacts = {
    name: text(call.name) ?? before?.facts.name,
    command: commandLine(input.command) ?? before?.facts.command,
    cwd: text(input.cwd) ?? text(input.workdir) ?? before?.facts.cwd,
    query: text(input.query) ?? text(input.pattern) ?? before?.facts.query,
    path: text(input.path) ?? text(input.file_path) ?? text(input.filePath) ?? before?.facts.path,
    // For a command this is its folder (opencode), for a read the file.
    files: isChange && paths.length > 0 ? paths : before?.facts.files,
  }
  return { title: text(call.title) ?? before?.title, kind, facts: told }
}

/** Returns what a person is asked for: the command, or what the client shows for the call. */
export function askedFor({ facts, title }: ToldCall): string {
  return facts.command ?? title ?? (facts.files ?? []).join(', ')
}
