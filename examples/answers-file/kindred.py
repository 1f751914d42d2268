"""Answers in the styles that similar writers liked. Plain Python: python3 kindred.py tasks.jsonl answers.jsonl"""
import json, math, re, sys
from collections import Counter

head, *users = map(json.loads, open(sys.argv[1], encoding="utf-8"))
words = lambda user: set(re.findall(r"[a-z']+", " ".join(user["history"]).lower()))
known = [(words(user), user["candidates"]) for user in users if user["split"] == "train"]
uses = Counter(word for own, _ in known for word in own)
rare = {word: math.log(len(known) / n) for word, n in uses.items()}  # rare words tell more about a writer

with open(sys.argv[2], "w", encoding="utf-8") as answers:
    for user in (user for user in users if user["split"] == "test"):
        own = words(user)
        likeness = lambda other: sum(rare[word] for word in own & other[0]) / math.sqrt(len(other[0]) + 1)
        nearest = sorted(known, key=likeness, reverse=True)[:20]
        for world in head["worlds"]:
            liked = Counter()
            for _, candidates in nearest:
                for c in candidates:
                    liked[c["principle"], c["direction"]] += (c["rewards"][world] or 5.5) - 5.5
            (principle, direction), _ = liked.most_common(1)[0]
            label = {"principle": principle, "direction": direction}
            answers.write(json.dumps({"world": world, "user": user["user"], "label": label}) + "\n")
