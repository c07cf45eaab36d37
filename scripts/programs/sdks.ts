import { installPackage } from './npm-package.js'
import type { Program } from './program.js'

/**
 * The SDKs with which third-party programs talk to models. Another version here makes another
 * folder: increment it.
 */
const PACKAGES = [
  'openai@7.57.0',
  '@anthropic-ai/sdk@1.13.0',
  '@google/genai@2.32.0',
  'ai@6.0.325',
  '@ai-sdk/openai@3.0.141',
  // The next major version, which needs Node 22.
  'ai-7@npm:ai@7.0.173',
  'ai-7-openai@npm:@ai-sdk/openai@4.0.118',
  '@openai/agents@0.20.0',
  // The OpenTelemetry of hosts; ours is 2.x.
  'otel-1@npm:@opentelemetry/sdk-trace-node@1.30.1',
  'otel-1-undici@npm:@opentelemetry/instrumentation-undici@0.10.1',
  '@opentelemetry/api@1.9.0',
  'zod@4.6.7',
]

/** The SDKs of model APIs for Node in one folder, for recorded programs to import. */
export const sdks: Program = {
  name: 'sdks',
  version: '3',
  executable: 'node_modules/.bin/anthropic-ai-sdk',
  cost: 'about 180 MB from the npm registry, usually under a minute',
  async make(folder, step) {
    step('downloading')
    await installPackage(folder, ...PACKAGES)
  },
}
