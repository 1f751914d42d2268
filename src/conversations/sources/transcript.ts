/** How a chat that was written down as one text marks the user's first turn. */
interface Notation {
  /** The text is such a chat. */
  readonly chat: RegExp;
  /** Its first group is what the user says first. */
  readonly user: RegExp;
}

/** Marks of chat templates: nothing else begins with them. */
const TEMPLATES: readonly Notation[] = [
  { chat: /^\s*<\|im_start\|>/, user: /<\|im_start\|>user\s*\n([\s\S]*?)(?:<\|im_end\|>|$)/ },
  {
    chat: /^\s*(?:<\|begin_of_text\|>)?<\|start_header_id\|>/,
    user: /<\|start_header_id\|>user<\|end_header_id\|>\s*([\s\S]*?)(?:<\|eot_id\|>|$)/,
  },
  {
    chat: /^\s*(?:<s>)?\s*\[INST\]/,
    user: /\[INST\]\s*(?:<<SYS>>[\s\S]*?<<\/SYS>>)?([\s\S]*?)(?:\[\/INST\]|$)/,
  },
  { chat: /^\s*(?:<bos>)?<start_of_turn>/, user: /<start_of_turn>user\s*\n([\s\S]*?)(?:<end_of_turn>|$)/ },
  {
    chat: /^\s*<\|(?:system|user|prompter|human)\|>/i,
    user: /<\|(?:user|prompter|human)\|>([\s\S]*?)(?:<\/s>|<\|\w+\|>|$)/i,
  },
  // Anthropic's HH-RLHF: each turn behind an empty line, the first one, too.
  { chat: /^\n\nHuman: /, user: /^\n\nHuman: ([\s\S]*?)(?:\n\nAssistant:|$)/ },
];

/** Names of speakers in front of lines: a person may write such a text, too, so only fields of conversations are asked. */
const NAMED: readonly Notation[] = [
  {
    chat: /^\s*(?:#+ *)?(?:human|user|prompter) *:[\s\S]*?(?:\n|#+ *)(?:assistant|gpt|bot|ai|model) *:/i,
    user: /^\s*(?:#+ *)?(?:human|user|prompter) *:([\s\S]*?)(?:\n|#+) *(?:assistant|gpt|bot|ai|model) *:/i,
  },
  { chat: /\bUSER: [\s\S]*\bASSISTANT:/, user: /\bUSER: ([\s\S]*?)\s*\bASSISTANT:/ },
  // Stanford's Alpaca.
  {
    chat: /### Instruction:\s[\s\S]*### Response:/,
    user: /### Instruction:\s([\s\S]*?)### Response:/,
  },
];

/**
 * The first user turn of a chat that was written down as one text (a filled chat template, HH-RLHF, Alpaca).
 * @param isConversation whether the field that holds it is one for conversations
 * @returns `null` when the user says nothing in it, `undefined` when the text is no such chat
 */
export function userInTranscript(text: string, isConversation: boolean): string | null | undefined {
  const notations = isConversation ? [...TEMPLATES, ...NAMED] : TEMPLATES;
  const notation = notations.find(({ chat }) => chat.test(text));
  if (notation === undefined) return undefined;
  const said = notation.user.exec(text)?.[1];
  return said === undefined ? null : said.replace(/\s*### Input:\s*/, "\n\n").trim();
}
