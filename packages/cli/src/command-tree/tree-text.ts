import type { CommandNode, OptionNode } from './command-tree.js'

/**
 * Serializes a tree for completion: without what is empty or false, and without what only the
 * manual page needs, which makes it a third smaller.
 */
export function treeText(tree: CommandNode): string {
  return JSON.stringify(tree, (name, value) => {
    if (name === 'flags' || value === false) return undefined
    if (Array.isArray(value) && value.length === 0) return undefined
    // The description of a value is that of its option.
    return name === 'value' ? { ...value, description: undefined } : value
  })
}

/** Parses such a text into a tree with all members. */
export function treeOf(text: string): CommandNode {
  return JSON.parse(text, (_, value) => {
    if (isOption(value)) return { ...value, flags: '', conflicts: value.conflicts ?? [] }
    return isNode(value) ? { arguments: [], options: [], commands: [], ...value } : value
  })
}

function isOption(value: unknown): value is Partial<OptionNode> {
  return typeof value === 'object' && value !== null && 'spellings' in value
}

function isNode(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'name' in value
}
