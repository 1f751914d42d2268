import { UsageError } from "../core/errors.ts";

/** What a shell would do something with, outside of quotes. */
const SHELL = /[|&;<>()$`*?#~[\]{}!]/;

/**
 * Program and arguments of a command line. There is no shell: words are parted by blanks; 'single' and "double" quotes keep
 * them together; a backslash takes the next character as it is. Whatever a shell would act on is refused instead of being
 * handed over as it is, so that nobody waits for what does not happen.
 * @param where the place in the configuration, for errors
 * @throws UsageError
 */
export function wordsOf(command: string | readonly string[], where: string): readonly [string, ...string[]] {
  const words = typeof command === "string" ? split(command, where) : command;
  const [program, ...others] = words;
  if (program === undefined || program === "") throw refuse("there is no command", where, "write a command");
  if (typeof command === "string" && /^\w+=/.test(program)) {
    throw refuse(
      `"${program}" is no program`,
      where,
      `set variables in env: { "${program.split("=")[0]}": "..." }`,
    );
  }
  return [program, ...others];
}

function split(line: string, where: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  const add = (text: string): void => {
    word = (word ?? "") + text;
  };
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] as string;
    const next = line[at + 1];
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      else if (letter === "\\" && quote === '"' && next !== undefined && '"\\'.includes(next))
        add(line[++at] as string);
      else if (quote === '"' && "$`".includes(letter)) throw forShell(letter, where);
      else add(letter);
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      add("");
    } else if (letter === "\\" && next !== undefined) add(line[++at] as string);
    else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (SHELL.test(letter)) {
      throw forShell(letter, where);
    } else add(letter);
  }
  if (quote !== undefined) throw refuse(`a quote (${quote}) is not closed`, where, "close it");
  if (word !== undefined) words.push(word);
  return words;
}

const forShell = (letter: string, where: string): UsageError =>
  refuse(
    `"${letter}" means something to a shell, and the command is not run by one`,
    where,
    "put it in single quotes if it is meant as it is, or write a script file and name that",
  );

const refuse = (message: string, where: string, remedy: string): UsageError =>
  new UsageError(message, { where, remedy });
