"""Draws of a model on words against those on state vectors, and what is told of losses that words cannot give.

Estimates are unbiased: |z| > 4.5 by chance in 1 of 150,000 tests.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bornscape.circuits import separate_uses
from bornscape.circuits.ansatze import FAMILIES
from bornscape.my_model.draws import SizedModel
from bornscape.my_model.jobs import model_at
from bornscape.my_model.preflight import model_problem
from bornscape.my_model.report import model_tables
from bornscape.my_model.verdict.intervals import unresolved, variance_band
from bornscape.my_model.word_draws import WordModel
from bornscape.my_model.word_losses import by_words
from bornscape.simulators.words.choice import Choices
from bornscape.simulators.words.protocol import DoesNotFitError
from support.small_model import settings

WORST = 4.5
MMD = {"kind": "mmd", "bandwidth": 1}
REVERSE = {"kind": "reverse_kld"}
ZZ = {"kind": "observable", "words": {"0": 1.0, "1,2": -0.5, "": 0.25}}


def at_one_start(model: Any, parameter: int) -> Any:
    """The model at the same start and parameter in every draw."""
    theta = np.random.default_rng(8).uniform(0, 2 * np.pi, model.circuit.n_parameters)
    fixed = replace(model, start=lambda rng: theta)
    fixed.__dict__["parameters"] = [parameter]
    return fixed


@pytest.mark.parametrize(
    ("engine", "circuit"),
    [
        ("light_cone", {"family": "brickwork", "layers": 2}),
        ("iqp", {"family": "iqp", "generators": "line"}),
        ("chain", {"family": "line", "layers": 1}),
    ],
)
def test_words_and_state_vectors_agree(engine: str, circuit: dict[str, Any]) -> None:
    found = settings(circuit=circuit, losses={"mmd": MMD, "zz": ZZ}, data={"set": "o_n"})
    vectors = model_at(found, 5, 1)
    parameter = vectors.parameters[2]
    exact = at_one_start(vectors, parameter).chunk(2, np.random.default_rng(0)).draws.set_index("loss")
    words = model_at(found | {"engine": engine}, 5, 1)
    assert isinstance(words, WordModel)
    drawn = at_one_start(words, parameter).chunk(60, np.random.default_rng(1)).draws
    for loss in ("mmd", "zz"):
        rows = drawn[drawn["loss"] == loss]
        for name in ("value", "signal", "gradient", "first", "second"):
            right = float(exact.loc[loss, name].iloc[0])
            spread = rows[name].std() / np.sqrt(len(rows))
            assert abs(rows[name].mean() - right) < WORST * spread + 1e-9, (loss, name)
        assert rows["engine"].unique().tolist() == [engine]
    halves = drawn[drawn["loss"] == "mmd"]
    # The mean of the halves scatters as half their difference does.
    assert halves["value"].var() == pytest.approx((halves["value_noise"] ** 2).mean(), rel=0.6)


def test_sizes_of_state_vectors_stay_on_them() -> None:
    found = settings(losses={"mmd": MMD})
    assert isinstance(model_at(found, 6, 1), SizedModel)
    assert [by_words(found, n) for n in (20, 21, 1000)] == [False, True, True]
    # A loss of all probabilities keeps state vectors a little longer; a forced engine has every size.
    assert [by_words(settings(), n) for n in (21, 24, 25)] == [False, False, True]
    assert by_words(found | {"engine": "iqp"}, 4)
    assert not by_words(found | {"engine": "state_vector"}, 40)


def test_a_loss_of_all_probabilities_is_listed_without_numbers() -> None:
    line = {"family": "iqp", "generators": "line"}
    found = settings(circuit=line, sizes=[4, 40], losses={"mmd": MMD, "entropy": REVERSE}, draws=10, chunk=10)
    from bornscape.my_model.jobs import draw_job

    drawn = draw_job({"settings": found, "seed": 1}, "m", [4, 40], {}, [], "", None, lambda words: None)
    tables = model_tables(found, drawn, 1, "m")
    sizes = tables["sizes"].set_index(["loss", "n_qubits"])
    assert sizes.loc[("entropy", 40), "engine"] == ""
    assert sizes.loc[("entropy", 40), "note"].startswith("not at this size: reverse_kld needs the probabilities")
    assert np.isnan(sizes.loc[("entropy", 40), ["mean", "variance", "snr", "shots_needed"]].astype(float)).all()
    assert sizes.loc[("mmd", 40), "engine"] == "iqp"
    assert sizes.loc[("mmd", 40), "mean"] > 0
    beyond = tables["extrapolation"].groupby("loss")["n_qubits"].apply(list).to_dict()
    assert beyond == {"mmd": [50, 100], "entropy": [20, 50, 100]}
    verdict = tables["verdicts"].set_index("loss")
    assert "at 4 qubits" in verdict.loc["entropy", "at_largest_reason"]
    assert "at 40 qubits" in verdict.loc["mmd", "at_largest_reason"]


def test_what_no_engine_takes_is_one_line_before_any_job(tmp_path: Path) -> None:
    deep = {"family": "all_to_all", "layers": 4}
    found = settings(circuit=deep, losses={"mmd": MMD}, sizes=[60])
    key, told = model_problem("m", found | {"engine": "sector"}, 1) or ([], "")
    assert key == ["m", "engine"]
    assert told.startswith("n = 60: no engine takes this circuit at 60 qubits. Tried: sector: ")
    assert "\n" not in told
    assert model_problem("m", settings(circuit=deep, losses={"mmd": MMD}, sizes=[4]), 1) is None
    key, told = model_problem("m", found | {"engine": "iqp", "sizes": [4]}, 1) or ([], "")
    assert key == ["m", "engine"]
    assert "iqp: " in told
    alone = settings(losses={"entropy": REVERSE}, sizes=[40], circuit={"family": "product"})
    assert "needs the probabilities of all strings" in (model_problem("m", alone, 1) or ([], ""))[1]
    both = settings(losses={"mmd": MMD, "entropy": REVERSE}, sizes=[40], circuit={"family": "product"})
    assert (model_problem("m", both, 1) or ([], ""))[0] == ["m", "losses", "entropy"]


def test_the_cardinality_set_needs_no_list() -> None:
    found = settings(circuit={"family": "product"}, losses={"mmd": MMD}, data={"set": "cardinality"}, sizes=[60])
    assert model_problem("m", found, 1) is None
    draws = model_at(found, 60, 1).chunk(3, np.random.default_rng(0)).draws
    assert (draws["value"] > 0).all()
    started = found | {"initialisation": {"file": "starts.py", "function": "near"}}
    with pytest.raises(DoesNotFitError, match="too many to be handed"):
        model_at(started, 60, 1)


def test_engines_are_tried_in_the_order_of_cost() -> None:
    circuit, word = separate_uses(FAMILIES["brickwork"](40, 1)), np.eye(1, 40, dtype=np.uint8)
    angles = np.linspace(0.1, 6.0, circuit.n_angles)
    found = Choices(circuit).of(word, angles)
    assert found.engine.name == "light_cone"
    assert found.why.startswith("light_cone (exact), the first that is exact; iqp: ")
    assert Choices(circuit, "chain").of(word, angles).why == "chain (exact), as asked for"


def test_words_that_are_cut_too_far_are_not_taken_unless_asked_for() -> None:
    """Twelve layers: at random angles no engine has the words, near the identity Pauli words are few."""
    circuit = separate_uses(FAMILIES["brickwork"](40, 12))
    word = np.eye(1, 40, dtype=np.uint8)
    random = np.random.default_rng(1).uniform(0, 2 * np.pi, circuit.n_angles)
    with pytest.raises(DoesNotFitError, match=r"pauli: it would cut words by up to .*, 0\.1 is allowed"):
        Choices(circuit).of(word, random)
    assert Choices(circuit, "pauli").of(word, random).engine.name == "pauli"
    assert Choices(circuit).of(word, 1e-3 * random).engine.kind == "truncated"


def test_noise_alone_is_not_told_from_0_and_a_signal_is() -> None:
    rng = np.random.default_rng(4)
    noise = rng.normal(size=(2000, 40)) * rng.normal(size=(2000, 40))
    # 2.5 % by the mean, 0.1 % by the signs.
    assert (~unresolved(noise)[0]).mean() < 0.04
    assert (~unresolved(noise + 1.0)[0]).mean() > 0.95
    heavy = np.exp(4 * rng.normal(size=(200, 40)))
    assert (~unresolved(heavy)[0]).all()


def test_the_estimator_s_own_noise_is_taken_off_a_variance() -> None:
    rng = np.random.default_rng(5)
    value, first, second = rng.normal(size=(3, 400, 60))
    mean, half = value + 0.7 * (first + second) / 2, 0.7 * (first - second) / 2
    bands = variance_band(mean, half)
    told = bands.estimate[np.isfinite(bands.estimate)]
    assert mean.var(axis=-1, ddof=1).mean() > 1.2
    assert 0.97 < told.mean() < 1.03
    covered = ((bands.low <= 1) & (bands.high >= 1)).mean()
    assert covered > 0.9
    silent = variance_band(rng.normal(size=(400, 60)), rng.normal(size=(400, 60)))
    assert np.isnan(silent.estimate).mean() > 0.9
    plain = variance_band(value)
    zero = variance_band(value, np.zeros_like(value))
    assert all(np.array_equal(one, other) for one, other in zip(plain, zero, strict=True))


def test_a_function_of_words_is_the_diagonal_that_it_stands_for(tmp_path: Path) -> None:
    path = tmp_path / "terms.py"
    path.write_text(
        "import numpy as np\n\ndef terms(n):\n    return [((k, k + 1), -1.0) for k in range(n - 1)]\n\n"
        "def diagonal(n):\n    z = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n - 1, -1, -1)) & 1)\n"
        "    return -(z[:, 1:] * z[:, :-1]).sum(axis=1)\n",
        encoding="utf-8",
    )
    losses = {
        "words": {"kind": "observable", "file": str(path), "words": "terms"},
        "function": {"kind": "observable", "file": str(path), "function": "diagonal"},
    }
    found = settings(losses=losses)
    draws = model_at(found, 5, 1).chunk(3, np.random.default_rng(0)).draws.set_index("loss")
    columns = ["value", "signal", "gradient", "first"]
    assert draws.loc["words", columns].to_numpy() == pytest.approx(draws.loc["function", columns].to_numpy())
    wrong = settings(losses={"e": {"kind": "observable", "words": {"0,9": 1.0}}}, sizes=[4])
    with pytest.raises(ValueError, match=r"words: at n = 4: expected different wires of 0..3"):
        model_at(wrong, 4, 1)
