/**
 * Whether a switch is on, by the text of its flag or its variable; nothing where the text means neither.
 * Without a text it is off.
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

/** What is wrong with the text of a switch that is neither on nor off. */
export function wrongSwitch(name: string, text: string | undefined): string {
  return `${name} is ${JSON.stringify(text)}, which is neither on (1, true, yes, on) nor off (0, false, no, off).`
}
