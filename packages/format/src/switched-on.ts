/**
 * Whether a switch is on, from the text of its flag or variable: off if there is none, undefined if
 * the text means neither.
 */
export function switchedOn(text: string | undefined): boolean | undefined {
  switch (text?.toLowerCase()) {
    case '1':
    case 'true':
    case 'yes':
    case 'on':
      return true
    case undefined:
    case '':
    case '0':
    case 'false':
    case 'no':
    case 'off':
      return false
    default:
      return undefined
  }
}

/** Returns the error message for a switch that is neither on nor off. */
export function wrongSwitch(name: string, text: string | undefined): string {
  return `${name} is ${JSON.stringify(text)}, which is neither on (1, true, yes, on) nor off (0, false, no, off).`
}
