import type { Manifest } from "./manifest.ts";
import { TABLES, tableFile } from "./manifest.ts";

/** What may stand in a card as it is: names come from a configuration or a server. */
const plain = (text: string): string => text.replace(/[^\p{L}\p{N} .,:/()+_-]/gu, " ").slice(0, 200);

/** The data card of a frozen set: what the hub shows, and what people read first. */
export function cardOf(manifest: Manifest, id: string): string {
  const { name, licence, config, models, users, worlds, simulated, hidden, files, version } = manifest;
  const tables = TABLES.filter((table) => files[table] !== undefined);
  const isSpdx = /^[\w.+-]+$/.test(licence);
  const front = [
    "---",
    `license: ${isSpdx ? licence.toLowerCase() : "other"}`,
    "language: en",
    `pretty_name: ${JSON.stringify(plain(name))}`,
    `tags: [llm-personalization, arbitrary-preference-mapping, apm-bench${simulated.length > 0 ? ", synthetic, simulated" : ", synthetic"}]`,
    "configs:",
    ...tables.flatMap((table) => [
      `- config_name: ${table}`,
      `  data_files: ${tableFile(table)}`,
      ...(table === "users" ? ["  default: true"] : []),
    ]),
    "---",
  ];
  const mark =
    simulated.length === 0
      ? []
      : [
          `**SIMULATED** (${simulated.join(", ")}): these texts and scores come from an embedded stand-in for a language model. They show how the benchmark works, not how any real LLM behaves.`,
          "",
        ];
  const worldWords =
    worlds === undefined
      ? `${hidden?.commitments.length} hidden worlds, whose commitments (SHA-256 of 128 random bits each) stand in manifest.json`
      : `${worlds.length} worlds`;
  return `${[
    ...front,
    "",
    `# ${plain(name)}`,
    "",
    ...mark,
    "A frozen set of the Arbitrary Preference Mapping benchmark (arXiv 2605.21063): users who write in a manner of their own, " +
      "answers in every style, and a judge's ratings of them. Methods are fitted and tested on it without making any of that again.",
    "",
    `- ${users.train} train, ${users.validation} validation and ${users.test} test users; K = ${config.pool.principles.length}; ${worldWords}`,
    ...Object.entries(models).map(([role, { id }]) => `- ${role}: ${plain(id)}`),
    `- licence: ${plain(licence)}`,
    `- id: \`${id}\``,
    `- made by apm-bench ${plain(version)}`,
    "",
    "| file | what it holds |",
    "| --- | --- |",
    ...tables.map((table) => `| ${tableFile(table)} | ${HOLDS[table]} |`),
    "",
    "```",
    "npx apm-bench run --bundle THIS_FOLDER            # or hf:OWNER/NAME",
    "npx apm-bench data tasks THIS_FOLDER --out tasks.jsonl",
    "```",
    "",
    "The users are made up; no text is of a person. An LLM wrote the texts: its terms hold for them beside the licence above.",
  ].join("\n")}\n`;
}

const HOLDS: Readonly<Record<(typeof TABLES)[number], string>> = {
  users: "a row a user: split, attributes, history, prompt, and the plain answer to test users",
  candidates: "an answer in each of the 2K styles, with its rating on each principle",
  answers: "what the methods of the frozen run answered to test users, and how that was scored",
  rewards: "in each hidden world, what a train or validation user would give each candidate",
};
