/**
 * Made pieces of the pages: `<!-- made PART/KEY -->text<!-- /made -->`, within a line or around whole lines. The comments
 * do not show; what stands between them is written by `npm run docs:figures`.
 */
const MARK = /<!-- made ([\w-]+)\/([\w.-]+) -->([\s\S]*?)<!-- \/made -->/g;

export interface Mark {
  readonly part: string;
  readonly key: string;
  /** What stands there, without the line breaks around a block. */
  readonly text: string;
}

/** The made pieces of a page, in their order. */
export function marksIn(page: string): Mark[] {
  return [...page.matchAll(MARK)].map(([, part, key, text]) => ({
    part: part as string,
    key: key as string,
    text: (text as string).replace(/^\n|\n$/g, ""),
  }));
}

/**
 * The page with all pieces of one part written anew.
 * @throws Error when the part makes no text of a key that the page asks for
 */
export function filled(page: string, part: string, texts: Readonly<Record<string, string>>): string {
  return page.replace(MARK, (whole, name: string, key: string, before: string) => {
    if (name !== part) return whole;
    const text = texts[key];
    if (text === undefined) throw new Error(`part ${part} makes no "${key}", which a page asks for`);
    const edge = before.startsWith("\n") || text.includes("\n") ? "\n" : "";
    return `<!-- made ${name}/${key} -->${edge}${text}${edge}<!-- /made -->`;
  });
}
