"""The user's own models of a run: what is asked for, and the files that a job depends on."""

from __future__ import annotations

from pathlib import Path

import pytest

from bornscape.planning.models import Models

ENTRY = {
    "circuit": {"family": "iqp"},
    "losses": {"kld": {"kind": "kld"}},
    "data": {"samples": "bits.npy", "inputs": ["weights.txt"], "columns": {4: [0, 1, 4, 5]}},
    "sizes": [4],
}


def test_no_models_is_said() -> None:
    nothing = Models({}, "results/mine", 1)
    assert nothing.artifacts([]) == []
    with pytest.raises(SystemExit, match=r"^Error: models: expected at least one model, got none; .*my_model"):
        nothing.asked_for([])
    some = Models({"m": ENTRY}, "results/mine", 1)
    assert some.asked_for([]) == some.artifacts([])
    assert "results/mine/models/m/verdicts.csv" in some.asked_for([])


def test_a_mixed_state_is_as_large_as_a_state_vector_of_twice_the_wires() -> None:
    clean, noisy, read = (
        Models({"m": ENTRY | {"noise": noise}}, "results/mine", 1)
        for noise in (None, {"depolarising": 0.1}, {"readout": 0.1})
    )
    assert noisy.memory("m", [9]) == clean.memory("m", [18])
    assert noisy.minutes("m", [10]) == clean.minutes("m", [20]) > clean.minutes("m", [10])
    assert read.minutes("m", [10]) == clean.minutes("m", [10])


def test_a_state_beyond_20_wires_is_asked_for_and_drawn_in_two_threads() -> None:
    """An explicit loss is measured on state vectors up to 24 wires, an MMD on words from 21 on."""
    models = Models(
        {"kld": ENTRY, "mmd": ENTRY | {"engine": "mps", "losses": {"mmd": {"kind": "mmd", "bandwidth": 1}}}},
        "results/mine",
        1,
    )
    assert models.memory("kld", [22, 24]) == models.memory("kld", [20]) + 18 * (256 - 16)
    assert models.minutes("kld", [24]) > models.minutes("kld", [20])
    assert models.memory("mmd", [24]) == models.memory("mmd", [1000]) == models.memory("kld", [20])
    assert [models.threads("kld", "18-19"), models.threads("kld", "20"), models.threads("mmd", "24")] == [1, 2, 1]


def test_inputs_and_modules_beside_a_file_are_files_of_a_model(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("import wiring\n")
    (tmp_path / "wiring.py").write_text("")
    own, beside = str(tmp_path / "own.py"), str(tmp_path / "wiring.py")
    loss = {"kind": "observable", "file": own, "function": "f", "inputs": ["fields.txt"]}
    models = Models({"m": ENTRY | {"losses": {"own": loss}}}, "results/mine", 1)
    assert set(models.named_files("m")) == {own, beside, "bits.npy", "fields.txt", "weights.txt"}
    assert models.job("m")["settings"]["data"]["columns"] == {"4": [0, 1, 4, 5]}
