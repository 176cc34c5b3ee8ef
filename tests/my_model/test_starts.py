"""Where a user's model starts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bornscape.datasets import synthetic_target
from bornscape.my_model.settings import scale_at
from bornscape.my_model.starts import start_of
from bornscape.my_model.user_code import UserCodeError

# Starts


def test_starts() -> None:
    target, rng = synthetic_target("ghz", 4, np.random.default_rng(0)), np.random.default_rng(1)
    uniform = start_of({"kind": "uniform"}, 4, 4000, target)(rng)
    assert 0 <= uniform.min() < 0.01 < 6.27 < uniform.max() < 2 * np.pi
    small = start_of({"kind": "small", "scale": "1/n"}, 4, 4000, target)(rng)
    # 4000 normal draws: the relative standard error of their standard deviation is 1.1 %.
    assert small.std() == pytest.approx(0.25, rel=0.05)
    with pytest.raises(ValueError, match="above 0 at n = 4"):
        scale_at("n-4", 4)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("np.zeros(3)", r"expected 2 finite parameters at n = 4, got shape \(3,\)"),
        ("np.array([0, np.nan])", "not finite"),
        ("'text'", "expected 2 numbers"),
    ],
)
def test_starts_of_a_users_own(tmp_path: Path, answer: str, message: str) -> None:
    path = tmp_path / "start.py"
    path.write_text(
        f"import numpy as np\n\ndef good(n, k, b, p, rng):\n    return p[:k] + 0 * rng.random(k)\n"
        f"\ndef bad(n, k, b, p, rng):\n    return {answer}\n"
    )
    target = synthetic_target("ghz", 4, np.random.default_rng(0))
    rng = np.random.default_rng(1)
    assert start_of({"file": str(path), "function": "good"}, 4, 2, target)(rng).tolist() == [0.5, 0.5]
    with pytest.raises(UserCodeError, match=message):
        start_of({"file": str(path), "function": "bad"}, 4, 2, target)(rng)
