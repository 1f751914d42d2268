import { brief, type CommandWords, type FlagWords, flattened } from "./words.ts";

/** Completion for Zsh. */
export function zshCompletion(commands: readonly CommandWords[]): string {
  const functions = flattened(commands).map(
    ({ path, flags, subcommands }) => `${functionOf(path)}() {
${subcommands.length > 0 ? dispatch(path.length, subcommands) : ""}  _arguments -s \\
${flags.map((flag) => `    ${argument(flag)} \\`).join("\n")}
    '*:file:_files'
}`,
  );
  return `#compdef apm-bench
# Completion of apm-bench for Zsh: source <(apm-bench completion zsh), in ~/.zshrc behind compinit.
${functions.join("\n")}
_apm_bench() {
${dispatch(0, commands)}  _arguments '--help[display help]' '--version[print the version]'
}
compdef _apm_bench apm-bench
`;
}

const functionOf = (path: readonly string[]): string => `_apm_bench_${path.join("_").replace(/\W/g, "_")}`;

/** Completes the name of a command, or hands on to the one that is named. @param depth words of the path so far */
function dispatch(depth: number, commands: readonly CommandWords[]): string {
  const at = depth + 2;
  const names = commands.map(({ path, description }) =>
    quoted(`${path.at(-1)}:${brief(description).replaceAll(":", "\\:")}`),
  );
  const cases = commands.map(({ path }) => `      ${path.at(-1)}) ${functionOf(path)}; return ;;`);
  return `  if (( CURRENT == ${at} )); then
    local -a names=(${names.join(" ")})
    _describe command names
  else
    case \${words[${at}]} in
${cases.join("\n")}
    esac
  fi
`;
}

/** One flag as \`_arguments\` takes it; it may be repeated, for some may. */
function argument({ name, description, takesValue, values }: FlagWords): string {
  const told = brief(description).replace(/[[\]\\:]/g, "\\$&");
  const value = !takesValue ? "" : values.length > 0 ? `:value:(${values.join(" ")})` : ":value:_files";
  return quoted(`*${name}[${told}]${value}`);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
