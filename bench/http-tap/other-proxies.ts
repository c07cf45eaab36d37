import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, listening } from '../ports.js'

/** A running reverse proxy to compare with. */
export type OtherProxy = { name: string; url: string; stop: () => void }

/** nginx and mitmproxy, as far as installed, in front of the upstream. */
export async function otherProxies(upstream: string): Promise<OtherProxy[]> {
  const found = await Promise.all([nginx(upstream), mitmproxy(upstream)])
  return found.filter((proxy) => proxy !== undefined)
}

async function nginx(upstream: string): Promise<OtherProxy | undefined> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-nginx-'))
  const settings = `daemon off; pid ${folder}/pid; error_log stderr crit; worker_processes 1;
events {}
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  upstream model { server ${new URL(upstream).host}; keepalive 8; }
  server {
    listen 127.0.0.1:${port}; client_max_body_size 0; client_body_buffer_size 1m;
    location / { proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
  }
}`
  const file = join(folder, 'nginx.conf')
  writeFileSync(file, settings)
  return start('nginx', ['-p', folder, '-c', file], port)
}

async function mitmproxy(upstream: string): Promise<OtherProxy | undefined> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'tacho-bench-mitm-'))
  const flags = [
    '-q',
    '--mode',
    `reverse:${upstream}`,
    '--listen-host',
    '127.0.0.1',
    '-p',
    String(port),
  ]
  return start(
    'mitmdump',
    [...flags, '--set', 'stream_large_bodies=1', '--set', `confdir=${folder}`],
    port,
  )
}

async function start(
  command: string,
  args: string[],
  port: number,
): Promise<OtherProxy | undefined> {
  const child = spawn(command, args, { stdio: 'ignore' })
  const isThere = await Promise.race([
    listening(child, port),
    once(child, 'error').then(() => false),
  ])
  if (!isThere) return undefined
  return { name: command, url: `http://127.0.0.1:${port}/v1`, stop: () => child.kill() }
}
