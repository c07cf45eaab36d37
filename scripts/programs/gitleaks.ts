import { buildCommand } from './go-command.js'
import type { Program } from './program.js'

const version = 'v8.30.1'
const path = 'github.com/zricethezav/gitleaks/v8'

/** Finds secrets by some 220 published rules; the tests run it over scrubbed text. */
export const gitleaks: Program = {
  name: 'gitleaks',
  version: version.slice(1),
  executable: 'bin/gitleaks',
  cost: 'about 23 MB, built with Go, usually under a minute',
  make: buildCommand({
    module: { path, version, sum: 'h1:PmEvCfVI7ti9dV3s5aMZUY7sS2GxRvG3yzih7E+cS3w=' },
    command: path,
  }),
}
