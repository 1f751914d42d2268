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


def on_scale(scores):
    """Answers on 1 to 100 that were divided by ten (there are scores below 1, and only tenths), stretched onto 1 to 10."""
    tenths = np.abs(10 * scores - np.round(10 * scores)).max() < 1e-3
    return np.interp(scores, [0.1, 10], [1, 10]) if scores.min() < 1 and tenths else scores


def paired_test(judges, a, b):
    """p-value of the mean over pairs of the paired differences of the distance from balance, each pair with texts of its
    own: what the bootstrap must come near to."""
    first, second = (np.abs(judges[name][1].sum(axis=1) - 11) for name in (a, b))
    differences = first - second
    pairs, texts = differences.shape
    error = np.sqrt((differences.var(axis=1, ddof=1) / texts).sum()) / pairs
    return [a, b, 2 * stats.t.sf(abs(differences.mean()) / error, texts - 1)]


def balance_errors(judges):
    """Standard error of each judge's balance over all pairs, each pair with texts of its own."""
    return [[name, np.sqrt((np.abs(scores.sum(axis=1) - 11).var(axis=1) / scores.shape[2]).sum()) / len(pairs)]
            for name, (pairs, scores) in judges.items()]


if __name__ == "__main__":
    judges = {}
    for file in sorted(Path("../shared/reference-data/judge-scores").glob("*.npz")):
        archive = np.load(file)
        judges[file.stem] = (archive["pairs"], on_scale(archive["scores"].astype(float)))
    tests = [paired_test(judges, "gpt_oss_120b", other)
             for other in ["qwen3_5_27b_weighted", "qwen3_5_27b", "gpt_oss_20b"]]
    print(json.dumps({**comparison(judges), "pairedTests": tests,
                      "balanceErrors": balance_errors(judges)}, default=float))
