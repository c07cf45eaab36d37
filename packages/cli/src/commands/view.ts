import { once } from 'node:events'
import { listenForUser } from '@tacho/launcher'
import { serveViewer, type Viewer } from '@tacho/viewer'
import { type Command, InvalidArgumentError } from 'commander'
import { CommandError, EXIT } from '../command-error.js'
import { note, write } from '../output.js'
import { type SessionOptions, sessionNamed, withSessionsDir } from '../session-options.js'
import { traceUrl } from '../trace-url.js'
import { openInBrowser } from '../view/open-in-browser.js'

type ViewOptions = SessionOptions & { port: number; open: boolean }

/** Adds `tacho view`: sessions in a browser. */
export function addViewCommand(tacho: Command): void {
  const command = tacho
    .command('view')
    .description('browse sessions in a web browser; stop with Ctrl-C')
    .argument('[session]', 'session id or its first characters, or "last"; without one, the list')
    .option('--port <n>', 'port on 127.0.0.1 (default: any free port)', portOf, 0)
    .option('--no-open', 'print the address instead of opening a browser')
    .action(view)
  withSessionsDir(command)
}

async function view(name: string | undefined, options: ViewOptions): Promise<void> {
  const session = name === undefined ? undefined : sessionNamed(name, options)
  const viewer = await serve(options)
  const words = new URLSearchParams({
    token: viewer.token,
    ...(session !== undefined && { session: session.id }),
  })
  const address = `http://127.0.0.1:${viewer.port}/#${words}`
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const opened = options.open ? openInBrowser(address) : undefined
  try {
    if (opened === undefined) await write(`${address}\n`)
    else note(`Opened http://127.0.0.1:${viewer.port}/ in your browser. Press Ctrl-C to stop.`)
    await opened?.failed.catch(async () => {
      note('No browser could be started. Open this address:')
      await write(`${address}\n`)
    })
    await stopped
  } finally {
    opened?.[Symbol.dispose]()
    viewer.close()
  }
}

async function serve({ roots, port }: ViewOptions): Promise<Viewer> {
  try {
    return await serveViewer({
      roots,
      port,
      listen: listenForUser,
      traceUrl: (session) => traceUrl(session, process.env),
      onFault: tellFault,
    })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const why = code === 'EADDRINUSE' ? 'another program has it' : message
    throw new CommandError(
      'cannot-listen',
      EXIT.failure,
      `Port ${port} of 127.0.0.1 cannot be had: ${why}.\nWithout --port, one that is free is taken.`,
      { cause },
    )
  }
}

function tellFault(cause: unknown): void {
  note(`a request could not be answered: ${cause instanceof Error ? cause.message : String(cause)}`)
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a number from 1 to 65535.')
}
