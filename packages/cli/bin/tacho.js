#!/usr/bin/env node
// Plain JavaScript, so that it is there before the build, and CommonJS, for with `tacho codex` a
// user waits for Codex, not for us: Node's ESM loader alone takes 4 ms.
const { existsSync } = require('node:fs')
const [command, ...rest] = process.argv.slice(2)
const dist = `${__dirname}/../dist`

if (isAgent(command)) require(bundleOf(command)).run(rest)
else if (existsSync(`${dist}/main.js`)) runMain()
else {
  process.stderr.write('tacho: it is not built yet. In its folder, run: npm run build\n')
  process.exit(1)
}

// Each agent has a bundle of its own (scripts/bundle.ts).
function isAgent(word) {
  return /^[a-z][a-z-]*$/.test(word) && existsSync(bundleOf(word))
}

function bundleOf(agent) {
  return `${dist}/bundle/agents/${agent}.cjs`
}

function runMain() {
  return import('../dist/main.js').then(({ main }) => main(process.argv.slice(2)))
}
