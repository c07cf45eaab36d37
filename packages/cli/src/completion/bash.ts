/**
 * For bash 3.2 (macOS) and later. Everything except our functions is local, even `IFS`. `compopt`
 * came with bash 4.
 */
export const BASH_SCRIPT = `# bash completion for tacho. Load it with: source <(tacho completion bash)
_tacho() {
  local line IFS=$'\\n'
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :files) type compopt >/dev/null 2>&1 && compopt -o default ;;
      :folders) type compopt >/dev/null 2>&1 && compopt -o dirnames ;;
      ?*) COMPREPLY+=("$(printf '%q' "\${line%%$'\\t'*}")") ;;
    esac
  done < <(command tacho complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tacho tacho
`
