import { spawn } from 'node:child_process'
import { commandFailure, ProgramError } from './program-error.js'

export type CommandOptions = {
  cwd: string
  /** Added to the environment of this process. */
  env?: Record<string, string>
  /** What to do if there is no such command. */
  missing: string
}

/**
 * Runs a command to its end and returns its stdout.
 *
 * @throws ProgramError if there is no such command or it fails, with the end of its output.
 */
export function runCommand(
  command: string,
  commandArguments: readonly string[],
  { cwd, env, missing }: CommandOptions,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, commandArguments, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const output: Buffer[] = []
    child.stdout.on('data', (block: Buffer) => {
      stdout.push(block)
      output.push(block)
    })
    child.stderr.on('data', (block: Buffer) => output.push(block))
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? `There is no ${command} in PATH.` : `${cause.message}.`
      reject(new ProgramError(`${why} ${missing}`, { cause }))
    })
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(stdout).toString())
      else
        reject(
          commandFailure([command, ...commandArguments].join(' '), String(Buffer.concat(output))),
        )
    })
  })
}
