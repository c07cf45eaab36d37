/** fish completes the word under the cursor as a whole, including `--option=`. */
export const FISH_SCRIPT = `# fish completion for tacho. Load it with: tacho completion fish | source
function __tacho_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l lead (string match -r '^--[^=]*=' -- $current)
  for line in (command tacho complete fish -- $words[2..-1] "$current" 2>/dev/null)
    switch $line
      case ':files'
        __tacho_paths __fish_complete_path "$lead" "$current"
      case ':folders'
        __tacho_paths __fish_complete_directories "$lead" "$current"
      case '*'
        echo -- $line
    end
  end
end
function __tacho_paths --argument-names complete lead current
  for line in ($complete (string sub -s (math 1 + (string length -- "$lead")) -- $current) '')
    echo -- $lead$line
  end
end
complete -c tacho -f -k -a '(__tacho_complete)'
`
