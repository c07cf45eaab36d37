// Words that have one of the others in them and mean something else: GIT_ASKPASS is a program,
// TOKENIZERS_PARALLELISM a switch, MAX_TOKENS a number.
const innocent =
  /ASKPASS|BYPASS|COMPASS|KEYBOARD|KEYMAP|KEYSTROKE|MAX_?TOKENS|MONKEY|PASSENGER|PASSIVE|PASS_?THROUGH|TOKENIZERS?/g

/**
 * Whether a name says that its value is a secret: KEY, TOKEN, SECRET, PASS or CREDENTIAL is in it, or it
 * ends with what is one, such as MYSQL_PWD. For environment variables; upper or lower case.
 */
export function isSecretName(name: string): boolean {
  return secret.test(name.toUpperCase().replace(innocent, ''))
}

const secret = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|[_-](?:AUTH|COOKIE|DSN|JWT|PAT|PWD|SIGNATURE)$/
