import { EXAMPLES } from '../scrub/shape-examples.js'

/** A secret that must not appear anywhere. */
export type Canary = {
  name: string
  /** As it is given to the agent. */
  text: string
  /** A part of it that appears nowhere else, in each form in which it could leak. */
  traces: string[]
}

/** One of each family that the scrubber knows by its shape. */
export function shapedCanaries(): Canary[] {
  return EXAMPLES.map(({ rule, are: [text = ''] }, index) => canaryOf(`${rule} ${index}`, text))
}

/** @param text contains a unique run of letters and digits. */
export function canaryOf(name: string, text: string): Canary {
  const runs = text.match(/[\w+/-]+/g) ?? []
  const longest = runs.reduce((one, other) => (other.length > one.length ? other : one), '')
  return { name, text, traces: tracesOf(longest.slice(-20)) }
}

function tracesOf(core: string): string[] {
  const base64 = ['', '-', '--'].flatMap((lead) => {
    const whole = Buffer.from(`${lead}${core}`)
    // Only the characters that consist entirely of bits of the core.
    const from = Math.ceil((lead.length * 8) / 6)
    const to = Math.floor((whole.length * 8) / 6)
    return (['base64', 'base64url'] as const).map((form) => whole.toString(form).slice(from, to))
  })
  const hex = Buffer.from(core).toString('hex')
  const slashes = core.replaceAll('/', '\\/')
  return [...new Set([core, slashes, encodeURIComponent(core), ...base64, hex, hex.toUpperCase()])]
}

/** The canaries that a text contains, in any form. */
export function foundIn(text: string, canaries: readonly Canary[]): string[] {
  return canaries
    .filter(({ traces }) => traces.some((trace) => text.includes(trace)))
    .map(({ name }) => name)
}
