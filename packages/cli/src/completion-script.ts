export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]

/** What a completion script needs of the command tree. */
export type CompletionTree = {
  name: string
  description: string
  /** Its first argument names a session. */
  takesSession: boolean
  /** So do those that come behind that. */
  takesSessionThen: boolean
  /** What its first argument can be. */
  words: readonly string[]
  options: { long: string; description: string }[]
}[]

/** The script that teaches a shell to complete `tacho`. Session ids are asked for when completing. */
export function completionScript(shell: Shell, tree: CompletionTree): string {
  switch (shell) {
    case 'bash':
      return bashScript(tree)
    case 'zsh':
      return zshScript(tree)
    case 'fish':
      return fishScript(tree)
    default:
      return shell satisfies never
  }
}

const SESSIONS = 'last $(tacho ls --ids 2>/dev/null)'

function bashScript(tree: CompletionTree): string {
  const cases = tree.map(({ name, options, words, takesSession, takesSessionThen }) => {
    const first = [...words, ...(takesSession ? [SESSIONS] : [])].join(' ')
    const then = takesSessionThen ? ` then_() { echo "${SESSIONS}"; }` : ''
    return `    ${name}) options="${optionWords(options)}"; first() { echo "${first}"; };${then} ;;`
  })
  return `_tacho() {
  local current="\${COMP_WORDS[COMP_CWORD]}" options="" words=""
  first() { :; }; then_() { :; }
  case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
  esac
  if [ "$COMP_CWORD" -eq 1 ]; then words="${tree.map(({ name }) => name).join(' ')} --help --version"
  elif [ "\${current#-}" != "$current" ]; then words="$options"
  elif [ "$COMP_CWORD" -eq 2 ]; then words="$(first)"
  else words="$(then_)"
  fi
  unset -f first then_
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _tacho tacho
`
}

function zshScript(tree: CompletionTree): string {
  const commands = tree.map(({ name, description }) => quoted(`${name}:${description}`))
  const cases = tree.map(({ name, options, words, takesSession, takesSessionThen }) => {
    const described = options.map(({ long, description }) => quoted(`${long}:${description}`))
    const first = [...words, ...(takesSession ? [SESSIONS] : [])].join(' ')
    const then = takesSessionThen ? `; (( CURRENT > 3 )) && words_=(${SESSIONS})` : ''
    return `    ${name}) options=(${described.join(' ')}); (( CURRENT == 3 )) && words_=(${first})${then} ;;`
  })
  return `#compdef tacho
_tacho() {
  local -a commands options words_
  commands=(${commands.join(' ')})
  if (( CURRENT == 2 )); then _describe command commands; return; fi
  case "$words[2]" in
${cases.join('\n')}
  esac
  if [[ "$words[CURRENT]" == -* ]]; then _describe option options
  elif (( \${#words_} )); then compadd -a words_
  else _files
  fi
}
compdef _tacho tacho
`
}

function fishScript(tree: CompletionTree): string {
  const lines = tree.flatMap((command) => {
    const { name, description, options, words, takesSession, takesSessionThen } = command
    const within = `complete -c tacho -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`
    const first = [
      ...words,
      ...(takesSession || takesSessionThen ? ['last', '(tacho ls --ids 2>/dev/null)'] : []),
    ]
    return [
      `complete -c tacho -f -n __fish_use_subcommand -a ${name} -d ${quoted(description)}`,
      ...(first.length > 0 ? [`${within} -f -a ${quoted(first.join(' '))}`] : []),
      ...options.map(
        (option) => `${within} -l ${option.long.slice(2)} -d ${quoted(option.description)}`,
      ),
    ]
  })
  return `${lines.join('\n')}\n`
}

function optionWords(options: { long: string }[]): string {
  return options.map(({ long }) => long).join(' ')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
