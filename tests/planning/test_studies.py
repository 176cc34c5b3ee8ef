"""Jobs, files and targets of the studies of variances."""

from typing import Any

import pytest

from bornscape.planning.studies import BATCH_MINUTES, Studies

LINE: dict[str, Any] = {
    "kind": "line",
    "n_qubits": [4, 20],
    "n_layers": [0, 1],
    "deep": True,
    "datasets": ["ghz", "cardinality"],
    "bandwidths": {"1": 1, "n": "n"},
    "shots": [100],
    "draws": 6,
    "chunk": 3,
}
TENSOR: dict[str, Any] = {
    "kind": "tensor",
    "n_qubits": [4, 40],
    "depths": [1, 2],
    "datasets": ["ghz", "cardinality"],
    "bandwidths": {"n/4": "n/4"},
    "draws": 4,
    "chunk": 4,
    "together": True,
}
PRODUCT: dict[str, Any] = {
    "kind": "product",
    "ensemble": "ry",
    "batch": 50,
    "n_qubits": [2],
    "datasets": ["zero"],
    "bandwidths": {"1": 1},
    "draws": 2,
    "chunk": 2,
}
STUDIES = Studies({"a": LINE, "b": TENSOR, "c": PRODUCT}, "results/x", 5)


def test_studies_are_found_by_their_kind() -> None:
    assert STUDIES.of_kind("line") == ["a"]
    assert STUDIES.of_kind("product", "tensor") == ["b", "c"]


def test_a_job_does_not_know_how_many_there_are() -> None:
    job = STUDIES.job("a")
    assert job["seed"] == 5
    assert not {"draws", "n_qubits"} & set(job)
    assert "together" not in STUDIES.job("b")
    more = Studies({"a": LINE | {"draws": 60, "n_qubits": [4, 6]}}, "results/x", 5)
    assert more.job("a") == job
    assert more.size_files("a", 4)[:2] == STUDIES.size_files("a", 4)


def test_files_are_in_the_order_of_studies_sizes_and_chunks() -> None:
    assert STUDIES.files() == [
        "results/x/draws/a/n4_c0.parquet",
        "results/x/draws/a/n4_c1.parquet",
        "results/x/draws/a/n20_c0.parquet",
        "results/x/draws/a/n20_c1.parquet",
        "results/x/draws/b/n4_c0.parquet",
        "results/x/draws/b/n40_c0.parquet",
        "results/x/draws/c/n2_c0.parquet",
    ]


def test_the_cardinality_set_is_listed_but_for_the_kind_that_has_a_formula() -> None:
    assert STUDIES.targets("a", [4]) == ["results/x/targets/ghz_n4.csv", "results/x/targets/cardinality_n4.csv"]
    assert STUDIES.targets("b", [4, 40]) == ["results/x/targets/ghz_n4.csv", "results/x/targets/ghz_n40.csv"]
    assert list(STUDIES.needed_targets())[1] == (["ghz"], [4, 40])


def test_sizes_share_a_job_where_that_is_asked_for() -> None:
    assert STUDIES.grouped_jobs() == [("b", [4, 40])]
    apart = Studies({"b": TENSOR | {"together": False}}, "results/x", 5)
    assert apart.grouped_jobs() == [("b", [4]), ("b", [40])]


def test_what_the_tables_need_to_know() -> None:
    parts = STUDIES.table_parts("a")
    assert [(part["name"], part["n_qubits"]) for part in parts] == [("a", 4), ("a", 20)]
    assert parts[0]["files"] == STUDIES.size_files("a", 4)
    assert STUDIES.study_files("a") == [path for part in parts for path in part["files"]]
    assert STUDIES.table_parts("c")[-1]["study"] == {"kind": "product", "ensemble": "ry", "batch": 50}


def test_what_a_job_asks_for() -> None:
    assert STUDIES.depths("a") == 3
    assert STUDIES.depths("b") == 2
    # Sizes, data sets, exact and 100 shots, draws, depths, bandwidths.
    assert [STUDIES.rows(study) for study in "abc"] == [2 * 2 * 2 * 6 * 3 * 2, 2 * 2 * 4 * 2, 1 * 1 * 2 * 1]
    assert STUDIES.minutes("b", [40]) == STUDIES.minutes("c", [2]) == BATCH_MINUTES
    large = Studies({"a": LINE | {"draws": 300, "chunk": 300}}, "results/x", 5)
    assert large.minutes("a", [20]) > large.minutes("a", [4])
    assert STUDIES.memory("a", [20]) > STUDIES.memory("b", [40]) > STUDIES.memory("c", [2])


def test_an_unknown_study_is_an_error() -> None:
    with pytest.raises(KeyError, match="nothing"):
        STUDIES.job("nothing")
