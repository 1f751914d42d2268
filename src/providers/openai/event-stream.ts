type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;

/**
 * The completion that a stream of events adds up to: some servers stream though nobody asked them to.
 * @returns `undefined` when the text is no whole stream: it must end with `[DONE]` or a reason for its end
 */
export function joinedStream(text: string): Fields | undefined {
  if (!/^\s*(:|data:|event:)/.test(text)) return undefined;
  let content = "";
  let reasoning = "";
  let last: Fields = {};
  let finish: unknown;
  let usage: unknown;
  let isDone = false;
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith("data:")) continue;
    const data = line.slice("data:".length).trim();
    if (data === "[DONE]") isDone = true;
    else {
      const chunk = parsed(data);
      if (chunk === undefined) return undefined;
      last = chunk;
      if (chunk.error) return chunk;
      usage = chunk.usage ?? usage;
      const choice = Array.isArray(chunk.choices) ? chunk.choices[0] : undefined;
      if (!isFields(choice)) continue;
      finish = choice.finish_reason ?? finish;
      const delta = isFields(choice.delta) ? choice.delta : {};
      if (typeof delta.content === "string") content += delta.content;
      const thought = delta.reasoning_content ?? delta.reasoning;
      if (typeof thought === "string") reasoning += thought;
    }
  }
  if (!isDone && (finish === undefined || finish === null)) return undefined;
  const message = { content, ...(reasoning === "" ? {} : { reasoning_content: reasoning }) };
  return { ...last, choices: [{ message, finish_reason: finish }], usage };
}

function parsed(data: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(data);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
