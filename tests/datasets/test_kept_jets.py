"""Kept jets: those of the shipped configurations, the bytes that Pythia gives, and one error where none fits."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pandas as pd
import pytest

from bornscape.artifacts import sha256
from bornscape.datasets import kept_jets as module
from bornscape.datasets.images import GRIDS
from bornscape.datasets.kept_jets import (
    GENERATOR,
    KEPT,
    TABLES,
    KeptJets,
    can_generate,
    generator_versions,
    keep_jets,
    kept_jets,
    kept_sets,
    origin,
)
from bornscape.planning.targets import kept_jet_files
from bornscape.run.keep_jets import keep
from bornscape.run.manifest import write_manifest
from support.shipped import jet_settings, kept_chunk

CONFIG = Path(__file__).parents[2] / "config"
SETTINGS = {"seed": 1, "jets": 4, "chunk": 2, "radius": 0.4, "cut": 0.1, "cuts": [0.1]}


@pytest.mark.parametrize("overlays", [(), ("smoke.yaml",)])
def test_the_jets_of_the_default_and_the_smoke_scale_are_kept(overlays: tuple[str, ...]) -> None:
    settings = jet_settings(*overlays)
    kept = kept_jets(settings)
    images = kept.images()
    assert images["chunk"].unique().tolist() == list(range(settings["jets"] // settings["chunk"]))
    per_chunk = images.groupby(["chunk", images["bitstring"].str.len()])["count"].sum()
    assert set(per_chunk) == {settings["chunk"]}
    assert len(per_chunk) == len(GRIDS) * settings["jets"] // settings["chunk"]
    for n in GRIDS:
        target = kept.target(n)
        assert target.n_qubits == n
        assert target.probabilities.sum() == pytest.approx(1, abs=1e-12)
    spectrum = pd.read_csv(kept.folder / "jet_spectrum.csv")
    assert spectrum["jets"].sum() == settings["jets"]
    assert set(kept.generator) == set(GENERATOR)


def test_smaller_runs_begin_with_the_same_jets() -> None:
    """Chunk k has the same seed at every scale, and a smaller one ends earlier."""
    default, smoke = kept_jets(jet_settings()), kept_jets(jet_settings("smoke.yaml"))
    for chunk in (0, 1):
        few, many = (kept_chunk(kept, chunk).set_index("bitstring")["count"] for kept in (smoke, default))
        assert (few <= many.reindex(few.index, fill_value=0)).all()
    other = kept_chunk(default, 5).set_index("bitstring")["count"]
    assert (few > other.reindex(few.index, fill_value=0)).any()


def test_what_is_kept_is_small_and_lists_its_bytes() -> None:
    files = [path for path in KEPT.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 300_000
    for kept in kept_sets():
        listed = json.loads((kept.folder / "provenance.json").read_text(encoding="utf-8"))["sha256"]
        assert {path.name: sha256(path) for path in kept.files[1:]} == listed
        assert {path.name for path in kept.folder.iterdir()} == {path.name for path in kept.files}


# By hand


def constituents(*places: tuple[int, float, float]) -> pd.DataFrame:
    return pd.DataFrame([(*place, 1.0) for place in places], columns=["jet", "drap", "dphi", "pt"])


def made_up(folder: Path) -> KeptJets:
    """Four jets in chunks of two: the third is the first again, the fourth is empty; its tables hold a word."""
    for name in TABLES:
        (folder / name).write_text(f"{name}\n", encoding="utf-8")
    chunks = [constituents((0, -0.1, -0.1), (1, 0.1, 0.1)), constituents((0, -0.1, -0.1))]
    keep_jets(SETTINGS, chunks, [folder / name for name in TABLES], folder / "kept")
    (kept,) = kept_sets(folder / "kept")
    return kept


def test_images_and_counts_by_hand(tmp_path: Path) -> None:
    kept = made_up(tmp_path)
    images = kept.images()
    assert images[images["bitstring"].str.len() == 4].to_numpy().tolist() == [
        [0, "0001", 1],
        [0, "1000", 1],
        [1, "0000", 1],
        [1, "1000", 1],
    ]
    target = kept.target(4)
    assert target.bitstrings.tolist() == [[0, 0, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0]]
    assert target.probabilities.tolist() == [0.25, 0.25, 0.5]
    with pytest.raises(ValueError, match=r"images of \[4, 6, .*\] pixels, not 5"):
        kept.target(5)


@pytest.mark.parametrize("name", ["images.csv", "jet_cuts.csv"])
def test_a_changed_file_is_refused(name: str, tmp_path: Path) -> None:
    kept = made_up(tmp_path)
    with open(kept.folder / name, "a", encoding="utf-8") as handle:
        handle.write("0,1111,1\n")
    with pytest.raises(ValueError, match=f"{name}: not the bytes that provenance.json lists"):
        kept.target(4)


def test_a_run_that_took_kept_jets_cannot_be_kept(tmp_path: Path) -> None:
    content = {"seed": 1, "config": {"data": {"jets": {"jets": 2, "chunk": 1}, "cuts": [0.1]}}}
    write_manifest(content, tmp_path / "manifest.json")
    with pytest.raises(ValueError, match=r"constituents_0\.parquet: expected the jets of a run that made them"):
        keep(tmp_path, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_other_settings_are_one_clear_error() -> None:
    with pytest.raises(ValueError, match=r"data\.jets: jets of these settings have to be made") as caught:
        kept_jet_files(jet_settings() | {"jets": 10000, "chunk": 1000})
    message = str(caught.value)
    assert "data.jets.jets is 10000, kept with 2000" in message
    assert "data.jets.chunk is 1000, kept with 250" in message
    assert 'pip install "bornscape[hep]"' in message
    assert "\n" not in message
    with pytest.raises(ValueError, match=r"^[^:]+: [^:]+: seed is 7, kept with 230502881\. Take"):
        kept_jets(jet_settings() | {"seed": 7})


def test_files_are_named_from_the_current_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(CONFIG.parent)
    names = kept_jet_files(jet_settings())
    assert names[0] == "src/bornscape/datasets/kept/jets_2000/provenance.json"
    assert all(Path(name).is_file() for name in names)


def test_where_jets_are_from() -> None:
    kept = kept_jets(jet_settings())
    assert origin(kept)["source"] == "kept with the code"
    assert origin(kept)["generator"] == kept.generator
    assert set(origin(kept)["sha256"]) == {"images.csv", *TABLES}
    assert origin(None) == {"source": "made in this run", "generator": generator_versions()}


@pytest.mark.parametrize("name", GENERATOR)
def test_a_missing_generator_is_seen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda name: object())
    assert can_generate()
    monkeypatch.setattr(module, "find_spec", lambda asked: None if asked == name else object())
    assert not can_generate()
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, name, None)
    assert not can_generate()
