import { join, resolve } from 'node:path'
import { agentNames, bundleAgent, bundleRecordedAgents } from './bundle/agents.js'
import { bundled, bundleFile, OWN_URL_OPTIONS, type Target } from './bundle/bundling.js'
import { bundleCli, bundleCompletion, bundleQuick } from './bundle/commands.js'
import { bundleApi } from './bundle/library.js'
import { bundlePage } from './bundle/page.js'
import { CLI, LAUNCHER, OTLP, RECORDER } from './bundle/places.js'
import { bundleRecorder, bundleRegister } from './bundle/recorder.js'
import { type BundledPackage, packagesIn } from './bundled-packages.js'
import { isMainModule } from './is-main-module.js'

/**
 * Puts each `tacho <agent>` into a few files: a user waits for it each time, and Node takes 24 ms
 * more to find and load the modules one by one, 200 ms where a session is recorded. CommonJS, for
 * Node's ESM loader alone takes 4 ms.
 *
 * @param folder where the bundles go: the folder of the command's own build, or that of a package.
 * @returns the packages of others that are in them.
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
  // The process that sends spans out, and, with it, the exporters.
  await bundleFile(target, join(RECORDER, 'live/sender-process.js'))
  // The thread that takes content codings off.
  await bundleFile(target, join(RECORDER, 'exchange/decoding/decoder-thread.js'))
  // gRPC itself is as large as all else that records, and few send by it: it is optional.
  await bundleFile(target, join(OTLP, 'exporters/grpc.js'), { external: ['@grpc/grpc-js'] })
  await bundled(target, {
    // Nothing else of it is used, and its entry brings fetch, WebSockets and caches as well. That a
    // dispatcher can request, the entry gives to its prototype: so does this.
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
  })
  // esbuild names files from the folder that it was run in.
  return packagesIn([...target.inputs].map((input) => resolve(input)))
}

if (isMainModule(import.meta.url)) await bundle()
