import { type Fields, isObject, type Said } from "./content.ts";
import { firstUserTurn } from "./turns.ts";

/**
 * The first user turn of a conversation in ChatGPT's export: messages are nodes of a tree (`mapping`), and what a person
 * sees is the path to `current_node`. Without one the messages stand in the order of their times, or of the file.
 * @returns `undefined` when there is no such tree
 */
export function firstInExport({ mapping, current_node: last }: Fields): Said | undefined {
  if (!isObject(mapping) || !Object.values(mapping).some((node) => isObject(node) && "message" in node)) {
    return undefined;
  }
  return firstUserTurn((typeof last === "string" ? pathTo(last, mapping) : inTime(mapping)).filter(isSpoken));
}

function pathTo(last: string, mapping: Fields): Fields[] {
  const messages: Fields[] = [];
  const seen = new Set<unknown>();
  for (let id: unknown = last; typeof id === "string" && !seen.has(id); ) {
    seen.add(id);
    const node: unknown = Object.hasOwn(mapping, id) ? mapping[id] : undefined;
    if (!isObject(node)) break;
    if (isObject(node.message)) messages.unshift(node.message);
    id = node.parent;
  }
  return messages;
}

function inTime(mapping: Fields): Fields[] {
  const messages = Object.values(mapping).flatMap((node) =>
    isObject(node) && isObject(node.message) ? [node.message] : [],
  );
  const timeOf = ({ create_time: time }: Fields): number => (typeof time === "number" ? time : 0);
  return messages.toSorted((a, b) => timeOf(a) - timeOf(b));
}

/** Custom instructions stand there as a user's message that the user did not write in this conversation. */
function isSpoken({ content }: Fields): boolean {
  return !(isObject(content) && content.content_type === "user_editable_context");
}
