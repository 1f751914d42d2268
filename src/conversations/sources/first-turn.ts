import { firstInExport } from "./chatgpt-export.ts";
import { type Fields, inWords, isObject, keysInWords, type Said, shown } from "./content.ts";
import { userInTranscript } from "./transcript.ts";
import { firstUserTurn, isProblem, saidInTurn, saidUnderRoles, turnsOfColumns } from "./turns.ts";

/** Fields that are described to people; of several in one record the first in this order that says something is read. */
export const PROMPT_FIELDS = ["prompt", "messages", "conversations", "conversation", "text"] as const;

/** All fields that are looked for, in order, without regard to case and punctuation; whether a text in one may be a written-down chat. */
const FIELDS = new Map<string, "prompt" | "conversation">([
  ["prompt", "prompt"],
  ["messages", "conversation"],
  ["conversations", "conversation"],
  ["conversation", "conversation"],
  ["conversationa", "conversation"],
  ["chatmessages", "conversation"],
  ["chosen", "conversation"],
  ["dialogue", "conversation"],
  ["dialog", "conversation"],
  ["turns", "conversation"],
  ["chat", "conversation"],
  ["contents", "conversation"],
  ["instruction", "prompt"],
  ["question", "prompt"],
  ["query", "prompt"],
  ["userprompt", "prompt"],
  ["usermessage", "prompt"],
  ["userinput", "prompt"],
  ["input", "prompt"],
  ["inputs", "prompt"],
  ["text", "conversation"],
]);
/** What belongs to an instruction (Alpaca, Dolly). */
const INSTRUCTION_INPUTS = ["input", "context"];
/** Fields of a row that is a single message (OpenAssistant): only the first of a conversation counts. */
const MESSAGE_KEYS = ["role", "from", "author", "sender", "parentid"];
/** Objects around a request (logs, batch files, data set viewers); those in which an answer stands are never looked into. */
const ENVELOPES = [
  "request",
  "body",
  "requestbody",
  "data",
  "row",
  "payload",
  "params",
  "kwargs",
  "example",
  "record",
];
const ANSWERS = ["response", "output", "outputs", "completion", "answer", "choices", "result", "rejected"];
const DEEPEST = 4;

const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");

/** Whether a name is one of a field that prompts are read from. */
export const isPromptField = (name: string): boolean => FIELDS.has(plain(name));

/**
 * Which columns to read: those of the first field that there is, and those that are looked at where it says nothing.
 * @param texts names of the columns that may hold texts or lists, of all `columns`
 * @returns names as the file has them; none when there is no known field
 */
export function columnsToRead(
  texts: readonly string[],
  columns: readonly string[],
): { first: string[]; all: string[] } {
  const known = [...FIELDS.keys()].flatMap((field) => texts.filter((column) => plain(column) === field));
  if (known.length === 0) return { first: [], all: [] };
  const beside = columns.filter(
    (column) => !known.includes(column) && [...INSTRUCTION_INPUTS, ...MESSAGE_KEYS].includes(plain(column)),
  );
  const [first] = known as [string];
  const isInstruction = plain(first) === "instruction";
  const inputs = isInstruction ? known.filter((column) => INSTRUCTION_INPUTS.includes(plain(column))) : [];
  return { first: [first, ...inputs, ...beside], all: [...known, ...beside] };
}

/** Whether a column could hold a record in itself: a request in a log, for example. */
export const isEnvelope = (column: string): boolean => !ANSWERS.includes(plain(column));

/**
 * The first user turn of a record: a bare string, a list of turns, or an object that has one under a known field, is a
 * turn itself, or holds such an object (a logged request). docs/data.md lists the forms.
 */
export function firstTurnOf(record: unknown, depth = 0): Said {
  if (typeof record === "string") return inText(record, false, depth);
  if (Array.isArray(record)) return inList(record);
  if (!isObject(record)) return { problem: `this is ${inWords(record)}; ${WANTED}` };
  const exported = firstInExport(record);
  if (exported !== undefined) return exported;
  const byName = new Map(Object.keys(record).map((key) => [plain(key), key] as const));
  const valueAt = (name: string): unknown => {
    const key = byName.get(name);
    return key === undefined ? undefined : record[key];
  };
  const conversation = [...FIELDS].some(
    ([name, kind]) => kind === "conversation" && Array.isArray(valueAt(name)),
  );
  const message = conversation ? undefined : saidInTurn(record);
  if (message !== undefined) return (valueAt("parentid") ?? null) === null ? message : null;

  let unused: Said | undefined;
  for (const [name] of FIELDS) {
    const key = byName.get(name);
    if (key === undefined) continue;
    const value = record[key];
    const said = isBlank(value) || isScalar(value) ? notSaid(value, key) : inField(value, key, depth);
    if (said === undefined) continue;
    if (typeof said === "string" && said.trim() !== "") {
      return name === "instruction" ? withInput(said, INSTRUCTION_INPUTS.map(valueAt)) : said;
    }
    if (!isBlank(value) && !isScalar(value)) return said;
    unused ??= said;
  }
  if (unused !== undefined) return unused;
  return (
    saidUnderRoles(record) ??
    inEnvelope(record, depth) ?? { problem: `no known field; ${WANTED}; it has: ${keysInWords(record)}` }
  );
}

const WANTED = `expected a string, or an object with one of: ${PROMPT_FIELDS.join(", ")}`;

const isBlank = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === "string" && value.trim() === "");
const isScalar = (value: unknown): boolean => ["number", "bigint", "boolean"].includes(typeof value);

/** Another field may say more than a blank one or a number. */
function notSaid(value: unknown, key: string): Said {
  if (typeof value === "string") return value;
  return isBlank(value)
    ? null
    : { problem: `${shown(key)} holds ${inWords(value)}, where a text or a list of turns is wanted` };
}

function inField(value: unknown, key: string, depth: number): Said | undefined {
  const said = inValue(value, FIELDS.get(plain(key)) === "conversation", depth);
  return isProblem(said) ? { problem: `${shown(key)}: ${said.problem}` } : said;
}

function inValue(value: unknown, isConversation: boolean, depth: number): Said {
  if (typeof value === "string") return inText(value, isConversation, depth);
  if (Array.isArray(value)) {
    const texts = value.length > 1 && value.every((item) => typeof item === "string");
    if (texts && !isConversation) return { problem: `${inWords(value)} texts, where one is wanted` };
    return firstUserTurn(value);
  }
  if (!isObject(value))
    return { problem: `this is ${inWords(value)}, where a text or a list of turns is wanted` };
  const turns = turnsOfColumns(value);
  if (turns !== undefined) return firstUserTurn(turns);
  if (depth >= DEEPEST)
    return { problem: `this is ${inWords(value)}, where a text or a list of turns is wanted` };
  return firstTurnOf(value, depth + 1);
}

/** A text is a prompt, unless it is a conversation that was written down as JSON or with a chat template's marks. */
function inText(text: string, isConversation: boolean, depth: number): Said {
  if (/^\s*[[{]/.test(text)) {
    const value = parsed(text);
    const isList = isConversation && Array.isArray(value) && !isProblem(firstUserTurn(value));
    if (depth < DEEPEST && (isList || isConversationValue(value))) return inValue(value, true, depth + 1);
    if (isConversation && /^\s*(?:\[\s*)?\{\s*['"]\w+['"]\s*:/.test(text)) {
      return {
        problem:
          value === undefined
            ? "the text begins as JSON or Python and is no valid JSON; write the list of turns itself"
            : `the text holds ${inWords(value)} as JSON, where a list of turns is wanted`,
      };
    }
  }
  const said = userInTranscript(text, isConversation);
  return said === undefined ? text : said;
}

/** A list of turns, or an object with one: people write JSON in their prompts, too. */
function isConversationValue(value: unknown): boolean {
  if (isObject(value)) {
    return Object.entries(value).some(
      ([key, inner]) =>
        FIELDS.get(plain(key)) === "conversation" && Array.isArray(inner) && isConversationValue(inner),
    );
  }
  return (
    Array.isArray(value) &&
    value.every(isObject) &&
    value.some((turn) => saidInTurn(turn) !== undefined || saidUnderRoles(turn) !== undefined)
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A conversation without a name; texts alone could be anything. */
function inList(list: readonly unknown[]): Said {
  if (list.length > 1 && list.every((item) => typeof item === "string")) {
    return { problem: `this is ${inWords(list)} texts without names; ${WANTED}` };
  }
  if (list.some((item) => isObject(item) && Object.keys(item).some((key) => plain(key) === "parentid"))) {
    return { problem: "this is a list of messages from several conversations" };
  }
  const isOne = list.length === 1 && typeof list[0] === "string";
  if (!isOne && !list.every(isObject))
    return { problem: `this is ${inWords(list)}, of which not all are turns` };
  return firstUserTurn(list);
}

function withInput(instruction: string, inputs: readonly unknown[]): string {
  const input = inputs.find((value) => typeof value === "string" && value.trim() !== "");
  return input === undefined ? instruction : `${instruction}\n\n${input}`;
}

/** In a record without a known field: the one object in it that has one. `undefined` when there is none. */
function inEnvelope(record: Fields, depth: number): Said | undefined {
  if (depth >= DEEPEST) return undefined;
  const found: (readonly [string, Said])[] = [];
  for (const [key, value] of Object.entries(record)) {
    if (!isEnvelope(key)) continue;
    const inner = typeof value === "string" && /^\s*\{/.test(value) ? parsed(value) : value;
    if (!isObject(inner)) continue;
    const said = firstTurnOf(inner, depth + 1);
    if (!isProblem(said) || hasField(inner)) found.push([key, said]);
  }
  const preferred = ENVELOPES.map((name) => found.find(([key]) => plain(key) === name)).find(
    (entry) => entry,
  );
  if (preferred !== undefined) return preferred[1];
  if (found.length <= 1) return found[0]?.[1];
  return { problem: `there is a prompt under each of: ${found.map(([key]) => shown(key)).join(", ")}` };
}

const hasField = (value: Fields): boolean => Object.keys(value).some(isPromptField);
