#!/usr/bin/env node
// Plain JavaScript, so that it exists before the build, and CommonJS, because with `tacho codex` a
// user waits for Codex, not for us: Node's ESM loader alone takes 4 ms.
const { existsSync } = require('node:fs')
const [command, ...rest] = process.argv.slice(2)
const dist = `${__dirname}/../dist`

// Nothing is left to do then: Node would only take its heap apart, and the user would wait for it.
process.once('beforeExit', () => process.exit())

if (isIn('bundle/agents')) require(fileIn('bundle/agents')).run(rest)
else if (isIn('quick')) runQuick()
else if (existsSync(`${dist}/command/main.js`)) runMain()
else {
  process.stderr.write('tacho: Tacho is not built yet. In its folder, run: npm run build\n')
  process.exit(1)
}

// Each agent has a bundle of its own, and so has each command whose speed matters
// (scripts/bundle.ts).
function isIn(folder) {
  return /^[a-z][a-z-]*$/.test(command) && existsSync(fileIn(folder))
}

function fileIn(folder) {
  return `${dist}/${folder}/${command}.cjs`
}

function runQuick() {
  const { cachePath, loadCompiled } = require(`${dist}/bundle/compiled.cjs`)
  const compiled = loadCompiled(process.env, cachePath)
  process.once('exit', compiled.keep)
  return require(fileIn('quick')).run(process.argv.slice(2))
}

function runMain() {
  return import('../dist/command/main.js').then(({ main }) => main(process.argv.slice(2)))
}
