"""The benchmarks run, compare results, and say so when one is wrong; no test here depends on a time."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from benchmarks import (
    default_run,
    draws,
    gradients,
    kernel_matrix,
    limit,
    on_gpu,
    page,
    results,
    sampled_epochs,
    samples,
    timing,
)
from benchmarks.peers import Epoch, Peer
from benchmarks.work import Size

ROOT = Path(__file__).parents[2]
SIZE = Size(3, 2)


@pytest.mark.parametrize("name", page.PAGES)
def test_the_committed_page_is_the_committed_table(name: str) -> None:
    committed = ROOT / f"benchmarks/{name}.csv"
    machine = json.loads(committed.with_suffix(".json").read_text(encoding="utf-8"))
    text = page.PAGES[name].read_text(encoding="utf-8")
    assert page.filled(text, page.tables(pd.read_csv(committed), machine)) == text


def test_a_target_missed_by_little_is_not_shown_as_met() -> None:
    texts = {"part": "draws", "case": "(2,2)", "precision": "double", "who": "other", "version": "", "note": ""}
    numbers = {"median_ms": 1.0, "q1_ms": 1.0, "q3_ms": 1.0, "target": 2.0}
    rows = [texts | numbers | {"ratio": ratio, "met": met} for ratio, met in ((1.998, "missed"), (2.002, "met"))]
    text = page.tables(pd.DataFrame(rows), {})
    assert "- Draws, (2,2): 1.998 times ahead of other, not 2." in text
    assert "| 1.998 | missed (2) |" in text
    assert "| 2 | met (2) |" in text


@pytest.fixture(autouse=True)
def no_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it times anything a benchmark collects garbage: among what all tests hold that takes a second."""
    monkeypatch.setattr(timing.gc, "collect", lambda: 0)


def broken(call: Callable[[NDArray], NDArray]) -> Callable[[NDArray], NDArray]:
    return lambda thetas: np.roll(call(thetas), 1, axis=-1)


@pytest.mark.parametrize("wrong", [False, True])
def test_wrong_probabilities_are_caught(wrong: bool) -> None:
    """The least significant bit first, say, or a turned sign: a faster wrong answer is no answer."""
    right = draws.ours(SIZE, "double")
    peer = Peer("other", "numpy", "numpy", lambda *_: broken(right) if wrong else right)
    if wrong:
        with pytest.raises(results.WrongResultError, match=r"draws \(3,2\) double: other is"):
            draws.measure(SIZE, "double", 0.0, [peer])
    else:
        assert [row.who for row in draws.measure(SIZE, "double", 0.0, [peer])] == [
            "bornscape",
            "bornscape, batch",
            "other",
        ]


class OneProcess:
    """Stands in for a pool of processes."""

    def starmap(self, function: Callable[..., None], tasks: list[tuple], chunksize: int) -> list[None]:
        return [function(*task) for task in tasks]


@pytest.mark.parametrize("part", on_gpu.WORK)
@pytest.mark.parametrize("wrong", [False, True])
def test_a_wrong_result_from_a_gpu_is_caught(part: str, wrong: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    one = on_gpu.ours(part, SIZE, "double")
    call = broken(lambda _: one.call()) if wrong else lambda _: one.call()
    found = {"other": on_gpu.Contender(lambda: call(np.empty(0)), one.units)}
    monkeypatch.setattr(on_gpu, "on_the_gpu", lambda *_: iter(found.items()))
    monkeypatch.setattr(on_gpu, "BUSY", 0.0)
    if wrong:
        with pytest.raises(results.WrongResultError, match=f"{part} .*other is"):
            on_gpu.measure(part, SIZE, "double", 0.0, 2, OneProcess())
    else:
        rows = on_gpu.measure(part, SIZE, "double", 0.0, 2, OneProcess())
        assert [row.who for row in rows] == ["bornscape", "bornscape, 2 cores", "other"]


def test_wrong_gradients_are_caught() -> None:
    peer = Peer("other", "numpy", "numpy", None, lambda *given: broken(gradients.ours(*given)))
    with pytest.raises(results.WrongResultError, match="gradient kld"):
        gradients.measure(SIZE, "kld", 0.0, [peer])


def test_a_wrong_mmd_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "numpy_kernel", lambda x, y, s: np.ones((len(x), len(y))))
    with pytest.raises(results.WrongResultError, match="NumPy kernel matrix"):
        samples.measure(5, 20, 0.0)


def by_hand(sign: int) -> Peer:
    """A rival that samples the circuit with NumPy; of sign -1 its shifts go the wrong way."""
    one = draws.ours(SIZE, "double")

    def epochs(size: Size, shots: int) -> Epoch:
        def epoch(theta: NDArray, slope_of: Callable[[NDArray], NDArray], seed: int) -> NDArray:
            rng = np.random.default_rng(seed)

            def seen(angles: NDArray) -> NDArray:
                return rng.multinomial(shots, one(angles[None])[0]) / shots

            slope, found = slope_of(seen(theta)), np.empty(len(theta))
            for k, turn in enumerate(np.eye(len(theta)) * sign * np.pi / 2):
                found[k] = slope @ (seen(theta + turn) - seen(theta - turn)) / 2
            return found

        return epoch

    return Peer("other", "numpy", "numpy", epochs=epochs)


def test_a_wrong_sampled_epoch_is_caught() -> None:
    """At 10000 shots the wrong sign is many standard errors away."""
    rows = sampled_epochs.measure(SIZE, 10000, 0.0, [by_hand(1)])
    assert [row.who for row in rows] == ["bornscape", "other"]
    assert all(row.difference < sampled_epochs.ALLOWED for row in rows)
    with pytest.raises(results.WrongResultError, match=r"sampled epoch \(3,2\) 10000 shots: other is"):
        sampled_epochs.measure(SIZE, 10000, 0.0, [by_hand(-1)])


def test_kernel_matrix_by_hand() -> None:
    half = np.exp(-1 / 3)
    expected = [[1, half, half, half**2], [half, 1, half**2, half], [half, half**2, 1, half], [half**2, half, half, 1]]
    np.testing.assert_allclose(kernel_matrix.kernel_matrix(2, 1.5), expected)
    with pytest.raises(ValueError, match="at most 12"):
        kernel_matrix.kernel_matrix(13, 1.0)


def test_bytes_and_flops_by_hand() -> None:
    """Two qubits, one layer: 4 Rots, 1 RY and 2 CNOTs on 4 amplitudes."""
    assert limit.work_of(Size(2, 1)) == (4 * (32 * 5 + 16 * 2), 4 * (6 + 14 * 4))


def test_calls_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SHORTEST", 0.0)
    order: list[str] = []
    found = timing.take_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 0.0)
    assert order[:4] == ["a", "b", "a", "b"]
    assert {times.rounds for times in found.values()} == {timing.LEAST_ROUNDS}


def test_fast_calls_are_repeated_until_a_round_is_long_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "_seconds", lambda call, repeats: 1.1 * timing.SHORTEST / 8)
    assert timing._repeats(lambda: None) == 8
    monkeypatch.setattr(timing, "_seconds", lambda call, repeats: 1.1 * timing.SHORTEST)
    assert timing._repeats(lambda: None) == 1


def test_jobs_in_time(tmp_path: Path) -> None:
    import os

    folder = tmp_path / "benchmarks/rule"
    folder.mkdir(parents=True)
    for name, seconds, end in (("a", 3.0, 1000.0), ("b", 5.0, 1002.5)):
        (folder / f"{name}.tsv").write_text(f"s\tcpu_time\n{seconds}\t1.0\n", encoding="utf-8")
        os.utime(folder / f"{name}.tsv", (end, end))
    assert sorted(default_run.spans(tmp_path)) == [(997.0, 1000.0), (997.5, 1002.5)]
    assert list(default_run.rows(True, 0.0, tmp_path)) == []


def test_every_rule_has_a_kind_of_start_up() -> None:
    assert default_run.kind_of("draw") == "draw"
    assert default_run.kind_of("synthetic_targets") == ""


def test_an_epoch_s_shots_beside_the_generator_s_words() -> None:
    """(2,1): 13 angles, of which the first turn about Z of each qubit and the last one change nothing measured."""
    assert limit.shots_of(Size(2, 1), 10) == 10 * (1 + 2 * (13 - 4))
    words, epoch = limit.random_share(Size(2, 1), 10, 0.0)
    assert "million words/s" in words.note
    assert epoch.ratio == pytest.approx(words.median_ms / epoch.median_ms)
    assert 0 < epoch.ratio < 1
