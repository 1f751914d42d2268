import { FITS } from "./context.ts";
import { NO_SCORE, NUMBER, SCALE_MARK, TOP } from "./mask.ts";
import {
  anyOf,
  GIVING,
  GIVING_UNSPACED,
  LABELS,
  LABELS_UNSPACED,
  POINTS,
  SAYING,
  TRAITS,
  word,
} from "./vocabulary.ts";

/** The forms in which a reply gives a score. In each, the group `number` is the score, and `d` tells its place. */

const NUM = `(?<number>${NUMBER})`;
const UNIT = `(?:\\s*(?:(?:${anyOf(POINTS)}|(?<=\\d\\s)stars)(?![\\p{L}\\p{M}])|分|点|점|अंक|%|percent))?`;
/** A number as it is given: with the top of the scale and a unit. */
const GIVEN = `${NUM}[)\\]]?(?:(?:\\s*(?:${anyOf(POINTS)}|stars?))?${TOP})?${UNIT}`;
const QUALITY =
  "(?:solid|strong|clear|firm|definite|definitely|clearly|easily|modest|mere|full|perfect|clean|easy|safe|good|fair|decent|generous|moderate|resounding|respectable|straight|probably|likely|maybe|perhaps|only|just|simply|therefore|thus|hence|klare|klares|klare)";
const ARTICLE = `\\s*(?:(?:an?|the|as|eine?n?|une?|una?|um|uma|uno|et|en|een|één|egy|o|a|la|le|il|η|το)\\s+)?(?:${QUALITY}\\s+){0,2}[\\s(\\[{<|]*`;
const COPULA =
  "(?:is|was|=|:|are|of|at|as|to be|would be|will be|should be|must be|comes (?:out )?(?:to|at)|stands at|equals|ist|lautet|beträgt|wäre|est|est de|es|é|è|är|er|on|to|jest|je|wynosi|este|là|adalah|هو|هي|הוא|היא|है|είναι|คือ)";
const FILL = `[^\\d\\n.;!?:=|${NO_SCORE}]{0,80}?`;

/** "Score: 7", "My rating for this text would be a 7". */
export const LABELLED = new RegExp(
  `(?:(?<label>${word([...LABELS, ...TRAITS])}|(?<![\\p{L}])(?!business|witness|harness|wilderness|illness)\\p{L}+ness(?!\\p{L}))${FILL}\\s*(?:[)\\]]\\s*)?(?:(?::|=>|=|→|->|-|\\||(?<=\\s)${COPULA}(?=\\s))|(?<=\\k<label>(?:\\s|\\())|(?<=${SCALE_MARK}\\s*[)\\]]?\\s*))|(?<unspaced>${anyOf(LABELS_UNSPACED)})[^\\d\\n.;!?${NO_SCORE}]{0,30}?(?::|=|→|-|は|が|是|为|為|는|은|가|이)?)(?:\\s*[:=>→|-]+)?${ARTICLE}${GIVEN}`,
  "dgiu",
);
export const GIVES = new RegExp(
  `(?:${word(GIVING)}[^\\d\\n.;:!?${NO_SCORE}]{0,100}?(?<=[\\s,(\\[${SCALE_MARK}])|${word(SAYING)}[,:]?${ARTICLE}(?<=[\\s([])|(?:${anyOf(GIVING_UNSPACED)})[^\\d\\n.;!?${NO_SCORE}]{0,20}?|\\b(?:is|'s|was|as|be)\\s+(?:an?\\s+|definitely\\s+|clearly\\s+|easily\\s+|eine\\s+)(?:${QUALITY}\\s+){0,2}|\\bist\\s+(?:das\\s+|es\\s+)?eine\\s+|\\b(?:hence|therefore|thus|so|overall|finally|accordingly),?\\s+(?:it's\\s+)?(?:an?\\s+)?|(?<=\\b(?:but|rather|sondern|sino|mais)\\s+)${ARTICLE})[,:\\s(\\[]*${GIVEN}`,
  "dgiu",
);
/** Behind the scale: "On a scale of 1 to 10, 7". */
export const ON_SCALE = new RegExp(
  `${SCALE_MARK}[\\s)\\]]*(?:(?:point\\s*)?scale\\s*)?(?:[:,=-]+[^\\d\\n.;!?${NO_SCORE}]{0,60}?(?<=[\\s:,=-])|(?:の尺度で|のうち|で|中|의|중)\\s*)[(\\[]*${GIVEN}`,
  "dgiu",
);
export const OF_TOP = new RegExp(`${NUM}[)\\]]?(?:\\s*(?:${anyOf(POINTS)}|stars?))?${TOP}${UNIT}`, "dgiu");
/** "8 is my rating", "8 seems right". */
export const SUBJECT = new RegExp(
  `${NUM}(?:${TOP})?\\s+(?:${FITS}|(?:is|would be)\\s+(?:what i|(?:my|the)\\s+(?:[\\p{L}]+\\s+)?${word(LABELS)}))`,
  "dgiu",
);
/** The verb at the end: "8 geben". */
export const VERB_LAST = new RegExp(
  `${NUM}(?:${TOP})?${UNIT}\\s+(?:देता|देती|दूंगा|दूँगा|veriyorum|veririm|verirdim)`,
  "dgiu",
);
/** The last sentence, or a clause with an article, is the number alone. */
export const SENTENCE = new RegExp(
  `(?:^[^\\d\\n,:.]{1,40},\\s+|[.;!?]["')]*\\s+(?:an?\\s+)?|,\\s+an?\\s+)(?:${QUALITY}\\s+){0,2}${GIVEN}[.!\\s]*$`,
  "dgiu",
);
export const IN_UNITS = new RegExp(`(?<!/ ?)${NUM}\\s*(?:分|点|점)`, "dgu");
/** The top first: "10点満点中7点", "10 üzerinden 7". */
export const TOPS_FIRST = [
  new RegExp(
    `(?:10|100)\\s?(?:分|点|점)?\\s?(?:满分|満点|만점)?\\s?(?:中|の中で|的|에서|에|중)\\s?${NUM}`,
    "dgiu",
  ),
  new RegExp(`(?:10|100)(?:\\s+üzerinden|\\s+में\\s+से|-?b[őo]l)\\s+${NUM}`, "dgiu"),
];

const LEAD_WORDS =
  "(?:so|thus|therefore|hence|overall|finally|okay|ok|sure|certainly|of course|absolutely|great|alright|understood|well|yes|right|hmm|assistant|judge|model|i think|i'd say|i would say|it's|my vote|final|here you go|here it is|there you go|all in all|in short|in sum|to sum up|ergo|also|alors|donc|entonces|portanto|quindi|итак|итого|dann|insgesamt|总的来说|因此|したがって|よって)";
const LINE_LEAD = `^[\\s•·*#>"'()\\[\\]{<|→=:_${SCALE_MARK}]*(?:[-–]+>?\\s+)?(?:${LEAD_WORDS}\\s*[,:.!-]?\\s+){0,2}(?:${QUALITY}\\s+){0,2}(?:(?:an?|eine?|une?|una|uno|uma?|een|één|ett?|en)\\s+)?(?:${QUALITY}\\s+){0,2}(?:\\p{L}+\\s+\\(\\s*)?[\\s(\\[{<|]*`;
export const LINE_ALONE = new RegExp(
  `${LINE_LEAD}${GIVEN}(?<tail>[\\s)\\]}>"'|.!,:;*_${SCALE_MARK}]*(?:(?:overall|it is|for me|from me|i think|i guess|i'd say|i believe|indeed|です|だ|입니다|이에요|だと思います|puan|olur|of course)[\\s.!]*)?(?:\\([^()]*\\)|\\[[^\\[\\]]*\\]|\\p{L}{1,4}\\s[^\\d\\n]*${SCALE_MARK}[^\\d\\n]*)?[\\s.!|]*)$`,
  "diu",
);
export const LINE_BEGIN = new RegExp(
  `${LINE_LEAD}${GIVEN}[)\\]>"'|]*(?:\\s+-|\\s*[:;,.!|]\\s|\\s*\\(|\\s*(?:=|→|->)\\s*\\p{L}|\\s+(?:with|because|since|as it|as the|for|given|due to|weil|car|porque|perché|потому|あ|なぜ|,))`,
  "diu",
);
