"""Marks of *enthusiastic* and *unpolished* in the ten real users: tokens by a scanner of characters, counts by Counter,
z-scores by NumPy. Nothing is shared with the package.

python3 test/reference/language_analysis.py > src/studies/language-analysis/language.reference.json
"""
import json
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np

PLAIN = {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "‐": "-", "‑": "-", "–": "—", "…": "...",
         "\ufe0f": "", "\u200b": "", "\u200c": "", "\u200d": ""}


def is_word(char):
    return unicodedata.category(char)[0] in "LN"


def tokens(text):
    text = "".join(PLAIN.get(char, char) for char in unicodedata.normalize("NFC", text).lower())
    found, at = [], 0
    while at < len(text):
        end = at + 1
        if is_word(text[at]):
            while end < len(text) and (
                unicodedata.category(text[end])[0] in "LNM"
                or (text[end] in "'-" and end + 1 < len(text) and unicodedata.category(text[end + 1])[0] in "LNM")
            ):
                end += 1
        elif text.startswith("...", at):
            end = at + 3
        if not text[at].isspace():
            found.append("…" if text[at:end] == "..." else text[at:end])
        at = end
    return found


def ngrams(text, n):
    words = tokens(text)
    if n == 1:
        return words
    return [" ".join(words[i:i + n]) for i in range(len(words) - n + 1)
            if all(is_word(word[0]) for word in words[i:i + n])]


def marks(plus, minus, prior, minimum):
    """plus, minus: lists of conversations, each a list of texts."""
    rows = []
    for n in (1, 2, 3):
        counted = [[Counter(g for text in conversation for g in ngrams(text, n)) for conversation in side]
                   for side in (plus, minus)]
        totals = [sum(side, Counter()) for side in counted]
        held = sum((Counter(dict.fromkeys(c, 1)) for side in counted for c in side), Counter())
        vocabulary = sorted(held)
        y = np.array([[total[g] for g in vocabulary] for total in totals], dtype=float)
        a = prior * y.sum(axis=0)
        odds = (y + a) / (y.sum(axis=1, keepdims=True) + a.sum() - y - a)
        z = np.log(odds[0] / odds[1]) / np.sqrt((1 / (y + a)).sum(axis=0))
        rows += [[g, z[i], y[0, i], y[1, i]] for i, g in enumerate(vocabulary) if held[g] >= minimum]
    return rows


def language(users):
    """users: the paper's records. The strongest marks of a side against others, and of one side against the other."""
    everyone = []
    for user in users:
        own = {a["attribute"]: a["side"] for a in user["rewrite_style_attributes"]}
        texts = [[m["content"] for m in c["messages"] if m["role"] == "user"] for c in user["conversations"]]
        everyone.append((own, texts))

    def gather(wanted):
        return [conversation for own, texts in everyone if wanted(own) for conversation in texts]

    def strongest(rows, count=150):
        return {"total": len(rows), "rows": sorted(rows, key=lambda row: -abs(row[1]))[:count]}

    enthusiastic = marks(gather(lambda own: own.get("enthusiastic") == "follow"),
                         gather(lambda own: "enthusiastic" not in own), 0.1, 5)
    unpolished = marks(gather(lambda own: own.get("unpolished") == "follow"),
                       gather(lambda own: own.get("unpolished") == "avoid"), 0.1, 5)
    return {"enthusiastic": strongest(enthusiastic), "unpolished": strongest(unpolished)}


if __name__ == "__main__":
    lines = Path("../shared/reference-data/rewritten-users.jsonl").read_text(encoding="utf-8").splitlines()
    print(json.dumps(language(map(json.loads, lines)), ensure_ascii=False))
