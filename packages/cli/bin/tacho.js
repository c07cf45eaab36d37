#!/usr/bin/env node
// Plain JavaScript, so that it is there before the build. It loads as little as it can: with
// `tacho codex` a user waits for Codex, not for us.
const [command, ...rest] = process.argv.slice(2)
try {
  if (command === 'codex') {
    const { codex } = await import('../dist/codex.js')
    await codex(rest)
  } else {
    const { main } = await import('../dist/main.js')
    await main(process.argv.slice(2))
  }
} catch (error) {
  const { existsSync } = await import('node:fs')
  const entry = new URL(`../dist/${command === 'codex' ? 'codex' : 'main'}.js`, import.meta.url)
  if (existsSync(entry)) throw error
  process.stderr.write('tacho: it is not built yet. In its folder, run: npm run build\n')
  process.exitCode = 1
}
