import { BASE_VERBS, unslipped } from "./reading-words.ts";

/** How the sentence that asks for something is built. */
type RequestForm = "howto" | "imperative" | "question" | "statement";

export interface Request {
  readonly form: RequestForm;
  /** Where the asking sentence stands in the prompt. */
  readonly start: number;
  readonly end: number;
  /** The request without greeting and courtesy, in lower case at its start and without its end mark. */
  readonly core: string;
  /** What is to be done, for "how to ...": as the prompt has it ("keep my cat calm"), or empty. */
  readonly body: string;
  /** The same addressed to the reader ("keep your cat calm"), short enough to be repeated; or empty. */
  readonly task: string;
}

const LEADS = [
  /^(?:hi|hey|hello|yo|howdy|greetings|good (?:morning|afternoon|evening|day)|dear [\w ]+?)(?: there| all| folks| again)?\s*[,!.:]\s*/i,
  /^(?:ok|okay|so|well|now|also|alright|look|basically|honestly|um|uh|and|but|wow|please|pls|plz|kindly|actually|first|next|then|quick one|just|btw|ugh|oh)[,:!]?\s+/i,
  /^(?:could|can|would|will|may) (?:you|u|someone|anyone|anybody|somebody|we|i|one)(?: (?:please|pls|kindly|possibly|maybe|perhaps|just|be so kind as to|be able to|ask you to|mind))*\s+/i,
  /^(?:i(?:'|’)?m|i am|i was|i(?:'|’)ve been) (?:just |really |so |super |also |a bit |very )*(?:wondering|curious|eager to know|dying to know|excited to (?:know|learn)|trying to (?:understand|find out|figure out)|hoping (?:you could|to (?:learn|find out)))(?: if (?:you|u) (?:could|can|might|would)| about| whether you could)?[,:]?\s*/i,
  /^(?:i(?:'|’)d|i would) (?:really )?(?:like|love|appreciate|be grateful)(?: it)?(?: if you (?:could|would)| to (?:know|hear|learn|understand|see)| you to| for you to| to ask you to)?\s+/i,
  /^i (?:really |just )?(?:need|want|wish|hope)(?: you)?(?: to (?:know|understand|hear|learn))?(?: to)?\s+/i,
  /^(?:tell|show|teach|give|let) me(?: know)?\s+(?=how|what|why|when|where|which|who|if|whether|about|the)/i,
  /^(?:help me|walk me through|talk me through|guide me through|explain to me|help)(?: (?:to )?(?:understand|figure out|work out|see|with))?\s+(?=\w)/i,
];
const ASKS =
  /^(?:how|what|why|when|where|which|who|whose|is|are|was|were|do|does|did|can|could|should|would|will|has|have)\b|^(?:what|how|who|where)(?:'|’)?s\b/i;
const HOWTO =
  /^(?:how (?:do|does|can|could|should|would|might|shall)(?: (?:i|we|you|one|u|someone|people|a person|a beginner))(?: best| go about| even)?|how to|(?:what(?:'|’)?s|what is|what are|what would be)(?: (?:the|a|some))? (?:best |good |right |proper |easiest |simplest |quickest )*ways? (?:to|for me to)|(?:the )?(?:best |right |proper )*way to)\s+(?:to )?/i;
const BREAK =
  /[:—–]\s*|\.\.\.\s*|,\s+(?=(?:(?:could|can|would|will|please|how|what|why)\b|which (?!has|have|had|is|was|would|makes?|means?|leaves?)))/gi;
const LONGEST_TASK = 12;

/** Finds the sentence that asks, the most telling one when there are several. */
export function findRequest(text: string): Request {
  let best: Request = { form: "statement", start: 0, end: text.length, core: "", body: "", task: "" };
  let bestScore = Number.NEGATIVE_INFINITY;
  for (const [start, end] of sentences(text)) {
    const sentence = text.slice(start, end);
    const core = coreOf(sentence);
    const form = formOf(core);
    const words = core.split(" ").length;
    const score =
      (form === "statement" ? 0 : form === "howto" ? 4 : 3) +
      (sentence.includes("?") ? 1 : 0) +
      (core !== "" && core.length < sentence.length - 2 ? 0.5 : 0) +
      Math.min(words, 8) * 0.4 -
      (WISHES.test(core) ? 2.5 : 0);
    if (score > bestScore) {
      bestScore = score;
      const body = form === "howto" ? core.replace(HOWTO, "") : "";
      best = { form, start, end, core, body, task: taskOf(form, body) };
    }
  }
  return best;
}

/** Sentences that only say what the answer is to be like, or that ask for a reaction. */
const WISHES =
  /^(?:keep (?:it|the|your|this)|use |avoid |no |do not|don't|make (?:sure|it)|include|add |start with|begin with|be |only|limit|answer|reply|what do you think|any (?:ideas|thoughts)|is (?:that|this|it) (?:ok|okay|normal|bad|possible)|does that|am i|what if|follow|stick|list the|give me|skip|leave|thank|feel free|take (?:the|your|all the) time|do it|try to|break this|put it|spell)/i;

function sentences(text: string): [number, number][] {
  const spans: [number, number][] = [];
  const pattern = /[^.!?\n]+(?:[.!?]+(?=\S)[^.!?\n]+)*[.!?]*/g;
  for (const match of text.matchAll(pattern)) {
    const lead = match[0].length - match[0].trimStart().length;
    const start = match.index + lead;
    const end = match.index + match[0].trimEnd().length;
    if (end > start) spans.push([start, end]);
  }
  return spans;
}

function coreOf(sentence: string): string {
  let core = withoutLeads(unslipped(sentence));
  for (const match of core.matchAll(BREAK)) {
    const rest = withoutLeads(core.slice(match.index + match[0].length));
    if (formOf(rest) !== "statement" && (match[0].charAt(0) !== "," || formOf(core) === "statement")) {
      core = rest;
      break;
    }
  }
  core = core.replace(/[\s.!?,;:]+$/, "");
  return /^(?:I\b|[A-Z]{2}|[^A-Z])/.test(core) ? core : core.charAt(0).toLowerCase() + core.slice(1);
}

function withoutLeads(sentence: string): string {
  let rest = sentence.trim().replaceAll("\u2011", "-");
  for (let round = 0; round < 5; round++) {
    const before = rest;
    for (const lead of LEADS) rest = rest.replace(lead, "");
    if (rest === before) break;
  }
  return rest;
}

function formOf(core: string): RequestForm {
  if (HOWTO.test(core)) return "howto";
  if (ASKS.test(core)) return "question";
  const first = /^[A-Za-z]+/.exec(core)?.[0].toLowerCase() ?? "";
  return BASE_VERBS.has(first) ? "imperative" : "statement";
}

const SHIFT: Readonly<Record<string, string>> = {
  i: "you",
  me: "you",
  my: "your",
  mine: "yours",
  myself: "yourself",
  "i'm": "you're",
  "i've": "you've",
  am: "are",
  we: "you",
  us: "you",
  our: "your",
  ours: "yours",
  ourselves: "yourselves",
};

/** The task as an answer repeats it: up to the first clause, addressed to the reader; empty when it is too long. */
function taskOf(form: RequestForm, body: string): string {
  if (form !== "howto") return "";
  const clause = body.split(
    /[,;:(]|\s(?:because|since|while|so that|but|and then|if|when|which|without)\s|["“]/i,
  )[0] as string;
  const words = clause.trim().split(/\s+/);
  const first = words[0]?.toLowerCase() ?? "";
  if (words.length < 2 || words.length > LONGEST_TASK || !/^[a-z]+$/.test(first)) return "";
  return words.map((word) => SHIFT[word.toLowerCase()] ?? word).join(" ");
}
