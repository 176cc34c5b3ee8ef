"""Checkpoints: a killed run goes on with the same numbers; what is not its own, or damaged, is ignored."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bornscape.training import (
    Adam,
    Progress,
    TrainingRun,
    checkpoints,
    runs,
    train,
)
from support.small_training import MODEL, THETA, P, goal_of

Float = NDArray[np.float64]


# Runs


RUN = TrainingRun("jets_4", "mmd", 0, 2305, 1, 7, 6, inputs="a")


class KilledError(BaseException):
    """Stands for a signal: no ``except Exception`` may catch it."""


def run_of(
    run: TrainingRun = RUN, checkpoint: Path | None = None, notify: Callable[[int], None] | None = None
) -> Progress:
    return train(run, MODEL, P, goal_of(run.loss), checkpoint, 2, notify)


def killed_run(checkpoint: Path, epoch: int, run: TrainingRun = RUN) -> None:
    def kill(done: int) -> None:
        if done == epoch:
            raise KilledError

    with pytest.raises(KilledError):
        run_of(run, checkpoint, kill)


def same(first: Progress, second: Progress) -> bool:
    """Equal to the last bit."""
    vectors = [(first.theta, second.theta), (first.adam.first, second.adam.first)]
    vectors += [(first.adam.second, second.adam.second), (first.tvd, second.tvd), (first.estimates, second.estimates)]
    return first.adam.steps == second.adam.steps and all(np.array_equal(a, b) for a, b in vectors)


@pytest.fixture(scope="module")
def undisturbed() -> Progress:
    return run_of()


@pytest.mark.parametrize("epoch", [2, 4, 6])
def test_a_killed_run_goes_on_with_the_same_numbers(tmp_path: Path, undisturbed: Progress, epoch: int) -> None:
    checkpoint, seen = tmp_path / ".mmd.checkpoint.npz", []
    killed_run(checkpoint, epoch)
    assert [path.name for path in tmp_path.iterdir()] == [checkpoint.name]
    assert same(run_of(checkpoint=checkpoint, notify=seen.append), undisturbed)
    assert seen == [done for done in (2, 4, 6) if done > epoch]


def test_a_run_killed_again_and_again(tmp_path: Path, undisturbed: Progress) -> None:
    for epoch in (2, 4, 6):
        killed_run(tmp_path / "c.npz", epoch)
    assert same(run_of(checkpoint=tmp_path / "c.npz"), undisturbed)


@pytest.mark.parametrize("loss", ["lqf", "kld"])
def test_exact_and_other_runs_go_on_too(tmp_path: Path, loss: str) -> None:
    run = replace(RUN, loss=loss, shots=None)
    killed_run(tmp_path / "c.npz", 4, run)
    assert same(run_of(run, tmp_path / "c.npz"), run_of(run))


def test_more_epochs_go_on_from_fewer(tmp_path: Path, undisturbed: Progress) -> None:
    run_of(replace(RUN, epochs=5), tmp_path / "c.npz")
    seen: list[int] = []
    assert same(run_of(RUN, tmp_path / "c.npz", seen.append), undisturbed)
    assert seen == [6]


def test_a_checkpoint_at_the_last_epoch_is_used(tmp_path: Path) -> None:
    killed_run(tmp_path / "c.npz", 4)
    seen: list[int] = []
    short = replace(RUN, epochs=4)
    assert same(run_of(short, tmp_path / "c.npz", seen.append), run_of(short))
    assert seen == []


def test_a_checkpoint_of_too_many_epochs_is_ignored(tmp_path: Path) -> None:
    killed_run(tmp_path / "c.npz", 6)
    short = replace(RUN, epochs=3)
    done = run_of(short, tmp_path / "c.npz")
    assert len(done.tvd) == 4
    assert same(done, run_of(short))


@pytest.mark.parametrize(
    "change",
    [
        *({"loss": "kld"}, {"repetition": 1}, {"seed": 1}, {"shots": 5}, {"experiment": "x"}),
        *({"inputs": "b"}, {"precision": "double"}, {"n_layers": 2}),
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_run_s_checkpoint_is_ignored(tmp_path: Path, undisturbed: Progress, change: dict[str, Any]) -> None:
    killed_run(tmp_path / "c.npz", 4, replace(RUN, **change))
    seen: list[int] = []
    assert same(run_of(RUN, tmp_path / "c.npz", seen.append), undisturbed)
    assert seen == [2, 4, 6]


def rewritten(path: Path, **arrays: Any) -> None:
    with np.load(path) as stored:
        kept = {name: stored[name] for name in stored.files}
    np.savez(path, **(kept | arrays))


def test_one_s_own_checkpoint_is_not_ignored(tmp_path: Path, undisturbed: Progress) -> None:
    """What is in it counts: the tests of ignored ones could fail."""
    killed_run(tmp_path / "c.npz", 4)
    rewritten(tmp_path / "c.npz", theta=np.zeros(MODEL.n_parameters))
    assert not same(run_of(checkpoint=tmp_path / "c.npz"), undisturbed)


def without(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "first half": lambda content: content[: len(content) // 2],
    "last byte lost": lambda content: content[:-1],
    "text": lambda content: b"epoch 4\n",
    "zeros": lambda content: bytes(len(content)),
    "a bit of theta": lambda content: without(content, content.index(b"theta.npy") + 200),
    "a shorter theta": lambda content: content.replace(b"'shape': (13,)", b"'shape': (11,)", 1),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_checkpoint_is_ignored(tmp_path: Path, undisturbed: Progress, kind: str) -> None:
    checkpoint = tmp_path / "c.npz"
    killed_run(checkpoint, 4)
    content = checkpoint.read_bytes()
    checkpoint.write_bytes(DAMAGE[kind](content))
    assert checkpoint.read_bytes() != content
    seen: list[int] = []
    assert same(run_of(checkpoint=checkpoint, notify=seen.append), undisturbed)
    assert seen == [2, 4, 6]


def test_a_checkpoint_without_its_arrays_is_ignored(tmp_path: Path, undisturbed: Progress) -> None:
    killed_run(tmp_path / "c.npz", 4)
    with np.load(tmp_path / "c.npz") as stored:
        identity = stored["run"]
    np.savez(tmp_path / "c.npz", run=identity)
    assert same(run_of(checkpoint=tmp_path / "c.npz"), undisturbed)
    np.save(tmp_path / "array.npy", np.zeros(3))
    assert same(run_of(checkpoint=tmp_path / "array.npy"), undisturbed)


def test_a_long_curve_cut_in_its_header_is_ignored(tmp_path: Path) -> None:
    """Reading it stops before the end, where the archive would compare the checksum."""
    path, run = tmp_path / "c.npz", replace(RUN, epochs=3000)
    curve = np.random.default_rng(1).random(2000).tolist()
    checkpoints.save(runs._identity(run), Progress(THETA, Adam.start(MODEL.n_parameters), curve, curve), path)
    kept = checkpoints.restore(runs._identity(run), run.epochs, path)
    assert kept is not None
    assert kept.tvd == curve
    content = path.read_bytes()
    assert content.count(b"'shape': (2000,)") == 2
    path.write_bytes(content.replace(b"'shape': (2000,)", b"'shape': (1000,)"))
    assert checkpoints.restore(runs._identity(run), run.epochs, path) is None


class Trap:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str]]:
        return Path.touch, (self.path,)  # type: ignore[return-value]


def test_a_checkpoint_is_never_unpickled(tmp_path: Path, undisturbed: Progress) -> None:
    checkpoint, trace = tmp_path / "c.npz", tmp_path / "trace"
    killed_run(checkpoint, 4)
    rewritten(checkpoint, theta=np.array([Trap(trace)], dtype=object))
    assert same(run_of(checkpoint=checkpoint), undisturbed)
    assert not trace.exists()
    with np.load(checkpoint, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def test_the_trap_works(tmp_path: Path) -> None:
    np.savez(tmp_path / "t.npz", theta=np.array([Trap(tmp_path / "trace")], dtype=object))
    with np.load(tmp_path / "t.npz", allow_pickle=True) as stored:
        assert stored["theta"].shape == (1,)
    assert (tmp_path / "trace").exists()
