import type { Agent } from '@tacho/launcher'
import type { Command } from 'commander'
import type { AddCommand } from '../program.js'

// In the order of `tacho --help`.
const COMMANDS = new Map<string, () => Promise<AddCommand>>([
  ['ls', async () => (await import('./ls.js')).addLsCommand],
  ['show', async () => (await import('./show.js')).addShowCommand],
  ['explain', async () => (await import('./explain.js')).addExplainCommand],
  ['log', async () => (await import('./log.js')).addLogCommand],
  ['path', async () => (await import('./path.js')).addPathCommand],
  ['view', async () => (await import('./view.js')).addViewCommand],
  ['raw', async () => (await import('./raw.js')).addRawCommand],
  ['messages', async () => (await import('./messages.js')).addMessagesCommand],
  ['diff', async () => (await import('./diff.js')).addDiffCommand],
  ['context', async () => (await import('./context.js')).addContextCommand],
  ['cache', async () => (await import('./cache.js')).addCacheCommand],
  ['approvals', async () => (await import('./approvals.js')).addApprovalsCommand],
  ['cancellations', async () => (await import('./cancellations.js')).addCancellationsCommand],
  ['stats', async () => (await import('./stats.js')).addStatsCommand],
  ['grep', async () => (await import('./grep.js')).addGrepCommand],
  ['sql', async () => (await import('./sql.js')).addSqlCommand],
  ['mcp', async () => (await import('./mcp.js')).addMcpCommand],
  ['export', async () => (await import('./export.js')).addExportCommand],
  ['verify', async () => (await import('./verify.js')).addVerifyCommand],
  ['salvage', async () => (await import('./salvage.js')).addSalvageCommand],
  ['rebuild', async () => (await import('./rebuild.js')).addRebuildCommand],
  ['seal', async () => (await import('./seal.js')).addSealCommand],
  ['scrub', async () => (await import('./scrub.js')).addScrubCommand],
  ['rm', async () => (await import('./rm.js')).addRmCommand],
  ['prune', async () => (await import('./prune.js')).addPruneCommand],
  ['doctor', async () => (await import('./doctor.js')).addDoctorCommand],
  ['shim', async () => (await import('./shim-entry.js')).addShimEntry],
  ['completion', async () => (await import('./completion.js')).addCompletionCommand],
])

/**
 * Adds commands to the tree: the one with this name; all of them if there is none, or if that
 * command concerns all.
 */
export async function addCommands(
  tacho: Command,
  agents: readonly Agent[],
  name: string | undefined,
): Promise<void> {
  const one = name === 'completion' ? undefined : COMMANDS.get(name ?? '')
  const loads = one === undefined ? [...COMMANDS.values()] : [one]
  for (const add of await Promise.all(loads.map((load) => load()))) await add(tacho, agents)
}
