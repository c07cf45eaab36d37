import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isSoak } from '../../faults/extent.js'
import { startHttpProxy } from '../../network/index.js'
import { callsOwnTool, leftBy, ownMcpServer } from '../own-surroundings.js'
import { geminiPlace } from './place.js'

const PROMPT = ['-m', 'gemini-2.5-flash', '-p', 'Add 1 and 2']

const hook = (line: string) => [
  { matcher: '*', hooks: [{ type: 'command', command: `echo ${line} >> hooked` }] },
]

// Each takes some seconds, so `npm run soak` runs them.
describe.skipIf(!isSoak)('Gemini CLI keeps', () => {
  test("its user's hooks, MCP server and settings, and stays as it is alone", async () => {
    const run = async (isRecorded: boolean) => {
      await using place = await geminiPlace(callsOwnTool, {
        settings: (root) => {
          const [command = '', ...args] = ownMcpServer(root)
          return {
            security: { auth: { selectedType: 'gemini-api-key' } },
            hooks: { BeforeTool: hook('tool'), AfterAgent: hook('agent') },
            mcpServers: { calc: { command, args, trust: true } },
          }
        },
      })
      const ended = await (isRecorded
        ? place.tacho('gemini', '--persist-session', ...PROMPT)
        : place.alone(...PROMPT))
      // Gemini CLI itself rewrites them in a form that it prefers.
      const path = join(place.home, '.gemini/settings.json')
      const settings = readFileSync(path, 'utf8').replaceAll(place.root, 'ROOT')
      if (isRecorded) {
        const { tools, turns } = await place.told('show', 'last')
        expect(tools).toMatchObject([
          { name: expect.stringContaining('add'), outcome: 'completed' },
        ])
        expect(turns).toHaveLength(1)
      }
      const { exitCode, stdout, stderr } = ended
      // Whether it complains of its own measurements depends on how busy the machine is.
      const complained = `${stderr}`.replaceAll(/^\[STARTUP\] .*\n/gm, '')
      const said = { stdout: `${stdout}`, stderr: complained }
      return { exitCode, ...said, settings, hooked: leftBy(place.cwd) }
    }
    const [alone, recorded] = [await run(false), await run(true)]
    expect(alone).toMatchObject({ exitCode: 0, hooked: ['agent', 'tool'] })
    expect(alone.stdout).toContain('It is 3.')
    expect(recorded).toEqual(alone)
  }, 240_000)

  test.each(['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'])(
    'its way to its API (%s)',
    async (variable) => {
      const run = async (isRecorded: boolean) => {
        await using proxy = await startHttpProxy()
        const environment =
          variable === 'NO_PROXY'
            ? { HTTP_PROXY: proxy.url, NO_PROXY: '127.0.0.1' }
            : { [variable]: proxy.url }
        await using place = await geminiPlace([{ text: 'It is 3.' }], { environment })
        const ended = await (isRecorded
          ? place.tacho('gemini', '--persist-session', ...PROMPT)
          : place.alone(...PROMPT))
        if (isRecorded) {
          const { exchanges } = await place.told('show', 'last')
          expect(exchanges).toMatchObject([{ status: 200, outcome: 'completed' }])
        }
        // Gemini CLI asks for a tunnel even to an address without TLS; Tacho sends the proxy the
        // absolute URL.
        const asked = proxy.heads.map((head) => /^\w+ (?:http:\/\/)?([\d.]+)/.exec(head)?.[1])
        return { exitCode: ended.exitCode, said: `${ended.stdout}`, asked }
      }
      const [alone, recorded] = [await run(false), await run(true)]
      const asked = variable === 'NO_PROXY' ? [] : ['127.0.0.1']
      expect(alone).toMatchObject({ exitCode: 0, asked })
      expect(recorded).toEqual(alone)
    },
    240_000,
  )
})
