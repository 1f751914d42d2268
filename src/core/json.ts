/** Strings as they are; outside of them the numbers that Python writes and JSON does not have. */
const STRING_OR_PYTHON_NUMBER = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g;

/**
 * A JSON text of a file from outside. Python's `NaN` is read as null, its `Infinity` as an infinite number.
 * @throws SyntaxError
 */
export function parseJsonText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!/\b(?:NaN|Infinity)\b/.test(text)) throw error;
    const plain = text.replace(STRING_OR_PYTHON_NUMBER, (found) =>
      found.startsWith('"') ? found : found === "NaN" ? "null" : found.replace("Infinity", "1e999"),
    );
    try {
      return JSON.parse(plain);
    } catch {
      throw error;
    }
  }
}
