"""Targets of a run."""

from bornscape.planning.targets import synthetic_sizes, target_path


def test_only_synthetic_sets_are_made_beforehand_and_each_size_once() -> None:
    needed = [(["ghz", "jets"], [8, 4]), (["zero", "ghz"], [4, 6]), ([], [3])]
    assert synthetic_sizes(needed) == {"ghz": [4, 6, 8], "zero": [4, 6]}


def test_paths() -> None:
    assert target_path("results/x", "ghz", 4) == "results/x/targets/ghz_n4.csv"
