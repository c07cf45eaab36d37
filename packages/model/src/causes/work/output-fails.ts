/**
 * Returns whether the output of a command without a known exit code says that it failed. Programs
 * say so in endless ways, but line by line and in few forms: a severity before the subject (`error:
 * …`, `a.swift:3:5: error: …`); the system's words after a name (`cat: x: No such file or
 * directory`); or a count of failures (`9 tests, 2 failures`).
 */
export function outputFails(output: string): boolean {
  const lines = linesOf(output)
  if (lines.some(isCountOfFailures)) return true
  // What a test prints on the way to its success is not the result.
  if (lines.slice(-CLOSING).some((line) => WELL.test(line) && !BAD_END.test(line))) return false
  return lines.some((line) => isFailureLine(line)) || areAllPlaces(lines)
}

/** Returns whether a line says that something failed. */
export function isFailureLine(line: string): boolean {
  const said = line.slice(0, LINE_CHARACTERS).trim().replace(DECORATION, '')
  return (
    CROSSED.test(said) ||
    SEVERE.test(said) ||
    HEADED.test(said) ||
    AT_PLACE.test(said) ||
    BY_SYSTEM.test(said) ||
    THROWN.test(said) ||
    CRASHED.test(said) ||
    IN_SENTENCE.test(said)
  )
}

/** A command says how it went at the start or at the end of its output. */
const FIRST_CHARACTERS = 2_000
const LAST_CHARACTERS = 4_000
const LINE_CHARACTERS = 240
const CLOSING = 4

function linesOf(output: string): string[] {
  const isShort = output.length <= FIRST_CHARACTERS + LAST_CHARACTERS
  const text = isShort
    ? output
    : `${output.slice(0, FIRST_CHARACTERS)}\n${output.slice(-LAST_CHARACTERS)}`
  return text
    .split('\n')
    .map((line) => line.slice(0, LINE_CHARACTERS).trim())
    .filter((line) => line !== '')
}

/** What surrounds a message: a box, a bullet, a bracket. */
const DECORATION = /^[\s│┃╷╵╭╰├─▶➤●•*>=#|-]{0,12}/

const CROSSED = /^(?:[✗✘×❌✕] ?|! (?=[A-Z[]))/
// `error:`, `[error]`, `ERROR 2002 (HY000):`, `jq: error (at …):`, `make: *** …`, `E: …`, `** TEST FAILED **`.
const SEVERE =
  /^(?:[\w.+-]{1,30}: ?)?\[?(?:fatal(?: error)?|error|err!?|panic|failure|failed)\]?(?:\[[\w-]{1,20}\]| \w{1,12})?(?: \([^)]{1,60}\))?\s?(?:!?:|!|(?<=\])\s)|^[\w.+-]{1,30}(?:\[\d+\])?: \*\*\* |^E: |^\*{0,2} ?[A-Z]+ FAILED\b|^npm (?:ERR!|error) /i
// `NAMING ERROR ----- src/Main.elm`
const HEADED = /^[A-Z][A-Z ]{0,30} (?:ERROR|FAILURE|FAILED)\b/
// `src/a.ts(3,5): error TS2304: …`, `a.c:3:5: fatal error: …`, `a.py:3: error: …`
const AT_PLACE = /^[^\s:(]{1,160}[:(]\d+(?:[,:]\d+)?\)?: (?:fatal )?error\b/i
// After the name of a program and its subject, as strerror(3) words it in other languages.
const BY_SYSTEM =
  /^[\w.+/-]{1,60}: .{0,160}(?:No such file or directory|Not a directory|Is a directory|File exists|Read-only file system|Operation not permitted|No space left on device|Device or resource busy|Too many open files|Exec format error|Input\/output error|Network is unreachable|No route to host|command not found|Permission denied|Connection (?:refused|timed out)|Datei oder Verzeichnis nicht gefunden|Keine Berechtigung|Befehl nicht gefunden|Aucun fichier ou dossier de ce (?:nom|type)|Permission non accordée|commande introuvable|No existe el (?:archivo|fichero) o (?:el )?directorio|Permiso denegado|orden no encontrada|File o directory non esistente|Permesso negato|Arquivo ou diretório inexistente|Permissão negada|Нет такого файла или каталога|Отказано в доступе|没有那个文件或目录|权限不够|未找到命令|そのようなファイルやディレクトリはありません|許可がありません)\.?$/i
// `Exception in thread "main" java.lang…Exception: …`, `App::Error: …`, `… for nil (NoMethodError)`
const THROWN =
  /^(?:Uncaught |Unhandled |Exception in thread .{1,60} |\*\* \()?(?:[\w$]{1,40}(?:\.|::)){0,8}[A-Z]\w{0,40}(?:Error|Exception)\b(?:[:(]|$)|\([A-Z]\w{0,40}Error\)$/
const CRASHED =
  /^.{0,60}\b(?:Segmentation fault|core dumped|Bus error|Illegal instruction|Aborted|Killed)\)?(?: \(core dumped\))?$/
const IN_SENTENCE =
  /^(?:an error (?:occurred|was encountered)|(?:build|compilation|tests?|deployment|installation|migration)s? (?:has |have )?failed\b|execution halted|no solution found\b|unable to (?:connect|resolve|locate|open|find)\b|could not (?:connect|resolve|find|open|load)\b)/i

// A count other than 0 next to a word for failure, in either order; what did not fail is removed
// first.
const NONE_FAILED =
  /\b(?:0|no|zero) (?:[a-z]+ ){0,2}(?:fail(?:s|ed|ing|ures?)?|errors?|errored)\b|\b(?:fail(?:s|ed|ing|ures?)?|errors?|errored)\b\s{0,3}[:=]?\s{0,9}0\b/gi
const COUNTED =
  /\b[1-9]\d*\)? (?:[a-z]+ ){0,2}(?:fail(?:s|ed|ing|ures?)?|errored|errors?(?! ?handl))\b|\b(?:failed|failing|fails?|failures?|errors)\b\W{1,3}[1-9]\d*\b/i
const TOGETHER =
  /\b(?:tests?|specs?|examples?|success(?:es)?|pending|assertions?|subtests?|checks?|suites?|files?|steps?|passed|pass|succeeded|ok|warn(?:ings?)?|total|skip(?:ped)?|found|locally|in \d)\b/i
const NOT_PASSED =
  /\btests? (?:failed|(?:did|do) not pass)\b|^result: fail|\bFAILED\b(?! ?[:=]? ?0)/
const SUMMARY_CHARACTERS = 160

function isCountOfFailures(line: string): boolean {
  if (line.length > SUMMARY_CHARACTERS) return false
  const left = line.replace(NONE_FAILED, ' ')
  if (WELL_MEANT.test(left)) return false
  const isAlone = /^\W{0,6}[1-9]\d* (?:fail|error)\w*\W*$/i.test(left)
  return NOT_PASSED.test(left) || isAlone || (COUNTED.test(left) && TOGETHER.test(left))
}

/**
 * Mentions of failures that are not failures: a test with this name, or something that was fixed.
 */
export const WELL_MEANT =
  /^[✓✔√]|^(?:ok|PASS) |\b(?:fixed|fixable|expected|as it should|ignored|retried|warnings? only)\b/i

const WELL =
  /\b(?:pass(?:ed|ing)?|succeeded|success(?:ful(?:ly)?)?|finished|done|completed|up to date|compiled|installed|ok)\b|^[✓✔√]/i
const BAD_END = /\bnot\b|\bun\w+|\bfail|\berror|\b0 pass/i

// Compilers with only one severity print the place and the problem, and nothing else.
const PLACE = /^[\w./\\-]{1,160}\.\w{1,8}:\d+:\d+: (?!warning|note|info|hint|style|\d)/i

function areAllPlaces(lines: readonly string[]): boolean {
  const told = lines.filter((line) => !line.startsWith('#'))
  return told.length > 0 && told.every((line) => PLACE.test(line))
}
