from __future__ import annotations

from collections import Counter

import pytest
import torch

from apm_trainer.soft.answers import Sampling
from apm_trainer.soft.sampling import Draw, choose

LOGITS = torch.tensor([0.5, 2.0, -1.0, 1.0, 0.0])


def counts(sampling: Sampling, draws: int = 4000) -> Counter[int]:
    return Counter(int(choose(LOGITS, Draw(sampling, seed), 0)) for seed in range(draws))


def test_draws_follow_the_probabilities() -> None:
    found = counts(Sampling(0.7, 1.0, 0, 0.0))
    expected = torch.softmax(LOGITS / 0.7, -1) * 4000
    chi_square = sum((found[i] - e) ** 2 / e for i, e in enumerate(expected.tolist()))
    # 99.9 % quantile with 4 degrees of freedom.
    assert chi_square < 18.5


@pytest.mark.parametrize(
    ("sampling", "tokens"),
    [
        (Sampling(0.0, 1.0, 0, 0.0), {1}),
        (Sampling(1.0, 1.0, 2, 0.0), {1, 3}),
        (Sampling(1.0, 1e-6, 0, 0.0), {1}),
        # Probabilities: 0.13, 0.56, 0.03, 0.21, 0.08.
        (Sampling(1.0, 0.6, 0, 0.0), {1, 3}),
        (Sampling(1.0, 0.89, 0, 0.0), {0, 1, 3}),
        (Sampling(1.0, 1.0, 0, 0.2), {0, 1, 3}),
    ],
)
def test_cuts_leave_the_most_probable(sampling: Sampling, tokens: set[int]) -> None:
    assert set(counts(sampling, 1000)) == tokens


def test_a_draw_depends_on_seed_and_position_alone() -> None:
    sampling = Sampling(1.0, 1.0, 0, 0.0)
    drawn = [int(choose(LOGITS, Draw(sampling, 5), position)) for position in range(50)]
    assert drawn == [int(choose(LOGITS, Draw(sampling, 5), position)) for position in range(50)]
    assert len(set(drawn)) > 2
