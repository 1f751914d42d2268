/** Words that stand around a score in a sentence or a line. Lower case; every list is data. */

/** Before a score that is a line of its own, and within one. */
// biome-ignore format: words
export const INDEFINITE = [
  "a", "an", "ein", "eine", "einen", "un", "une", "una", "um", "uma", "uno", "et", "ett", "en", "een", "één", "egy",
];

/** Between words and a score. */
export const ARTICLES = [...INDEFINITE, "the", "as", "o", "la", "le", "il", "η", "το"];

/** Between an article and a score: "a solid 7". */
// biome-ignore format: words
export const QUALITIES = [
  "solid", "strong", "clear", "firm", "definite", "definitely", "clearly", "easily", "modest", "mere", "full", "perfect", "clean", "easy", "safe", "good", "fair", "decent", "generous", "moderate", "resounding", "respectable",
  "straight", "probably", "likely", "maybe", "perhaps", "only", "just", "simply", "therefore", "thus", "hence", "klare", "klares",
];

/** Between a name and its score: "The score is 7". */
// biome-ignore format: words
export const COPULAS = [
  "is", "was", "are", "of", "at", "as", "to be", "would be", "will be", "should be", "must be", "comes to", "comes at", "comes out to", "comes out at", "stands at", "equals", "ist", "lautet", "beträgt", "wäre",
  "est", "est de", "es", "é", "è", "är", "er", "on", "to", "jest", "je", "wynosi", "este", "là", "adalah", "هو", "هي", "הוא", "היא", "है", "είναι", "คือ",
];

/** Before a score that follows from what was said. */
export const SO = ["hence", "therefore", "thus", "so", "overall", "finally", "accordingly"];

/** Before a score that is a line of its own. */
// biome-ignore format: words
export const OPENING_REMARKS = [
  ...SO, "okay", "ok", "sure", "certainly", "of course", "absolutely", "great", "alright", "understood", "well", "yes", "right", "hmm", "assistant", "judge", "model", "i think", "i'd say", "i would say", "it's",
  "my vote", "final", "here you go", "here it is", "there you go", "all in all", "in short", "in sum", "to sum up", "ergo", "also", "alors", "donc", "entonces", "portanto", "quindi", "итак", "итого", "dann", "insgesamt",
  "总的来说", "因此", "したがって", "よって",
];

/** Behind a score that is a line of its own. */
// biome-ignore format: words
export const CLOSING_REMARKS = [
  "overall", "it is", "for me", "from me", "i think", "i guess", "i'd say", "i believe", "indeed", "of course", "です", "だ", "だと思います", "입니다", "이에요", "puan", "olur",
];

/** Behind a score that a line goes on to explain. */
export const EXPLAINING = [
  "with",
  "because",
  "since",
  "as it",
  "as the",
  "for",
  "given",
  "due to",
  "weil",
  "car",
  "porque",
  "perché",
  "потому",
];

/** Verbs of giving that stand behind the score. */
export const VERBS_LAST = ["देता", "देती", "दूंगा", "दूँगा", "veriyorum", "veririm", "verirdim"];

/** Before a number they say which one of several is meant. */
// biome-ignore format: words
export const COUNTED = [
  "chapter", "page", "step", "task", "item", "part", "section", "question", "version", "test", "case", "round", "attempt", "sample", "line", "example", "option", "figure", "table", "day", "week",
  "stage", "phase", "verse", "episode", "season", "room", "exercise", "problem", "slide", "message", "turn", "paragraph", "sentence", "rule", "article", "number of", "error", "code", "http", "port", "id", "index", "no.", "nr.", "e.g.", "eq.", "fig.", "ref.", "p.", "pp.", "vol.", "ver.", "ch.", "sec.", "art.",
  "kapitel", "seite", "schritt", "fehler", "chapitre", "capítulo", "página", "paso", "глава", "страница", "шаг",
];
