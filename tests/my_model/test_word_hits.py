"""What a shot's chance to fall on the data is at most: beside the chance itself, and where that cannot be had."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bornscape.circuits import Circuit, Gate, separate_uses
from bornscape.circuits.cones import Cones
from bornscape.my_model import word_hits
from bornscape.my_model.circuits import model_circuit
from bornscape.my_model.jobs import draw_job, model_at
from bornscape.my_model.report import model_tables
from bornscape.my_model.word_hits import HitBound, independent_blocks
from bornscape.simulators.words.choice import Choices
from support.small_model import settings

DRAWS, NOISE = 5, {"depolarising": 0.1}
GHZ_STATE = separate_uses(Circuit(2, 0, (Gate("Hadamard", (0,)), Gate("CNOT", (0, 1)))))
BITS = np.array([[0, 0], [1, 1]], dtype=np.uint8)


def bounds_and_chances(n: int, **changed: Any) -> tuple[np.ndarray, np.ndarray]:
    """Of the same starts: the bound by words, and q(data) by state vectors."""
    found = settings(**changed)
    vectors, words = (model_at(found | {"engine": engine}, n, 1) for engine in ("state_vector", changed["engine"]))
    thetas = np.random.default_rng(8).uniform(0, 2 * np.pi, (DRAWS, vectors.circuit.n_parameters))
    tables = []
    for model in (vectors, words):
        starts = iter(thetas)
        drawn = replace(model, start=lambda rng, starts=starts: next(starts)).chunk(DRAWS, np.random.default_rng(5))
        tables.append(drawn.draws[drawn.draws["loss"] == "kld"])
    return tables[1]["mass_bound"].to_numpy(), tables[0]["mass"].to_numpy()


@pytest.mark.parametrize(
    ("n", "changed"),
    [
        (12, {"circuit": {"family": "iqp", "generators": "line"}, "engine": "iqp"}),
        (12, {"circuit": {"family": "iqp", "generators": "random"}, "engine": "iqp", "noise": {"readout": 0.1}}),
        (11, {"circuit": {"family": "iqp"}, "engine": "iqp", "data": {"set": "o_n"}}),
        (12, {"circuit": {"family": "brickwork", "layers": 1}, "engine": "light_cone", "data": {"set": "o_n"}}),
        (6, {"circuit": {"family": "iqp", "generators": "line"}, "engine": "pauli_exact", "noise": NOISE}),
    ],
)
def test_it_is_never_below_the_chance(n: int, changed: dict[str, Any]) -> None:
    bounds, chances = bounds_and_chances(n, **changed)
    assert (bounds >= chances).all()
    assert (bounds < 1).any()


def test_it_is_the_chance_where_blocks_are_all_wires() -> None:
    product = {"circuit": {"family": "product"}, "engine": "light_cone"}
    bounds, chances = bounds_and_chances(10, **product)
    np.testing.assert_allclose(bounds, chances, rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("layers", [1, 2])
def test_light_cones_of_blocks_share_no_wire(layers: int) -> None:
    circuit = model_circuit(settings(circuit={"family": "brickwork", "layers": layers})["circuit"], 40)
    blocks = list(independent_blocks(circuit, 4))
    assert len(blocks) > 3
    cones = [set(Cones(circuit).cone(frozenset(block.tolist())).wires) for block in blocks]
    assert sum(map(len, cones)) == len(set.union(*cones))


def test_blocks_that_are_not_independent_would_say_too_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pair of wires that show the same: q(00) + q(11) = 1. As two independent wires it would be 1/2."""
    choices = Choices(GHZ_STATE)
    assert [block.tolist() for block in independent_blocks(GHZ_STATE, 1)] == [[0]]
    right = HitBound.of(choices, BITS, np.zeros(0))
    assert right is not None
    assert right.at(right.engine.at(np.zeros(0))) == pytest.approx(1)
    monkeypatch.setattr(word_hits, "independent_blocks", lambda circuit, size: [np.array([0]), np.array([1])])
    wrong = HitBound.of(choices, BITS, np.zeros(0))
    assert wrong is not None
    assert wrong.at(wrong.engine.at(np.zeros(0))) == pytest.approx(0.5)


def test_words_that_are_not_exact_bound_nothing() -> None:
    choices = Choices(GHZ_STATE)
    engine = choices.engine("light_cone")
    assert not isinstance(engine, str)
    choices._found |= dict.fromkeys(("iqp", "chain", "sector", "pauli_exact", "pauli", "mps"), "not here")
    choices._found["light_cone"] = replace(engine, kind="truncated", name="pauli")
    assert HitBound.of(choices, BITS, np.zeros(0)) is None


def sizes_of(**changed: Any) -> pd.DataFrame:
    found = settings(draws=8, chunk=8, **changed)
    drawn = draw_job({"settings": found, "seed": 1}, "m", found["sizes"], {}, [], "", None, lambda words: None)
    return model_tables(found, drawn, 1, "m")["sizes"].set_index(["loss", "n_qubits"])


def test_a_hundred_qubits_without_probabilities() -> None:
    """A commuting circuit has words alone: no KLD, but nobody's shots would see the data. Other losses' draws stay."""
    iqp = {"circuit": {"family": "iqp", "generators": "random"}, "sizes": [4, 6, 8, 10, 100]}
    both = sizes_of(**iqp)
    row = both.loc[("kld", 100)]
    assert row["note"].startswith("not at this size: no engine has this circuit's probabilities of single strings")
    assert np.isnan(row["hit"])
    assert row["hit_ci_low"] == 0
    assert row["hit_ci_high"] < 1e-4
    assert both.loc[("kld", 10), "hit"] > 0
    alone = sizes_of(losses={"mmd": {"kind": "mmd", "bandwidth": "n/4"}}, **iqp)
    pd.testing.assert_series_equal(alone.loc[("mmd", 100)], both.loc[("mmd", 100)])
