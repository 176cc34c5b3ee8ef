"""Which runs and jobs an entry of the configuration asks for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bornscape.planning.training_cells import as_list, cells, sizes_and_layers

ENTRY: dict[str, Any] = {"n_qubits": [4, 9], "n_layers": [1, "log2(n)", "n"], "shots": [None, 100], "repetitions": 2}
ENTRY["losses"] = {"mmd": {}, "kld": {}}


def test_sizes_and_layers_follow_the_formulas_and_come_once() -> None:
    assert sizes_and_layers(ENTRY) == [(4, 1), (4, 2), (4, 4), (9, 1), (9, 3), (9, 9)]
    assert sizes_and_layers({"n_qubits": 2, "n_layers": [1, "log2(n)", "n"]}) == [(2, 1), (2, 2)]


def test_one_job_a_run() -> None:
    found = list(cells(ENTRY))
    assert len(found) == 6 * 2 * 2 * 2
    assert found[0] == ("n4_l1_exact_mmd_r0", 4, 1, 0, [("mmd", None)])
    assert found[1] == ("n4_l1_100shots_mmd_r0", 4, 1, 0, [("mmd", 100)])


def test_one_job_a_repetition() -> None:
    found = list(cells(ENTRY | {"job": "repetition"}))
    assert len(found) == 6 * 2
    assert found[1] == ("n4_l1_r1", 4, 1, 1, [("mmd", None), ("mmd", 100), ("kld", None), ("kld", 100)])


@given(st.sampled_from(["run", "repetition"]), st.integers(1, 4), st.integers(0, 3))
def test_more_repetitions_only_add_jobs_and_both_ways_make_the_same_runs(job: str, few: int, more: int) -> None:
    before, after = (list(cells(ENTRY | {"job": job, "repetitions": count})) for count in (few, few + more))
    assert [cell for cell in after if cell.repetition < few] == before
    assert len({cell.name for cell in after}) == len(after)
    runs = {(c.n_qubits, c.n_layers, c.repetition, *run) for c in after for run in c.runs}
    assert len(runs) == sum(len(c.runs) for c in after) == 24 * (few + more)


def test_one_value_is_a_list_of_one() -> None:
    assert as_list(None) == [None]
    assert as_list([1, 2]) == [1, 2]
