import antonyms from "../../../catalog/antonyms.json" with { type: "json" };
import pools from "../../../catalog/pools.json" with { type: "json" };

/** Words by which people and models name, give, and qualify a score. Lower case; every list is data. */

/** Nouns that a score follows: "Score: 7". */
// biome-ignore format: words
const LABELS = [
  // English
  "score", "scores", "scoring", "rating", "ratings", "grade", "mark", "marks", "answer", "result", "verdict",
  "judgment", "judgement", "evaluation", "assessment", "value", "number", "output", "response", "reply", "final",
  "overall", "total", "conclusion", "points", "guess", "estimate", "decision", "opinion", "choice", "chosen", "pick",
  // German, Dutch, Scandinavian, Finnish
  "bewertung", "gesamtbewertung", "punktzahl", "punkte", "wertung", "note", "urteil", "endergebnis", "gesamtergebnis", "endnote", "gesamtnote", "antwort", "ergebnis", "beoordeling",
  "cijfer", "waardering", "antwoord", "betyg", "poäng", "bedömning", "svar", "vurdering", "karakter", "poengsum",
  "arvosana", "pisteet", "pistemäärä", "arvio", "vastaus",
  // Romance languages
  "notation", "évaluation", "notes", "réponse", "résultat", "puntuación", "puntaje", "calificación", "valoración", "nota", "respuesta",
  "evaluación", "resultado", "valutazione", "punteggio", "voto", "giudizio", "risposta", "risultato", "pontuação", "avaliação", "classificação",
  "resposta", "puntuació", "punctaj", "scor", "notă", "răspuns", "evaluare",
  // Slavic and Baltic languages, Hungarian, Greek, Turkish
  "оценка", "рейтинг", "балл", "баллы", "ответ", "итог", "результат", "оцінка", "бал", "відповідь", "ocena", "wynik",
  "punktacja", "odpowiedź", "hodnocení", "skóre", "známka", "odpověď", "hodnotenie", "odpoveď", "ocjena", "оцена", "rezultat",
  "értékelés", "pontszám", "válasz", "osztályzat", "βαθμολογία", "βαθμός", "απάντηση", "αξιολόγηση", "puan", "puanı", "puanım", "notum", "değerlendirme",
  "cevap", "skor", "sonuç", "įvertinimas", "vērtējums", "hinne", "hinnang",
  // Others with spaces between words
  "điểm", "điểm số", "đánh giá", "nilai", "penilaian", "peringkat", "jawaban", "jawapan", "skor", "marka", "iskor", "alama",
  "स्कोर", "रेटिंग", "अंक", "उत्तर", "মান", "স্কোর", "রেটিং", "মূল্যায়ন", "மதிப்பெண்", "స్కోరు",
  "النتيجة", "التقييم", "الدرجة", "درجة", "تقييم", "نتيجة", "الإجابة", "امتیاز", "نمره", "پاسخ", "ציון", "דירוג", "הציון", "תשובה",
  "คะแนน", "คำตอบ", "คะแนนที่ให้",
];

/** The same in scripts without spaces between words. */
// biome-ignore format: words
const LABELS_UNSPACED = [
  "คะแนน", "คำตอบ", "评分", "得分", "分数", "打分", "评价", "答案", "回答", "结果", "総合評価", "評分", "得分", "分數", "評価", "スコア", "点数", "得点", "採点", "評点", "回答",
  "答え", "結果", "점수", "평점", "평가", "등급", "답변", "답", "결과",
];

/** Said before a label or alone: this one counts, whatever was said before. */
// biome-ignore format: words
export const FINAL = [
  "final", "overall", "total", "revised", "updated", "corrected", "adjusted", "combined", "aggregate", "in conclusion", "conclusion",
  "endgültige", "endgültig", "gesamt", "finale", "définitive", "globale", "global", "general", "totale", "complessivo", "complessiva", "finală",
  "итоговая", "итоговый", "итого", "общая", "końcowa", "celkové", "genel", "nihai", "总", "总体", "最终", "最終", "総合", "최종", "종합",
  "slutlig", "uiteindelijke", "eind",
];

/** Before a label they make it another number than the score that is given: "The highest score is 10". */
// biome-ignore format: words
export const NOT_THE_SCORE = [
  "highest", "maximum", "maximal", "max", "minimum", "lowest", "best", "worst", "top", "perfect", "possible", "full", "passing",
  "average", "mean", "median", "middle", "midpoint", "neutral", "default", "typical", "usual", "previous", "earlier",
  "initial", "first", "original", "old", "prior", "other", "another", "any", "each", "every", "no", "higher", "lower", "better", "worse", "such",
  "confidence", "certainty", "expected", "target", "threshold", "cutoff", "baseline", "reference", "example", "sample", "hypothetical", "would-be",
  "höchste", "niedrigste", "maximale", "beste", "mittlere", "maximale", "meilleure", "máxima", "máximo", "mínima", "massimo",
  "максимальная", "высшая", "минимальная", "средняя", "最高", "最低", "满", "平均", "최고", "최저", "평균",
];

/** Names of properties that texts are rated on; they label a score, too. */
const TRAITS = [
  ...new Set([
    ...Object.values(pools).flatMap((p) => [...p.attributes, ...p.principles]),
    ...antonyms.flat(),
  ]),
];

/** Verbs by which a score is given, with words between verb and score: "I rate the text as a 7". */
// biome-ignore format: words
export const GIVING = [
  "rate", "rates", "rated", "rating", "score", "scored", "scores", "give", "gave", "given", "giving", "gives", "assign", "assigned", "assigning", "award", "awarded",
  "awarding", "earning", "making it", "grant", "put", "place", "placed", "mark", "grade", "evaluate", "assess", "judge", "rank", "answer", "conclude",
  "gebe", "vergebe", "bewerte", "benote", "würde", "zou", "skulle", "ville", "donne", "donnerais", "mets", "mettrais", "attribue", "attribuerais", "note", "noterais", "évalue",
  "doy", "daría", "asigno", "asignaría", "concedo", "otorgo", "otorgaría", "califico", "calificaría", "pongo", "pondría", "valoro", "dou", "daria", "atribuo", "avalio", "do", "darei", "assegno", "assegnerei",
  "valuto", "даю", "дам", "дал", "дала", "ставлю", "поставлю", "поставил", "поставила", "поставил бы", "оцениваю", "оценил", "оценила", "оцінюю", "geef", "beoordeel", "ger",
  "giver", "gir", "sätter", "annan", "antaisin", "daję", "dałbym", "oceniam", "dávám", "hodnotím", "adok", "δίνω", "veriyorum", "veririm", "puanlıyorum", "dau", "aș da",
  "memberi", "beri", "memberikan", "cho", "chấm", "أعطي", "أعطيه", "أمنح", "أقيم", "می‌دهم", "נותן", "נותנת", "देता हूँ", "ให้",
];

/** The same in scripts without spaces. */
export const GIVING_UNSPACED = [
  "我给",
  "我會給",
  "我会给",
  "给",
  "給",
  "打",
  "评为",
  "評為",
  "评",
  "つけるなら",
  "評価は",
  "私の評価は",
];

/** Verbs that a score follows at once: "I'd say 7", "It deserves a 7". */
// biome-ignore format: words
export const SAYING = [
  "say", "said", "go with", "going with", "went with", "go for", "choose", "chose", "pick", "settle on", "settled on", "land on", "landed on", "land at",
  "opt for", "call it", "call this", "deserves", "merits", "earns", "gets", "receives", "warrants", "it's", "it is", "that's", "that is", "this is",
  "think", "vote", "select", "lean toward", "come to", "comes to", "arrive at", "end up with", "end up at", "guess", "estimate", "consider this", "consider it", "settling on", "decided on", "decide on", "lands at", "lands on", "earns it", "makes it", "gives it",
  "would say", "dirais", "diría que", "würde sagen", "denke", "sage", "bekommt", "verdient", "erhält", "mérite", "obtient", "merece", "merita", "заслуживает", "krijgt", "förtjänar", "zasługuje na", "hak ediyor", "stands at", "reply with", "answer with", "would be", "worth", "sage", "dis", "diría", "diria", "direi", "dico", "c'est",
  "es un", "es una", "è un", "é um", "это", "to jest", "het is", "det är", "det er", "das ist",
];

/** After a score: what the number counts, where the score itself is counted in it. */
// biome-ignore format: words
export const POINTS = [
  "points", "point", "pts", "pt", "punkte", "punkten", "pkt", "puntos", "puntos", "ponto", "pontos", "punti", "punto", "punts", "puncte", "poäng", "poeng", "point",
  "pistettä", "punten", "балл", "балла", "баллов", "бал", "бали", "балів", "punktów", "punkty", "bodů", "bodov", "pont", "puan", "βαθμοί", "điểm", "poin", "mata", "अंक", "نقاط",
  "نقطة", "درجات", "درجة", "امتیاز", "נקודות", "คะแนน", "balov", "bodova", "marks",
];

/** Between a score and the top of its scale: "7 out of 10". */
// biome-ignore format: words
export const OUT_OF = [
  "out of", "out of a possible", "out of a maximum of", "out of a total of", "of", "over", "on", "von", "von maximal", "sur", "de", "sobre", "su", "em", "de um total de", "van de", "van", "op", "av",
  "af", "ud af", "z", "ze", "na", "od", "из", "із", "з", "от", "din", "dari", "daripada", "sa", "trên", "από", "στα", "من", "من أصل", "از", "מתוך", "จาก", "/", "เต็ม", "kati ya", "iš", "no",
];

/** The top of the usual scale, written as a word. */
// biome-ignore format: words
export const TEN = [
  "ten", "zehn", "dix", "diez", "dieci", "dez", "десяти", "tien", "tio", "ti", "dziesięciu", "deseti", "десяти", "on", "zece", "δέκα", "עשר", "عشرة", "दस", "sepuluh", "mười", "สิบ",
];

/** Between the ends of a range, apart from marks. */
// biome-ignore format: words
export const UP_TO = [
  "to", "or", "and", "through", "thru", "bis", "oder", "und", "à", "ou", "et", "a", "o", "u", "y", "e", "al", "tot", "en", "till", "til", "eller", "och", "og", "do", "lub", "albo", "až", "nebo",
  "до", "или", "и", "чи", "або", "至", "到", "或", "和", "から", "か", "または", "と", "또는", "에서", "ile", "veya", "ve", "إلى", "أو", "و", "تا", "یا", "עד", "או", "से", "या", "ถึง", "หรือ", "đến", "hoặc", "sampai", "hingga", "atau",
  "vs", "vs.", "versus", "maybe", "perhaps", "possibly", "even", "if not", "but maybe", "maybe even", "or maybe", "or perhaps", "or even", "or possibly",
];

/** Before a number: it is no exact one, or a bound. */
// biome-ignore format: words
export const NEARLY = [
  "about", "around", "approximately", "approx", "approx.", "roughly", "circa", "ca.", "ca", "c.", "nearly", "almost", "close to", "near", "at least", "at most", "more than", "less than",
  "fewer than", "under", "above", "below", "up to", "no more than", "no less than", "higher than", "lower than", "greater than", "better than", "worse than", "beyond", "within", "minus", "plus",
  "than", "just over", "somewhere around", "shy of", "short of", "from", "ungefähr", "etwa", "rund", "mindestens", "höchstens", "fast", "environ", "presque", "au moins", "más de", "menos de", "alrededor de", "aproximadamente",
  "cerca de", "casi", "quasi", "примерно", "около", "почти", "не менее", "не более", "约", "約", "大约", "大約", "差不多", "およそ", "約", "ほぼ", "약", "거의", "yaklaşık", "حوالي", "تقريبا",
];

/** After a number, the same. */
// biome-ignore format: words
export const OR_SO = [
  "or higher", "or more", "or above", "or better", "or lower", "or less", "or below", "or so", "and above", "and up", "plus", "ish", "-ish", "at least", "at most", "at best", "左右", "上下", "前後", "程度", "以上", "以下", "ぐらい", "くらい",
  "정도", "쯤", "이상", "이하",
];

/** What turns a statement into its opposite, or says that none is made. */
// biome-ignore format: words
export const NEGATIONS = [
  "not", "n't", "cannot", "never", "without", "neither", "nor", "hardly", "unable", "refuse", "refused", "refusing", "decline", "declined", "impossible", "hesitate", "doubt", "instead of", "rather than", "avoid", "nicht", "kein",
  "keine", "keinen", "niemals", "pas", "jamais", "aucun", "ne", "no", "nunca", "jamás", "não", "non", "mai", "не", "нет", "нельзя", "ні", "niet", "geen", "nooit", "inte", "ikke", "ei", "nie", "není", "nem",
  "δεν", "değil", "không", "tidak", "bukan", "nu", "לא", "لا", "ليس", "لن", "لم", "نمی‌توانم", "नहीं", "ไม่",
];

/** The same where words are not set apart, before or after the number in the clause. */
export const NEGATIONS_UNSPACED = [
  "不",
  "没",
  "沒",
  "无法",
  "無法",
  "ない",
  "ません",
  "않",
  "없",
  "못",
  "아니",
  "아닙",
  "拒绝",
  "拒否",
];

/** May follow a score that is part of a sentence. */
// biome-ignore format: words
export const GOES_ON = [
  "because", "since", "as", "for", "due", "given", "overall", "on", "in terms", "from me", "from my", "i think", "i guess", "i'd say", "i would say", "i believe", "to this", "to the", "to it", "based", "with", "which", "and", "but", "though", "although", "while", "considering",
  "here", "indeed", "when it comes", "where", "at this", "by", "the text", "this text", "it", "weil", "da", "für", "wegen", "auf", "geben", "vergeben", "geven", "ge", "gi", "car", "parce", "pour", "porque", "por", "ya que", "para", "perché", "per", "pois",
  "потому", "так как", "за", "по", "omdat", "voor", "fordi", "bo", "ponieważ", "protože", "çünkü", "vì", "karena", "لأن", "כי", "क्योंकि", "เพราะ", "olur", "veriyorum", "veririm", "बहुत", "है", "देता", "दूंगा", "दूँगा",
];

export const EVERY_LABEL: readonly string[] = [...LABELS, ...TRAITS, ...LABELS_UNSPACED];
export { LABELS, LABELS_UNSPACED, TRAITS };

/** One of the words, the longest that fits, as a part of a pattern. White space stands for any of it. */
export function anyOf(words: readonly string[]): string {
  const escaped = [...words]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&").replaceAll(" ", "\\s+"));
  return `(?:${escaped.join("|")})`;
}

/** One of the words, not as a part of a longer one. */
export function word(words: readonly string[]): string {
  return `(?<![\\p{L}\\p{M}\\d])${anyOf(words)}(?![\\p{L}\\p{M}\\d])`;
}
