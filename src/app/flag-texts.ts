/** A model as flags name it: `provider:model`, a provider alone, or the JSON of a model's settings. */
export function modelSpec(text: string): unknown {
  if (text.startsWith("{")) return parsedValue(text);
  return text.includes(":") ? text : `${text}:default`;
}

/** JSON where it is JSON, else the text itself: --set pool=k4 needs no quotes. */
export function parsedValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
