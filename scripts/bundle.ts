import { join, resolve } from 'node:path'
import { agentNames, bundleAgent, bundleRecordedAgents } from './bundle/agents.js'
import { bundled, bundleFile, OWN_URL_OPTIONS, type Target } from './bundle/bundling.js'
import { bundleCli, bundleCompletion, bundleQuick } from './bundle/commands.js'
import { withoutPrograms } from './bundle/left-out.js'
import { bundleApi } from './bundle/library.js'
import { bundlePage } from './bundle/page.js'
import { CLI, LAUNCHER, OTLP, RECORDER } from './bundle/places.js'
import { bundleRecorder, bundleRegister } from './bundle/recorder.js'
import { type BundledPackage, packagesIn } from './bundled-packages.js'
import { isMainModule } from './is-main-module.js'

/**
 * Bundles each `tacho <agent>` into a few files. A user waits for it on every run: Node needs
 * another 24 ms to find and load the modules one by one, and 200 ms if a session is recorded. The
 * bundles are CommonJS because Node's ESM loader alone takes 4 ms.
 *
 * @param folder for the bundles: the command's own build folder, or that of a package.
 * @returns the third-party packages that they contain.
 */
export async function bundle(folder = CLI): Promise<BundledPackage[]> {
  const target: Target = { folder, inputs: new Set() }
  await bundlePage(target)
  await bundleCli(target)
  await bundleQuick(target)
  await bundleCompletion(target)
  const agents = await agentNames()
  for (const name of agents) await bundleAgent(target, name)
  await bundleRecordedAgents(target, agents)
  await bundleFile(target, join(LAUNCHER, 'taps/otlp/forwarder.js'))
  await bundleFile(target, join(LAUNCHER, 'taps/http/http2.js'))
  await bundleFile(target, join(LAUNCHER, 'run/compiled.js'), OWN_URL_OPTIONS)
  await bundleRecorder(target)
  await bundleRegister(target)
  await bundleApi(target)
  // The process that exports spans, and with it the exporters.
  await bundleFile(target, join(RECORDER, 'live/sender-process.js'))
  // The thread that removes content codings.
  await bundleFile(target, join(RECORDER, 'exchange/decoding/decoder-thread.js'))
  // gRPC alone is as large as everything else that records, and few people export through it, so it
  // is optional.
  await bundleFile(target, join(OTLP, 'exporters/grpc.js'), { external: ['@grpc/grpc-js'] })
  await bundled(target, {
    // We use nothing else of it, and its entry point pulls in fetch, WebSockets and caches. The
    // entry point also adds `request` to the prototype of a dispatcher, so we do the same.
    stdin: {
      contents: [
        "import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'",
        "import request from 'undici/lib/api/api-request.js'",
        'Object.assign(Dispatcher.prototype, { request })',
        "export { default as Agent } from 'undici/lib/dispatcher/agent.js'",
      ].join('\n'),
      resolveDir: LAUNCHER,
    },
    outfile: join(target.folder, 'bundle', 'undici.cjs'),
  })
  await bundled(target, {
    stdin: { contents: "export * from 'commander'", resolveDir: CLI },
    outfile: join(target.folder, 'bundle', 'commander.cjs'),
    plugins: [withoutPrograms()],
  })
  // esbuild names files relative to the folder in which it runs.
  return packagesIn([...target.inputs].map((input) => resolve(input)))
}

if (isMainModule(import.meta.url)) await bundle()
