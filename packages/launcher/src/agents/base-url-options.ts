import { WrongUse } from '../run/switches.js'
import { apiOfName, type BaseUrl, baseUrlsOf, httpUrlOf, providerOfName } from './base-urls.js'

const OPTION = '--base-url-env'

/**
 * Returns the variables to redirect to Tacho: the common ones, and those named by `--base-url-env`,
 * each as `NAME` (with its value as the upstream), `NAME=URL`, or `NAME=PATH` at the API that the
 * name begins with.
 *
 * @param words the program's command line.
 * @throws WrongUse for anything else before the `--`.
 */
export function chosenBaseUrls(
  options: readonly string[],
  environment: NodeJS.ProcessEnv,
  words: readonly string[],
): BaseUrl[] {
  const named = namedIn(options).map((words) => baseUrlOf(words, environment))
  const names = new Set(named.map(({ variable }) => variable))
  return [
    ...named,
    ...baseUrlsOf(environment, words).filter(({ variable }) => !names.has(variable)),
  ]
}

function namedIn(options: readonly string[]): string[] {
  const named: string[] = []
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] ?? ''
    if (option.startsWith(`${OPTION}=`)) named.push(option.slice(OPTION.length + 1))
    else if (option === OPTION) {
      index += 1
      named.push(options[index] ?? '')
    } else {
      throw new WrongUse(
        `${option} is not an option of Tacho here. The command to run comes after --`,
      )
    }
  }
  return named
}

function baseUrlOf(words: string, environment: NodeJS.ProcessEnv): BaseUrl {
  const equals = words.indexOf('=')
  const variable = equals < 0 ? words : words.slice(0, equals)
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(variable))
    throw new WrongUse(`${OPTION} needs a variable: ${OPTION} NAME, NAME=URL or NAME=PATH`)
  const value = equals < 0 ? environment[variable] : words.slice(equals + 1)
  const upstream = value?.startsWith('/') ? atPath(variable, value) : httpUrlOf(value)
  if (upstream !== undefined) return { variable, provider: providerOfName(variable), upstream }
  throw new WrongUse(
    equals < 0
      ? `${OPTION} ${variable}: ${variable} is not set to a URL. Say where it leads: ${OPTION} ${variable}=https://…`
      : `${OPTION} ${words}: that is neither an HTTP URL nor a path.`,
  )
}

function atPath(variable: string, path: string): URL {
  const api = apiOfName(variable)
  if (api === undefined)
    throw new WrongUse(
      `${OPTION} ${variable}=${path}: no API is known by that name. Say where it leads: ${OPTION} ${variable}=https://…${path}`,
    )
  return new URL(path, api.address)
}
