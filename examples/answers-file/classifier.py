"""Answers in the style that a text classifier predicts. Needs scikit-learn: python3 classifier.py tasks.jsonl answers.jsonl"""
import json, sys
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

head, *users = map(json.loads, open(sys.argv[1], encoding="utf-8"))
train, test = ([user for user in users if user["split"] == split] for split in ("train", "test"))
text = lambda user: "\n".join(user["history"])


def best(user, world):
    """The style whose candidate this user would like most."""
    rated = [c for c in user["candidates"] if c["rewards"][world] is not None]
    top = max(rated, key=lambda c: c["rewards"][world])
    return head["styles"].index({"principle": top["principle"], "direction": top["direction"]})


with open(sys.argv[2], "w", encoding="utf-8") as answers:
    for world in head["worlds"]:
        router = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), RidgeClassifier())
        router.fit([text(user) for user in train], [best(user, world) for user in train])
        for user, style in zip(test, router.predict([text(user) for user in test])):
            answers.write(json.dumps({"world": world, "user": user["user"], "label": head["styles"][style]}) + "\n")
