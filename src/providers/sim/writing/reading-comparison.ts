import { nounPhrases } from "./reading-phrases.ts";

/** Where two things are named side by side, most telling first; groups 1 and 2 hold them. */
const SIDE_BY_SIDE = [
  /\bbetween (.+?) (?:and|or) (.+)/,
  /\bhow (?:do|does|did|would) (.+?) (?:and|differ from|compare (?:to|with)) (.+)/,
  /\bdistinguish(?:es)? (.+?) from (.+)/,
  /\bcompare (.+?) (?:and|with|to|against) (.+)/,
  /^(?:.*?[:,] )?(.+?) (?:vs\.?|versus|compared (?:to|with)) (.+)/,
  /\b(?:which|what) (?:is|one|of)\b.*?[,:] ?(.+?) or (.+)/,
  /^(?:is|are|should|shall|do|would|which)\b.*?\b(?:better|choose|prefer|pick|get|use|buy|learn|take|adopt|it|i|we)\b (.+?),? or (.+)/,
  /(.+?) or (.+)/,
];
const LONGEST = 5;

/** The two things that a comparison is about, or nothing when they cannot be told. */
export function comparedThings(core: string): readonly [string, string] | undefined {
  for (const pattern of SIDE_BY_SIDE) {
    const match = pattern.exec(core);
    if (match === null) continue;
    const first = nounPhrases(match[1] as string).at(-1);
    const second = nounPhrases(match[2] as string)[0];
    if (first !== undefined && second !== undefined && first !== second && isShort(first) && isShort(second))
      return [first, second];
  }
  return undefined;
}

function isShort(phrase: string): boolean {
  return phrase.split(" ").length <= LONGEST;
}
