#!/usr/bin/env node
// Plain JavaScript, so that it is there before the build, and CommonJS, for with `tacho codex` a
// user waits for Codex, not for us: Node's ESM loader alone takes 4 ms.
const [command, ...rest] = process.argv.slice(2)
if (command === 'codex') built(() => require('../dist/bundle/codex.cjs')).codex(rest)
else built(() => require('node:fs').statSync(`${__dirname}/../dist/main.js`)) && runMain()

function runMain() {
  return import('../dist/main.js').then(({ main }) => main(process.argv.slice(2)))
}

function built(load) {
  try {
    return load()
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND' && error.code !== 'ENOENT') throw error
    process.stderr.write('tacho: it is not built yet. In its folder, run: npm run build\n')
    process.exit(1)
  }
}
