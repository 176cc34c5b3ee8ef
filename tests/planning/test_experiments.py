"""Jobs, files and targets of the experiments."""

from typing import Any

import pytest

from bornscape.planning.experiments import Experiments, size_name, sizes_of

SHARED: dict[str, Any] = {"kind": "phases", "n_qubits": [4, 9], "chunks": 2, "together": True, "datasets": ["jets"]}
EXPERIMENTS = Experiments({"a": SHARED | {"draws": 3}, "b": SHARED | {"together": False}}, "results/x", 5)


def test_names_of_sizes_go_both_ways() -> None:
    assert size_name([4, 9]) == "n4-9"
    assert sizes_of("4-9") == [4, 9]


def test_files_by_sizes_and_chunks() -> None:
    assert EXPERIMENTS.files("a") == [f"results/x/measurements/a/n4-9_c{chunk}.parquet" for chunk in (0, 1)]
    assert EXPERIMENTS.files("b") == [f"results/x/measurements/b/n{n}_c{c}.parquet" for n in (4, 9) for c in (0, 1)]


def test_a_job_does_not_know_how_many_there_are() -> None:
    assert EXPERIMENTS.job("a", [4]) == {
        "seed": 5,
        "n_qubits": [4],
        "settings": {"kind": "phases", "datasets": ["jets"], "draws": 3},
    }


def test_targets_and_kind() -> None:
    assert EXPERIMENTS.targets("a", [4, 9]) == ["results/x/targets/jets_n4.csv", "results/x/targets/jets_n9.csv"]
    assert EXPERIMENTS.kind_file("a") == "src/bornscape/experiments/phases.py"
    assert list(EXPERIMENTS.needed_targets()) == 2 * [(["jets"], [4]), (["jets"], [9])]


def test_data_sets_named_with_their_sizes_are_asked_for_there_alone() -> None:
    named = SHARED | {"datasets": {"jets": [4, 9, 16], "published": [16], "ghz": [9]}}
    experiments = Experiments({"a": named}, "results/x", 5)
    assert experiments.targets("a", [4, 9]) == [
        f"results/x/targets/{name}.csv" for name in ("jets_n4", "jets_n9", "ghz_n9")
    ]
    assert list(experiments.needed_targets()) == [(["jets"], [4]), (["jets", "ghz"], [9])]


@pytest.mark.parametrize(
    ("changes", "sizes", "held"),
    [
        ({}, [4, 9], 9),
        ({}, [4, 30], 0),
        ({"state_vectors": False}, [4, 9], 0),
        ({"largest_state": 6}, [4, 9], 6),
        ({"largest_state": 16}, [4, 9], 9),
    ],
)
def test_the_largest_state_that_a_job_holds(changes: dict[str, Any], sizes: list[int], held: int) -> None:
    experiments = Experiments({"a": SHARED | changes}, "results/x", 5)
    assert experiments.state_size("a", sizes) == held
    larger = Experiments({"a": SHARED | {"largest_state": 20, "samples": 64}}, "results/x", 5)
    assert larger.memory("a", [20]) > experiments.memory("a", sizes)
    assert experiments.minutes("a", sizes) >= 5


def test_compiled_models_need_room() -> None:
    """A job of networks at 12 qubits held 900 MB."""
    networks = Experiments({"a": SHARED | {"kind": "model_classes"}}, "results/x", 5)
    assert networks.memory("a", [12]) > 1000
    assert networks.memory("a", [12]) == EXPERIMENTS.memory("a", [12]) + 400


def test_more_chunks_need_a_larger_table() -> None:
    more = Experiments({"a": SHARED | {"chunks": 50}}, "results/x", 5)
    assert more.table_memory("a") > EXPERIMENTS.table_memory("a")
