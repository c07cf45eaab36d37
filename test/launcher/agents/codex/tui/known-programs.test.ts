import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { KnownPrograms } from '../../../../../packages/launcher/src/agents/codex/tui/known-programs.js'

const NO_DAEMON = { noDaemon: true }

test('a program is known once it was added, and another one is not', async () => {
  const { environment, script } = place()
  const [one, other] = [script('one', '1'), script('other', '1')]
  await (await KnownPrograms.open({ command: one, environment })).add(NO_DAEMON)
  await (await KnownPrograms.open({ command: other, environment })).add({ noDaemon: false })
  expect(await abilities(one, environment)).toEqual(NO_DAEMON)
  expect(await abilities(other, environment)).toEqual({ noDaemon: false })
  expect(await abilities(script('third', '1'), environment)).toBeUndefined()
})

test('a script that starts another version is not known any more', async () => {
  const { environment, script } = place()
  const command = script('codex', '1')
  await (await KnownPrograms.open({ command, environment })).add(NO_DAEMON)
  script('codex', '2')
  expect(await abilities(command, environment)).toBeUndefined()
})

test('a native program is not run for it, and not known any more when its file is another', async () => {
  const { environment, root } = place()
  const command = join(root, 'codex')
  const write = () => writeFileSync(command, Buffer.from('7f454c4601', 'hex'))
  write()
  await (await KnownPrograms.open({ command, environment })).add(NO_DAEMON)
  expect(await abilities(command, environment)).toEqual(NO_DAEMON)
  rmSync(command)
  write()
  // As an installer does.
  execFileSync('touch', ['-d', '1985-10-26', command])
  expect(await abilities(command, environment)).toBeUndefined()
})

test("npm's script is known by its package, and not run for it", async () => {
  const { environment, root } = place()
  const folder = join(root, 'node_modules/@openai/codex')
  mkdirSync(join(folder, 'bin'), { recursive: true })
  const command = join(folder, 'bin/codex.js')
  writeFileSync(command, '#!/bin/sh\nexit 1\n', { mode: 0o755 })
  const install = (version: string) =>
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ version }))
  install('1.0.0')
  await (await KnownPrograms.open({ command, environment })).add(NO_DAEMON)
  expect(await abilities(command, environment)).toEqual(NO_DAEMON)
  install('1.0.1')
  expect(await abilities(command, environment)).toBeUndefined()
})

test('without a place to remember, and with what is no memory, nothing is known and nothing fails', async () => {
  const { root, script } = place()
  const command = script('codex', '1')
  const file = join(root, '.cache', 'tacho', 'codex-hooks-1.json')
  mkdirSync(join(root, '.cache', 'tacho'), { recursive: true })
  for (const text of ['', '{}', '[[1],2,null]', '[["x",'])
    for (const HOME of [root, undefined, '/proc/nowhere']) {
      writeFileSync(file, text)
      const environment = { PATH: process.env.PATH, HOME }
      const known = await KnownPrograms.open({ command, environment })
      expect(known.abilities).toBeUndefined()
      await known.add(NO_DAEMON)
    }
  expect(await abilities(join(root, 'missing'), { HOME: root })).toBeUndefined()
})

async function abilities(command: string, environment: NodeJS.ProcessEnv) {
  return (await KnownPrograms.open({ command, environment })).abilities
}

function place() {
  const root = mkdtempSync(join(tmpdir(), 'tacho-test-'))
  onTestFinished(() => rmSync(root, { recursive: true, force: true }))
  return {
    root,
    environment: { PATH: process.env.PATH, HOME: root },
    script(name: string, version: string) {
      const path = join(root, name)
      writeFileSync(path, `#!/bin/sh\necho codex-cli ${version}\n`)
      chmodSync(path, 0o755)
      return path
    },
  }
}
