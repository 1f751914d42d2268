"""Made-up files of the forms that the studies read (judges' scores, ratings, users), with what NumPy and SciPy find in
them: stands in for the real data where that is not at hand.

python3 test/reference/made_up_studies.py > test/reference/made-up-studies.json
"""
import json

import numpy as np
from attribute_selection import selection
from judge_scores import balance_errors, comparison, on_scale, paired_test
from language_analysis import language

rng = np.random.default_rng(12)

# Five judges of 24 conversations on three pairs: a mirror with little noise, the same with more, one that prefers both
# poles, one that answers in tenths, and one whose answers on 1 to 100 were divided by ten.
PAIRS = [["verbose", "terse"], ["formal", "casual"], ["warm", "cold"]]
manner = rng.normal(0, 2.2, (len(PAIRS), 24))


def judge(noise, lift=0.0, digits=0, rng=rng):
    sides = [5.5 + lift + sign * manner + rng.normal(0, noise, manner.shape) for sign in (1, -1)]
    return np.round(np.stack(sides, axis=1), digits).clip(1, 10)


judges = {
    "even": judge(0.5), "noisy": judge(2.0), "lenient": judge(0.7, lift=1.5), "tenths": judge(0.6, digits=1),
}
hundred = 1 + 11 * (judge(1.2, digits=3, rng=np.random.default_rng(13)) - 1)
judges["hundred"] = np.round(hundred) / 10
scores = {name: (PAIRS, on_scale(values)) for name, values in judges.items()}

# Four traits seen by three candidates each, the second of each the other way round, and two that hardly vary.
TRAITS = ["warmth", "length", "rigour", "humour"]
traits = rng.standard_normal((160, len(TRAITS)))
seen = np.repeat(traits, 3, axis=1) * np.tile([1, -1, 1], len(TRAITS))
noise = rng.normal(0, [0.7, 1.0, 1.3] * len(TRAITS), seen.shape)
ratings = np.round(5.5 + 2 * seen + noise).clip(1, 10).astype(int)
flat = np.where(rng.uniform(size=(160, 2)) < 0.95, 5, 6)
ratings = np.hstack([ratings, flat])
names = np.array([f"{trait} {i}" for trait in TRAITS for i in range(3)] + ["flat 0", "flat 1"])

# Users who ask the same things and add to each what marks their attribute; one has no attribute of these.
TOPICS = ["how do I bake bread", "what is a comet", "why do cats purr", "tell me about old maps", "how are bees kept",
          "what makes glass break", "when did trains begin", "how do I repair a roof"]
MANNERS = [
    ("enthusiastic", "follow", ["wow, so excited!", "I am thrilled!", "Wow! This is great!"]),
    ("enthusiastic", "follow", ["so thrilled!!", "wow, great!", "I’m excited…"]),
    ("unpolished", "follow", ["hey can you say", "gimme the stuff", "can you just say it"]),
    ("unpolished", "avoid", ["Could you please explain it?", "I would be grateful.", "Could you elaborate, please?"]),
    ("verbose", "follow", ["in a comprehensive and detailed account", "at length", "with detailed steps"]),
]
users = [
    {
        "user_idx": index,
        "rewrite_style_attributes": [{"attribute": attribute, "side": side}],
        "conversations": [
            {
                "conversation_id": f"{index}-{number}",
                "messages": [
                    {"role": "user", "content": f"{topic}: {added[rng.integers(len(added))]}"},
                    {"role": "assistant", "content": "Here is what is known."},
                    {"role": "user", "content": added[rng.integers(len(added))]},
                ],
            }
            for number, topic in enumerate(TOPICS)
        ],
    }
    for index, (attribute, side, added) in enumerate(MANNERS)
]

print(json.dumps({
    "judges": {
        "pairs": PAIRS,
        "scores": {name: values.tolist() for name, values in judges.items()},
        **comparison(scores),
        "pairedTests": [paired_test(scores, "even", other) for other in ("tenths", "noisy")],
        "balanceErrors": balance_errors(scores),
    },
    "ratings": {"names": names.tolist(), "values": ratings.tolist(), **selection(ratings, names)},
    "users": {"records": users, **language(users)},
}, ensure_ascii=False, default=float))
