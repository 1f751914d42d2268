/** Where something stands in a judge's reply, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A reply in which forms that mean the same are written the same, and where each of its units came from. */
export interface PlainText {
  readonly text: string;
  /** Of each unit of `text`: the part of the reply that it stands for. */
  readonly origin: readonly Span[];
}

export function spanIn({ origin }: PlainText, start: number, end: number): Span {
  return { start: (origin[start] as Span).start, end: (origin[end - 1] as Span).end };
}

/**
 * Replaces what matches, keeping account of where it came from. A replacement as long as its match stands for it unit
 * by unit; each unit of any other stands for the whole match.
 */
export function rewrite(
  plain: PlainText,
  pattern: RegExp,
  by: (match: RegExpMatchArray) => string,
): PlainText {
  let text = "";
  const origin: Span[] = [];
  let from = 0;
  for (const match of plain.text.matchAll(pattern)) {
    const to = match.index + match[0].length;
    if (to === match.index) continue;
    const replacement = by(match);
    text += plain.text.slice(from, match.index) + replacement;
    for (let i = from; i < match.index; i++) origin.push(plain.origin[i] as Span);
    const whole = spanIn(plain, match.index, to);
    for (let i = 0; i < replacement.length; i++) {
      origin.push(replacement.length === match[0].length ? (plain.origin[match.index + i] as Span) : whole);
    }
    from = to;
  }
  if (from === 0) return plain;
  text += plain.text.slice(from);
  for (let i = from; i < plain.text.length; i++) origin.push(plain.origin[i] as Span);
  return { text, origin };
}

/** Commands of LaTeX that are taken away from one reply. */
const MOST_UNWRAPPED = 100;

/** As `rewrite`, for a match of which the group `inner` alone is kept, wherever it stands. */
function keepInner(plain: PlainText, pattern: RegExp): PlainText {
  let all = plain;
  for (let left = MOST_UNWRAPPED; left > 0; left--) {
    const match = pattern.exec(all.text);
    const inner = match?.indices?.groups?.inner;
    if (!match || !inner) return all;
    const parts = [
      all.text.slice(0, match.index),
      match.groups!.inner!,
      all.text.slice(match.index + match[0].length),
    ];
    all = {
      text: parts.join(""),
      origin: [
        ...all.origin.slice(0, match.index),
        ...all.origin.slice(...inner),
        ...all.origin.slice(match.index + match[0].length),
      ],
    };
  }
  return all;
}

/**
 * The reply with one way of writing digits (of any script), punctuation and quotes, without marks of formatting
 * (Markdown, LaTeX, HTML), end marks of chat templates, emoji, and characters that are not seen. Structure stays:
 * braces, tags of a format of its own, `\boxed{}`.
 */
export function plainOf(reply: string): PlainText {
  let plain: PlainText = {
    text: reply,
    origin: Array.from({ length: reply.length }, (_, i) => ({ start: i, end: i + 1 })),
  };
  for (const [pattern, by] of CHARACTERS) plain = rewrite(plain, pattern, by);
  plain = keepInner(plain, LATEX_STYLE);
  for (const [pattern, by] of MARKS) plain = rewrite(plain, pattern, by);
  return plain;
}

type Rule = readonly [pattern: RegExp, by: (match: RegExpMatchArray) => string];

// biome-ignore format: a table
const PUNCTUATION: Readonly<Record<string, string>> = {
  "：": ":", "／": "/", "⁄": "/", "∕": "/", "（": "(", "）": ")", "［": "[", "］": "]", "【": "[", "】": "]", "＝": "=",
  "，": ",", "،": ",", "。": ".", "．": ".", "｡": ".", "।": ".", "；": ";", "؛": ";", "！": "!", "？": "?", "؟": "?",
  "％": "%", "٪": "%", "～": "~", "〜": "~", "−": "-", "－": "-", "‐": "-", "‑": "-", "–": "-", "—": "-", "―": "-", "｜": "|",
  "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "「": '"', "」": '"', "『": '"', "』": '"', "＂": '"', "《": '"', "》": '"',
  "‘": "'", "’": "'", "‚": "'", "‛": "'", "＇": "'", "＜": "<", "＞": ">", "｛": "{", "｝": "}", "⇒": "→", "➜": "→", "➔": "→", "➡": "→", "⟶": "→",
};

/** "7½", "7 and a half". */
export const HALF: Rule = [/(?<=\d) ?(?:½| 1\/2(?![\d/])| (?:and|&) (?:a|one|1) half\b)/gi, () => ".5"];

/** Rules for single characters; long runs of one are cut short first. */
const CHARACTERS: readonly Rule[] = [
  [/([^\p{L}\p{N}])\1{8,}/gu, ([, one]) => (one as string).repeat(8)],
  // Not seen: joiners, directions, the byte-order mark, the frame of keycap digits.
  [/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|[\ufe0e\ufe0f]|\u20e3/g, () => ""],
  [/[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\r]/g, () => " "],
  [new RegExp(`[${Object.keys(PUNCTUATION).join("")}]`, "g"), ([mark]) => PUNCTUATION[mark] as string],
  [/(?!\d)\p{Nd}/gu, ([digit]) => String(digitOf(digit.codePointAt(0) as number))],
  [/[①-⑩⓪❶-❿➀-➉➊-➓]/g, ([digit]) => String(circledOf(digit.codePointAt(0) as number))],
  [/🔟/gu, () => "10"],
  [/٫/g, () => "."],
];

/** `\text{...}`, `\mathbf{...}` and their like: the content counts. */
const LATEX_STYLE =
  /\\(?:text|textbf|textit|textrm|mathrm|mathbf|mathit|mathsf|bf|rm)\s*\{(?<inner>[^{}]*)\}/d;

/** Rules for marks of formatting. */
const MARKS: readonly Rule[] = [
  [/\\d?frac\s*\{\s*([^{}]*?)\s*\}\s*\{\s*([^{}]*?)\s*\}/g, ([, over, under]) => `${over}/${under}`],
  [/\\[()[\],;!]/g, () => " "],
  [/\$+([^$\n]+)\$+/g, ([all]) => all.replaceAll("$", " ")],
  // Struck out: the writer took it back.
  [/~~[^~\n]+~~|<(s|del|strike)>[^<\n]*<\/\1>/gi, () => " "],
  [
    /<\|[^<>\n]{1,40}\|>|<\|?[a-z_]{1,20}\|>|<｜[^<>\n]{1,40}｜>|<\/?(?:s|eos|bos|pad|unk|eot|eod)>/gi,
    () => " ",
  ],
  [/<\/?(?:start|end)_of_[a-z_]+>|\[\/?INST\]|\[(?:EOS|END)\]/gi, () => " "],
  [/<\/?(?:br|p|div|li|ul|ol|h[1-6]|tr|table|pre)\b[^<>]*>/gi, () => "\n"],
  [/<\/?(?:b|i|u|em|strong|span|font|center|code|mark|small|big|sup|sub|td|th|kbd)\b[^<>]*>/gi, () => " "],
  [/(?<=\p{L} ?)(?:\. ?){3,}(?= *\d)/gu, () => ": "],
  [/(?<=\d)-out-of-(?=\d|ten)/gi, () => " out of "],
  [/&nbsp;|&#160;/g, () => " "],
  [/```[a-z]*/gi, () => ""],
  [/(?<!\d)\*+|\*+(?!\d)|`+|__+/g, () => ""],
  [/(?<![\p{L}\d])_|_(?![\p{L}\d])/gu, () => ""],
  [/_/g, () => " "],
  [/\p{Extended_Pictographic}|[\u{1f3fb}-\u{1f3ff}]/gu, () => " "],
  HALF,
];

/** Decimal digits of a script stand in a row from zero to nine; the mathematical ones in five rows on end. */
function digitOf(code: number): number {
  if (code >= 0x1d7ce && code <= 0x1d7ff) return (code - 0x1d7ce) % 10;
  let zero = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--;
  return code - zero;
}

function circledOf(code: number): number {
  if (code === 0x24ea) return 0;
  const first = [0x2780, 0x2776, 0x278a, 0x2460].find((one) => code >= one && code < one + 10) as number;
  return code - first + 1;
}
