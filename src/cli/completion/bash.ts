import { type CommandWords, flattened } from "./words.ts";

/** Completion for Bash: commands, flags and their values; files elsewhere. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  const names = (of: readonly CommandWords[]): string => of.map(({ path }) => path.at(-1)).join(" ");
  const all = flattened(commands);
  const cases = all.map(({ path, flags, subcommands }) => {
    const words = [...(subcommands.length > 0 ? [names(subcommands)] : []), ...flags.map((f) => f.name)];
    return `    ${quoted(path.join(" "))}) words=${quoted(words.join(" "))} ;;`;
  });
  const values = all.flatMap(({ path, flags }) =>
    flags
      .filter((flag) => flag.takesValue)
      .map(
        (flag) =>
          `    ${quoted(`${path.join(" ")} ${flag.name}`)}) values=${quoted(flag.values.join(" "))} ;;`,
      ),
  );
  return `# Completion of apm-bench for Bash: eval "$(apm-bench completion bash)", in ~/.bashrc.
_apm_bench() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local path="" word words=${quoted(`${names(commands)} --help --version`)} values=""
  COMPREPLY=()
  # The command is the words before the first flag that name one.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${names(all)} " in *" $word "*) ;; *) break ;; esac
    if _apm_bench_words "\${path:+$path }$word"; then path="\${path:+$path }$word"; else break; fi
  done
  if [ -n "$path" ] && _apm_bench_values "$path $previous"; then
    if [ -n "$values" ]; then
      mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
    else
      compopt -o default 2>/dev/null
    fi
    return
  fi
  [ -z "$path" ] || _apm_bench_words "$path"
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  case "$current" in -*) ;; *) [ -z "$path" ] || compopt -o default 2>/dev/null ;; esac
}
_apm_bench_words() {
  case "$1" in
${cases.join("\n")}
    *) return 1 ;;
  esac
}
_apm_bench_values() {
  case "$1" in
${values.join("\n")}
    *) return 1 ;;
  esac
}
complete -F _apm_bench apm-bench
`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
