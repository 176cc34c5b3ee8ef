"""A user's losses and observables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bornscape.circuits.ansatze import iqp_circuit
from bornscape.datasets import synthetic_target
from bornscape.my_model.losses import model_loss, observable_values
from bornscape.my_model.user_code import UserCodeError

# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# Losses


def test_losses_of_a_users_own(tmp_path: Path) -> None:
    path = write(
        tmp_path / "loss.py",
        "import autograd.numpy as anp\nimport numpy as np\n\n"
        "def diagonal(n):\n    return np.arange(2.0**n)\n\n"
        "def square(q, p):\n    return anp.sum((q - p) ** 2)\n\n"
        "def opaque(q, p):\n    return float(np.sum(np.asarray(q) ** 2))\n\n"
        "def slope(q, p):\n    return 2 * q\n\n"
        "def text(q, p):\n    return 'a'\n\n"
        "def nothing(q, p):\n    return np.nan\n\n"
        "def short(n):\n    return np.zeros(3)\n",
    )
    circuit, target = iqp_circuit(3), synthetic_target("ghz", 3, np.random.default_rng(0))
    q, p = np.full(8, 1 / 8), target.dense()

    def loss(**part: Any) -> Any:
        return model_loss("l", {"kind": "function", "file": str(path)} | part, circuit, target).objective.loss

    assert loss(function="square")(q) == pytest.approx(np.sum((q - p) ** 2))
    assert loss(function="square").derivative(q) == pytest.approx(2 * (q - p))
    assert loss(function="opaque", derivative="slope").derivative(q) == pytest.approx(2 * q)
    with pytest.raises(UserCodeError, match="opaque: no derivative: expected a function written with autograd"):
        loss(function="opaque").derivative(q)
    with pytest.raises(UserCodeError, match="text: expected one number, got str"):
        loss(function="text")(q)
    with pytest.raises(UserCodeError, match="nothing: expected a finite number"):
        loss(function="nothing")(q)
    assert loss(kind="observable", function="diagonal")(q) == pytest.approx(3.5)
    with pytest.raises(UserCodeError, match=r"expected the diagonal, finite and of shape \(8,\), got shape \(3,\)"):
        observable_values(str(path), "short", 3)
