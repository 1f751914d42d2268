import { HALF, type PlainText, rewrite } from "./plain-text.ts";
import { anyOf, EVERY_LABEL } from "./vocabulary.ts";

/** Zero to ten in several languages, other spellings after a bar. "One" is often an article: it has rules of its own. */
const WORDS: readonly string[] = [
  "zero one two three four five six seven eight nine ten",
  "null eins zwei drei vier fünf sechs sieben acht neun zehn",
  "zéro un|une deux trois quatre cinq six sept huit neuf dix",
  "cero uno|una dos tres cuatro cinco seis siete ocho nueve diez",
  "zero um|uma dois|duas três quatro cinco seis sete oito nove dez",
  "zero uno|una due tre quattro cinque sei sette otto nove dieci",
  "nul een|één twee drie vier vijf zes zeven acht negen tien",
  "noll ett|en två tre fyra fem sex sju åtta nio tio",
  "null en|ett to tre fire fem seks syv|sju åtte|otte ni ti",
  "nolla yksi kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen",
  "ноль один|единица два|двойка три|тройка четыре|четвёрка пять|пятёрка шесть|шестёрка семь|семёрка восемь|восьмёрка девять|девятка десять|десятка",
  "нуль один два три чотири п'ять шість сім вісім дев'ять десять",
  "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć",
  "nula jedna dva tři čtyři pět šest sedm osm devět deset",
  "nulla egy kettő|két három négy öt hat hét nyolc kilenc tíz",
  "sıfır bir iki üç dört beş altı yedi sekiz dokuz on",
  "zero unu|una doi|două trei patru cinci șase șapte opt nouă zece",
  "μηδέν ένα δύο τρία τέσσερα πέντε έξι επτά|εφτά οκτώ|οχτώ εννέα|εννιά δέκα",
  "không một hai ba bốn năm sáu bảy tám chín mười",
  "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh",
  "शून्य एक दो तीन चार पाँच|पांच छह|छः सात आठ नौ दस",
  "صفر واحد اثنان|اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة عشرة",
  "صفر یک دو سه چهار پنج شش هفت هشت نه ده",
  "אפס אחת|אחד שתיים|שניים שלוש ארבע חמש שש שבע שמונה תשע עשר",
  "ศูนย์ หนึ่ง สอง สาม สี่ ห้า หก เจ็ด แปด เก้า สิบ",
  "영 일|하나 이|둘 삼|셋 사|넷 오|다섯 육|여섯 칠|일곱 팔|여덟 구|아홉 십|열",
  "零 一 二 三 四 五 六 七 八 九 十",
];

/** Numbers of some language that are common words of another: no reader would take them for a score. */
const OTHER_WORDS = new Set("to on no ni ti due sex en et hat alt do is".split(" "));

const TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(" ");
const TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const VALUES: ReadonlyMap<string, number> = valuesByWord();

function valuesByWord(): Map<string, number> {
  const values = new Map<string, number>();
  for (const language of WORDS) {
    for (const [value, spellings] of language.split(" ").entries()) {
      for (const spelling of spellings.split("|")) {
        if (!values.has(spelling) && !OTHER_WORDS.has(spelling)) values.set(spelling, value);
      }
    }
  }
  for (const [i, teen] of TEENS.entries()) values.set(teen, 11 + i);
  const ones = (WORDS[0] as string).split(" ").slice(1, 10);
  for (const [i, ten] of TENS.entries()) {
    values.set(ten, 20 + 10 * i);
    for (const [j, one] of ones.entries()) {
      for (const gap of ["-", " "]) values.set(`${ten}${gap}${one}`, 21 + 10 * i + j);
    }
  }
  for (const hundred of ["hundred", "one hundred", "a hundred", "hundert", "cent", "cien"])
    values.set(hundred, 100);
  return values;
}

/** Words that mean other things as well: numbers only where nothing else can be meant. */
const AMBIGUOUS = new Set(
  "one un une uno una um uma een en ett bir egy jeden jedna unu один एक an on to no ni ti sei due tre sex do is ne nouă năm ba hai non sim six cent hat két öt alt 一 二 十 三 四 五 六 七 八 九 零 일 이 삼 사 오 육 칠 팔 구 십 열 영 둘 دو نه ده سه".split(
    " ",
  ),
);

const ALL = anyOf([...VALUES.keys()]);
const PLAIN_WORDS = anyOf([...VALUES.keys()].filter((w) => !AMBIGUOUS.has(w)));
const EDGE = "(?<![\\p{L}\\p{M}\\d-])";
const END = "(?![\\p{L}\\p{M}\\d])";

/** Places where a word of either kind is a number: a line of its own, behind a label and a mark, with the scale's top. */
const ALONE = new RegExp(
  `(?<=^[\\s"'([*#>•→-]*)${ALL}(?=[\\s"')\\]*.!]*$)|(?<=(?:${anyOf(EVERY_LABEL)})\\s*(?::|=|→|is|は|是|为|為)\\s*["'([]?)${ALL}(?=[\\s"')\\]]*(?:分|점|点)?[\\s"')\\].!,]*$)`,
  "gimu",
);
const WITH_TOP = new RegExp(
  `${EDGE}${ALL}(?=\\s+(?:out\\s+of|von|sur|de|su|z|из|op|av|på|din|dari|trên|na|av)\\s+(?:10|100|${ALL})${END})`,
  "giu",
);
const UNSPACED =
  /(?<![一二三四五六七八九十])[一二三四五六七八九十](?=[分点](?:$|[\s.,!)、]|です|だ))|(?:일곱|여덟|아홉|다섯|여섯|[일이삼사오육칠팔구십])\s?(?=점(?:$|[\s.,!)]|입니다|이에요|을))/gu;
const CLEAR = new RegExp(`${EDGE}${PLAIN_WORDS}${END}`, "giu");

/** The text with numbers that are written as words in digits. */
export function withDigits(plain: PlainText): PlainText {
  const digits = ([all]: RegExpMatchArray): string => {
    const value = VALUES.get(all.trim().toLowerCase().replace(/\s+/g, " "));
    return value === undefined ? all : String(value);
  };
  const [half, point] = HALF;
  const patterns = [ALONE, WITH_TOP, UNSPACED, CLEAR];
  return rewrite(
    patterns.reduce((text, pattern) => rewrite(text, pattern, digits), plain),
    half,
    point,
  );
}
