// Words that contain one of the others but mean something else: GIT_ASKPASS is a program,
// TOKENIZERS_PARALLELISM a switch, MAX_TOKENS a number.
const innocent =
  /ASKPASS|BYPASS|COMPASS|KEYBOARD|KEYMAP|KEYSTROKE|MAX_?TOKENS|MONKEY|PASSENGER|PASSIVE|PASS_?THROUGH|TOKENIZERS?/g

/**
 * Returns whether a variable's name says that its value is secret: it contains KEY, TOKEN, SECRET,
 * PASS or CREDENTIAL, or ends with a word such as that of MYSQL_PWD. For environment variables;
 * upper or lower case.
 */
export function isSecretName(name: string): boolean {
  return secret.test(name.toUpperCase().replace(innocent, ''))
}

const secret = /KEY|TOKEN|SECRET|PASS|CREDENTIAL|[_-](?:AUTH|COOKIE|DSN|JWT|PAT|PWD|SIGNATURE)$/
