import { basename, dirname, join } from 'node:path'
import type { Plugin } from 'esbuild'
import { bundled, type Target } from './bundling.js'
import { left } from './left-out.js'
import { LAUNCHER } from './places.js'

/** The list of agents, in its built form: a fresh clone has no types for it yet. */
export async function agentNames(): Promise<string[]> {
  const list: { AGENTS: readonly { name: string }[] } = await import(
    join(LAUNCHER, 'agents/index.js')
  )
  return list.AGENTS.map(({ name }) => name)
}

/** What starts an agent and, in a second file that is read only when needed, what records it. */
export async function bundleAgent(target: Target, name: string): Promise<void> {
  await bundleLauncher(target, `agents/${name}.cjs`, apart(name), [
    `import { agent } from './agents/${name}/index.js'`,
    "import { launch } from './run/launch.js'",
    'export const run = (args) => launch(agent, args, process.env)',
  ])
}

/** What records the agents, in one file, because they share most of it. */
export async function bundleRecordedAgents(
  target: Target,
  names: readonly string[],
): Promise<void> {
  await bundleLauncher(target, 'recorded-agents.cjs', apart(), [
    ...names.map(
      (name, index) => `import { recorded as r${index} } from './agents/${name}/recorded.js'`,
    ),
    `export const recorded = { ${names.map((name, index) => `${JSON.stringify(name)}: r${index}`).join(', ')} }`,
    "export { recordAgent } from './run/record-agent.js'",
  ])
}

async function bundleLauncher(
  target: Target,
  file: string,
  plugin: Plugin,
  lines: readonly string[],
): Promise<void> {
  await bundled(target, {
    stdin: { contents: lines.join('\n'), resolveDir: LAUNCHER },
    outfile: join(target.folder, 'bundle', file),
    plugins: [plugin],
    external: [RECORDED_AGENTS],
    // What finds the thread behind it is resolved here and left out.
    logOverride: { 'empty-import-meta': 'silent' },
  })
}

// What a recorded run needs is a separate file, read only then; what writes the recording is
// another, read while the agent is already starting.
function apart(agent?: string): Plugin {
  const shared = agent === undefined ? './' : '../'
  return {
    name: 'apart',
    setup(bundler) {
      // An agent's own file is in its folder.
      bundler.onResolve({ filter: RECORDED }, ({ kind, importer }) =>
        kind === 'dynamic-import'
          ? { path: basename(dirname(importer)), namespace: 'recorded' }
          : undefined,
      )
      bundler.onLoad({ filter: /./, namespace: 'recorded' }, ({ path }) => ({
        contents: [
          `const all = require('${RECORDED_AGENTS}')`,
          `export const recorded = all.recorded[${JSON.stringify(path)}]`,
          'export const recordAgent = all.recordAgent',
        ].join('\n'),
      }))
      bundler.onResolve({ filter: SHARED }, ({ kind, path }) =>
        left(kind, `${shared}${SHARED.exec(path)?.[1]}.cjs`),
      )
    },
  }
}

const RECORDED_AGENTS = '../recorded-agents.cjs'
const RECORDED = /\/(?:record-agent|recorded)\.js$/
const SHARED = /\/(open-recording|forwarder|http2|compiled)\.js$/
