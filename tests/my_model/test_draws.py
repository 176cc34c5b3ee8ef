"""Draws of a user's model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bornscape.losses.gradient import gradient
from bornscape.losses.mmd import MMDLoss
from bornscape.simulators.state_vector import probabilities
from support.small_model import GHZ, sized

# Data


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


# Draws


def test_draws_hold_what_is_measured() -> None:
    found = sized(4, losses={"mmd": {"kind": "mmd", "bandwidth": 1}, "kld": {"kind": "kld"}, "lqf": {"kind": "lqf"}})
    chunk = found.chunk(6, np.random.default_rng(3))
    rng = np.random.default_rng(3)
    theta = found.start(rng)
    q, p = probabilities(found.circuit, theta), found.target.dense()
    first = chunk.draws[chunk.draws["draw"] == 0].set_index("loss")
    assert first.loc["mmd", "value"] == pytest.approx(MMDLoss(p, 1.0)(q))
    assert first.loc["mmd", "mass"] == pytest.approx(q[0] + q[-1])
    k = found.parameters[int(rng.integers(len(found.parameters)))]
    assert first.loc["mmd", "gradient"] == pytest.approx(gradient(found.circuit, theta, MMDLoss(p, 1.0))[k])
    components = gradient(found.circuit, theta, MMDLoss(p, 1.0))[found.parameters]
    assert first.loc["mmd", "signal"] == pytest.approx(np.mean(components**2))
    assert chunk.draws.groupby("loss").size().tolist() == [6, 6, 6]
    assert chunk.spectra.groupby("loss")["total"].sum().to_numpy() == pytest.approx([6, 6, 6])


def test_draws_are_fixed_by_the_generator() -> None:
    found = [sized(3).chunk(4, np.random.default_rng(seed)).draws for seed in (1, 1, 2)]
    pd.testing.assert_frame_equal(found[0], found[1])
    assert not found[0].equals(found[2])


def test_what_nothing_moves_has_no_signal(tmp_path: Path) -> None:
    """A constant observable, and the weight that a circuit keeps: rounding is no signal."""
    path = write(
        tmp_path / "values.py",
        "import numpy as np\n\ndef constant(n):\n    return np.full(2**n, 0.3)\n\n"
        "def weight(n):\n    return np.array([bin(x).count('1') for x in range(2**n)])\n",
    )
    losses = {name: {"kind": "observable", "file": str(path), "function": name} for name in ("constant", "weight")}
    keeps = {"family": "hamming_weight", "layers": 2}
    draws = sized(4, circuit=keeps, losses=losses).chunk(5, np.random.default_rng(0)).draws
    assert (draws[["signal", "gradient"]] == 0).all(axis=None)
    moved = sized(4, circuit={"family": "line", "layers": 2}, losses=losses).chunk(5, np.random.default_rng(0)).draws
    assert (moved.loc[moved["loss"] == "weight", "signal"] > 1e-4).all()


def test_estimates_freeze_where_no_shot_hits_the_data(tmp_path: Path) -> None:
    path = write(
        tmp_path / "start.py", "import numpy as np\n\ndef flip(n, k, b, p, rng):\n    return np.full(k, np.pi)\n"
    )
    start = {"file": str(path), "function": "flip"}
    # R_y(pi) on every qubit gives |1...1> for certain: never the data |0...0>, always the data |1...1>.
    circuit = {"family": "real", "layers": 0}
    missed = sized(3, circuit=circuit, initialisation=start, data={"set": "zero"}).chunk(3, np.random.default_rng(0))
    hit = sized(3, circuit=circuit, initialisation=start, data=GHZ).chunk(3, np.random.default_rng(0))
    assert missed.draws[missed.draws["loss"] == "kld"]["frozen"].tolist() == [1, 1, 1]
    assert hit.draws[hit.draws["loss"] == "kld"]["frozen"].tolist() == [0, 0, 0]
    assert missed.draws[missed.draws["loss"] == "mmd"]["frozen"].isna().all()


def test_a_circuit_that_nothing_moves_is_an_error() -> None:
    found = sized(3, circuit={"family": "hamming_weight", "layers": 0})
    with pytest.raises(ValueError, match="no parameter changes what is measured"):
        found.chunk(2, np.random.default_rng(0))
