"""Which runs and jobs an entry of the configuration asks for."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bornscape.configuration.sources import as_list
from bornscape.planning.trainings import PARTS, Trainings, cells, sizes_and_layers

ENTRY: dict[str, Any] = {"n_qubits": [4, 9], "n_layers": [1, "log2(n)", "n"], "shots": [None, 100], "repetitions": 2}
ENTRY["losses"] = {"mmd": {}, "kld": {}}


def test_sizes_and_layers_follow_the_formulas_and_come_once() -> None:
    assert sizes_and_layers(ENTRY) == [(4, 1), (4, 2), (4, 4), (9, 1), (9, 3), (9, 9)]
    assert sizes_and_layers({"n_qubits": 2, "n_layers": [1, "log2(n)", "n"]}) == [(2, 1), (2, 2)]


def test_one_job_a_run() -> None:
    found = list(cells(ENTRY))
    assert len(found) == 6 * 2 * 2 * 2
    assert found[0] == ("n4_l1_exact_mmd_r0", 4, 1, [0], [("mmd", None)])
    assert found[1] == ("n4_l1_100shots_mmd_r0", 4, 1, [0], [("mmd", 100)])


def test_one_job_a_repetition() -> None:
    found = list(cells(ENTRY | {"job": "repetition"}))
    assert len(found) == 6 * 2
    assert found[1] == ("n4_l1_r1", 4, 1, [1], [("mmd", None), ("mmd", 100), ("kld", None), ("kld", 100)])


def test_one_job_a_depth() -> None:
    found = list(cells(ENTRY | {"job": "depth"}))
    assert [cell.name for cell in found] == ["n4_l1", "n4_l2", "n4_l4", "n9_l1", "n9_l3", "n9_l9"]
    assert all(cell.repetitions == [0, 1] and len(cell.runs) == 4 for cell in found)


@given(st.sampled_from(["run", "repetition"]), st.integers(1, 4), st.integers(0, 3))
def test_more_repetitions_only_add_jobs_and_both_ways_make_the_same_runs(job: str, few: int, more: int) -> None:
    before, after = (list(cells(ENTRY | {"job": job, "repetitions": count})) for count in (few, few + more))
    assert [cell for cell in after if cell.repetitions[0] < few] == before
    assert len({cell.name for cell in after}) == len(after)
    runs = {(c.n_qubits, c.n_layers, *c.repetitions, *run) for c in after for run in c.runs}
    assert len(runs) == sum(len(c.runs) for c in after) == 24 * (few + more)


def test_one_value_is_a_list_of_one() -> None:
    assert as_list(None) == [None]
    assert as_list([1, 2]) == [1, 2]


TRAININGS = Trainings(
    {"a": ENTRY | {"dataset": "jets", "epochs": 5, "epsilon": 1e-6, "start": "uniform"}}, "results/x", 7
)


def test_a_job_knows_itself_and_not_how_many_others_there_are() -> None:
    job = TRAININGS.job("a", "n9_l3_100shots_kld_r1")
    assert job == {
        "seed": 7,
        "repetitions": [1],
        "losses": {"kld": {}},
        "strings": 32,
        "n_qubits": 9,
        "n_layers": 3,
        "runs": [("kld", 100)],
        "dataset": "jets",
        "epochs": 5,
        "epsilon": 1e-6,
        "start": "uniform",
    }
    more = Trainings({"a": TRAININGS.entries["a"] | {"repetitions": 9}}, "results/x", 7)
    assert more.job("a", "n9_l3_100shots_kld_r1") == job


def test_files_and_target_of_a_cell() -> None:
    assert [len(TRAININGS.files(part)) for part in PARTS] == [48, 48, 48]
    assert "results/x/training/a/n9_l3_100shots_kld_r1_finals.csv" in TRAININGS.files("finals")
    assert TRAININGS.target("a", "n9_l3_100shots_kld_r1") == "results/x/targets/jets_n9.csv"
    assert list(TRAININGS.needed_targets()) == [(["jets"], [4, 9])]


def test_a_job_asks_for_the_time_of_all_its_runs() -> None:
    together = Trainings({"a": TRAININGS.entries["a"] | {"job": "repetition", "epochs": 3000}}, "results/x", 7)
    alone = Trainings({"a": TRAININGS.entries["a"] | {"epochs": 3000}}, "results/x", 7)
    all_runs = together.minutes("a", "n9_l9_r0")
    one = alone.minutes("a", "n9_l9_exact_mmd_r0")
    depth = Trainings({"a": TRAININGS.entries["a"] | {"job": "depth", "epochs": 3000}}, "results/x", 7)
    assert 5 < one < all_runs < depth.minutes("a", "n9_l9")
    large = Trainings({"a": TRAININGS.entries["a"] | {"n_qubits": [4, 16], "n_layers": 1}}, "results/x", 7)
    assert large.memory("a", "n16_l1_100shots_kld_r0") > large.memory("a", "n4_l1_100shots_kld_r0")
