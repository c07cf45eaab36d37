/**
 * Loaded with `source`, or at the first Tab from a file `_tacho` in a folder of fpath: the file is
 * then the function's body, and must complete as well as define it.
 */
export const ZSH_SCRIPT = `#compdef tacho
# zsh completion for tacho. Load it with: source <(tacho completion zsh)
# or keep it as _tacho in a folder of $fpath.
_tacho() {
  local line paths=
  local -a lines offers
  lines=("\${(@f)$(command tacho complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  for line in "\${lines[@]}"; do
    case "$line" in
      :files) paths=files ;;
      :folders) paths=folders ;;
      ?*) offers+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  (( \${#offers} )) && _describe -V 'tacho' offers
  [[ -z "$paths" ]] && return
  [[ "$PREFIX" == --*=* ]] && compset -P '*='
  if [[ "$paths" == folders ]]; then _files -/; else _files; fi
}
if [[ "\${funcstack[1]}" == _tacho ]]; then
  _tacho "$@"
elif (( \${+functions[compdef]} )); then
  compdef _tacho tacho
else
  print -u2 'tacho: completion is off in this zsh. Put this before it: autoload -Uz compinit && compinit'
fi
`
