"""The 78 rows (13 judges x 6 pairs) of the comparison of real judges, by NumPy and SciPy.

python3 test/reference/judge_scores.py > src/studies/judge-comparison/judge-scores.reference.json
"""
import json
from pathlib import Path

import numpy as np
from scipy import stats


def comparison(judges):
    """judges: name -> (pairs x 2 names, pairs x 2 x conversations of scores). Rows by judge and pair, and over pairs."""
    rows, overall = [], []
    for name, (pairs, scores) in judges.items():
        balances, correlations = [], []
        for (a, b), (plus, minus) in zip(pairs, scores.astype(float)):
            total = plus + minus
            r, p = stats.pearsonr(plus, minus)
            balances.append(np.abs(total - 11).mean())
            correlations.append(r)
            rows.append([name, f"{a}/{b}", len(total), total.mean(), total.std(), balances[-1], r, p])
        overall.append([name, np.mean(balances), np.mean(correlations)])
    return {"rows": rows, "overall": overall}


def paired_test(judges, a, b):
    """p-value of a paired t-test on conversations, of the distance from balance: what the bootstrap must come near to."""
    balance = [np.abs(judges[name][1].sum(axis=1) - 11).mean(axis=0) for name in (a, b)]
    return [a, b, stats.ttest_rel(*balance).pvalue]


if __name__ == "__main__":
    judges = {}
    for file in sorted(Path("../shared/reference-data/judge-scores").glob("*.npz")):
        archive = np.load(file)
        judges[file.stem] = (archive["pairs"], archive["scores"])
    tests = [paired_test(judges, "gpt_oss_120b", other)
             for other in ["qwen3_5_27b_weighted", "qwen3_5_27b", "gpt_oss_20b"]]
    print(json.dumps({**comparison(judges), "pairedTests": tests}, default=float))
