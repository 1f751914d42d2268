import { brief, type CommandWords, flattened } from "./words.ts";

/** Completion for Fish. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const lines = [
    "# Completion of apm-bench for Fish: apm-bench completion fish | source, in config.fish.",
    ...commands.map(({ path, description }) =>
      line("__fish_use_subcommand", `-f -a ${quoted(path[0] ?? "")}`, description),
    ),
    ...flattened(commands).flatMap(({ path, flags, subcommands }) => {
      const within = path.map((word) => `__fish_seen_subcommand_from ${word}`).join("; and ");
      const inner = subcommands.map(({ path: own, description }) => {
        const names = subcommands.map((s) => s.path.at(-1)).join(" ");
        return line(
          `${within}; and not __fish_seen_subcommand_from ${names}`,
          `-f -a ${quoted(own.at(-1) ?? "")}`,
          description,
        );
      });
      return [
        ...inner,
        ...flags.map(({ name, description, takesValue, values }) => {
          const value = !takesValue ? "" : values.length > 0 ? ` -x -a ${quoted(values.join(" "))}` : " -r";
          return line(within, `-l ${name.replace(/^--/, "")}${value}`, description);
        }),
      ];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

const line = (condition: string, what: string, description: string): string =>
  `complete -c apm-bench -n ${quoted(condition)} ${what} -d ${quoted(brief(description))}`;

const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
