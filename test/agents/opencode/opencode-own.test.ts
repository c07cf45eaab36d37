import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { startHttpProxy } from '../../network/index.js'
import { callsOwnTool, leftBy, ownMcpServer } from '../own-surroundings.js'
import { opencodePlace } from './place.js'

/** A user's own plugin, which leaves a line behind for each event. */
const PLUGIN = `
import { appendFileSync } from 'node:fs'
export const Own = async () => ({
  'tool.execute.before': async ({ tool }) => appendFileSync('hooked', 'before ' + tool + '\\n'),
  'chat.headers': async (_, output) => { output.headers['x-own'] = 'of-the-plugin' },
})
`

// Each takes some seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak)('opencode keeps', () => {
  test("its user's plugin, MCP server and settings, and stays as it is alone", async () => {
    const run = async (isRecorded: boolean) => {
      await using place = await opencodePlace(callsOwnTool, {
        config: (root) => ({
          instructions: ['of-the-user.md'],
          mcp: { calc: { type: 'local', command: ownMcpServer(root) } },
        }),
      })
      const folder = join(place.home, '.config/opencode')
      mkdirSync(join(folder, 'plugin'))
      writeFileSync(join(folder, 'plugin/own.js'), PLUGIN)
      writeFileSync(join(place.cwd, 'of-the-user.md'), 'Always count twice.')
      const ended = await (isRecorded
        ? place.tacho('opencode', 'run', '--persist-session', 'Add 1 and 2')
        : place.alone('run', 'Add 1 and 2'))
      if (isRecorded) {
        const { tools } = await place.told('show', 'last')
        expect(tools).toMatchObject([{ name: 'calc_add' }])
      }
      const { exitCode, stdout, stderr } = ended
      const asked = place.model.exchanges.filter(({ requestBody }) =>
        requestBody.includes('Always count twice.'),
      )
      return {
        exitCode,
        stdout: `${stdout}`,
        stderr: `${stderr}`,
        hooked: leftBy(place.cwd),
        settings: readFileSync(join(folder, 'opencode.json'), 'utf8')
          .replace(/:\d{4,5}\//, ':PORT/')
          .replaceAll(place.root, 'ROOT'),
        headers: asked.map(({ rawHeaders }) => rawHeaders[rawHeaders.indexOf('x-own') + 1]),
      }
    }
    const [alone, recorded] = [await run(false), await run(true)]
    expect(alone).toMatchObject({ exitCode: 0, hooked: ['before calc_add'] })
    expect(alone.headers).toEqual(['of-the-plugin', 'of-the-plugin'])
    expect(alone.stdout).toContain('It is 3.')
    expect(recorded).toEqual(alone)
  }, 400_000)

  test.each(['HTTP_PROXY', 'NO_PROXY'])(
    'its way to its API (%s)',
    async (variable) => {
      const run = async (isRecorded: boolean) => {
        await using proxy = await startHttpProxy()
        const noProxy = variable === 'NO_PROXY' && { NO_PROXY: '127.0.0.1' }
        const environment = { HTTP_PROXY: proxy.url, ...noProxy }
        await using place = await opencodePlace([{ text: 'It is 3.' }], { environment })
        const ended = await (isRecorded
          ? place.tacho('opencode', 'run', '--persist-session', 'Add 1 and 2')
          : place.alone('run', 'Add 1 and 2'))
        if (isRecorded) {
          const { exchanges } = await place.told('show', 'last')
          expect(exchanges[0]).toMatchObject({ status: 200, outcome: 'completed' })
        }
        const asked = new Set(
          proxy.heads.map((head) => /^\w+ (?:http:\/\/)?([\w.]+)/.exec(head)?.[1]),
        )
        return { exitCode: ended.exitCode, said: `${ended.stdout}`, asked: [...asked].sort() }
      }
      const [alone, recorded] = [await run(false), await run(true)]
      expect(alone).toMatchObject({ exitCode: 0 })
      expect(alone.asked.includes('127.0.0.1')).toBe(variable === 'HTTP_PROXY')
      expect(recorded).toEqual(alone)
    },
    400_000,
  )
})
