import type { CommandNode, OptionNode } from './command-tree.js'

/**
 * A tree as completion reads it: without what is empty or false, and without what only the manual page
 * tells. It is a third smaller so.
 */
export function treeText(tree: CommandNode): string {
  return JSON.stringify(tree, (name, value) => {
    if (name === 'flags' || value === false) return undefined
    if (Array.isArray(value) && value.length === 0) return undefined
    // The description of a value is that of its option.
    return name === 'value' ? { ...value, description: undefined } : value
  })
}

/** The tree of such a text, with all that a node has. */
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
