"""Training: unbiased sampled gradients, the optimiser, and runs that go on after a kill with the same numbers."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import bornscape as bs
from bornscape.bitstrings.sampling import empirical
from bornscape.circuits import Circuit, Gate, line_circuit, primitives
from bornscape.losses.explicit import DEFINITIONS, ExplicitLoss
from bornscape.simulators.state_vector import probabilities, shifted_states, statevector
from bornscape.training import (
    Adam,
    Objective,
    Progress,
    TrainingRun,
    checkpoints,
    exact_gradient,
    gradient_signal,
    initial_angles,
    learning_rate,
    objective,
    runs,
    sampled_gradient,
    train,
)
from reference import Z_LIMIT, central_differences, z_score

Float = NDArray[np.float64]

MODEL = line_circuit(2, 1)
P = np.array([0.5, 0.0, 0.2, 0.3])
THETA = np.random.default_rng(1).uniform(0, 2 * np.pi, MODEL.n_parameters)
KINDS: dict[str, tuple[float, ...] | None] = {"mmd": (0.01, 0.5, 2.0), "lqf": None} | dict.fromkeys(DEFINITIONS)


def goal_of(kind: str, model: Circuit = MODEL, p: Float = P) -> Objective:
    return objective(model, p, kind, KINDS[kind])


def measured(goal: Objective, theta: Float) -> Float:
    return probabilities(goal.circuit, theta, initial=goal.initial)


# Objectives


@pytest.mark.parametrize("kind", KINDS)
def test_objectives_are_the_losses_of_their_names(kind: str) -> None:
    goal = goal_of(kind)
    q = probabilities(MODEL, THETA)
    expected = {
        "mmd": lambda: bs.mmd(q, P, KINDS["mmd"]),
        "lqf": lambda: bs.local_quantum_fidelity_loss(MODEL, THETA, P),
    }.get(kind, lambda: ExplicitLoss(kind, P, 1e-6)(q))
    assert goal.loss(measured(goal, THETA)) == pytest.approx(expected(), rel=1e-12)


def test_the_fidelity_measures_the_inverse_circuit_on_the_data_state() -> None:
    goal = goal_of("lqf")
    np.testing.assert_allclose(goal.initial, np.sqrt(P))
    assert not np.allclose(measured(goal, THETA), probabilities(MODEL, THETA))
    assert goal_of("mmd").circuit is MODEL
    assert goal_of("mmd").initial is None


def test_the_clipping_value_is_the_caller_s() -> None:
    q = np.array([0.0, 0.5, 0.25, 0.25])
    coarse, fine = (objective(MODEL, P, "kld", epsilon=epsilon).loss(q) for epsilon in (1e-3, 1e-6))
    assert fine - coarse == pytest.approx(0.5 * np.log(1e3))


@pytest.mark.parametrize("bandwidth", [None, ()])
def test_an_mmd_without_bandwidth_is_an_error(bandwidth: Any) -> None:
    with pytest.raises(ValueError, match="loss mmd: expected a bandwidth"):
        objective(MODEL, P, "mmd", bandwidth)


def test_an_unknown_loss_is_named() -> None:
    with pytest.raises(ValueError, match="'kdl'"):
        objective(MODEL, P, "kdl")


# Gradients


@pytest.mark.parametrize("kind", KINDS)
def test_the_exact_gradient_agrees_with_finite_differences(kind: str) -> None:
    goal = goal_of(kind)
    gradient, loss = exact_gradient(goal, THETA)
    expected = central_differences(lambda theta: goal.loss(measured(goal, theta)), THETA, 1e-6)
    np.testing.assert_allclose(gradient, expected, rtol=1e-5, atol=1e-7)
    assert loss == pytest.approx(goal.loss(measured(goal, THETA)), rel=1e-12)


def largest_z(values: Float, expected: Float) -> float:
    """Largest deviation, in standard errors, of the means of columns that vary; the others must be equal."""
    varies = values.std(axis=0) > 0
    np.testing.assert_array_equal(values[:, ~varies], 0 * values[:, ~varies])
    np.testing.assert_allclose(expected[~varies], 0, atol=1e-14)
    return max(abs(z_score(values[:, k], expected[k])) for k in np.flatnonzero(varies))


def gradients(kind: str, shots: int, repeats: int) -> Float:
    rng, goal = np.random.default_rng(5), goal_of(kind)
    return np.array([sampled_gradient(goal, THETA, shots, rng, "double")[0] for _ in range(repeats)])


@pytest.mark.parametrize(("kind", "shots"), [("lqf", 1), ("lqf", 5), ("mmd", 1), ("mmd", 5)])
def test_sampled_gradients_are_unbiased(kind: str, shots: int) -> None:
    """1000 estimates against the exact gradient, at most 11 angles: false alarm 7e-6 each.

    For a loss linear in the measured distribution at any number of shots. For the MMD too, because its slope is
    linear in q, and the slope and either shifted circuit have shots of their own.
    """
    expected, _ = exact_gradient(goal_of(kind), THETA)
    found = gradients(kind, shots, 1000)
    assert largest_z(found, expected) < Z_LIMIT
    assert largest_z(found, 3 * expected) > Z_LIMIT


def test_the_sampled_gradient_of_the_kld_is_biased() -> None:
    """Its slope -p/q is not linear in q: the test above can fail."""
    assert largest_z(gradients("kld", 5, 1000), exact_gradient(goal_of("kld"), THETA)[0]) > Z_LIMIT


def test_shifting_the_mmd_itself_is_no_gradient() -> None:
    """The mistake that the sampled gradient avoids: the shift rule holds for q, not for a loss quadratic in it."""
    goal = goal_of("mmd")
    psi, naive = statevector(MODEL, THETA), np.zeros(MODEL.n_parameters)
    for shifted in shifted_states(MODEL, THETA):
        plus, minus = shifted.probabilities(psi)
        naive[shifted.angle] = (goal.loss(plus) - goal.loss(minus)) / 2
    assert np.abs(naive - exact_gradient(goal, THETA)[0]).max() > 0.01


def test_the_sampled_gradient_of_a_shared_angle_is_unbiased() -> None:
    """An angle that two gates use, one of them inverted: 2 z-tests, false alarm 1e-6."""
    gates = (
        *(Gate("RY", (0,), (0,)), Gate("RX", (1,), (1,)), Gate("CNOT", (0, 1))),
        *(Gate("RY", (1,), (0,), inverse=True), Gate("RX", (0,), (1,))),
    )
    circuit, rng = Circuit(2, 2, gates), np.random.default_rng(6)
    goal = objective(circuit, P, "mmd", (1.0,))
    theta = np.array([0.7, 2.1])
    values = np.array([sampled_gradient(goal, theta, 4, rng)[0] for _ in range(1000)])
    assert largest_z(values, exact_gradient(goal, theta)[0]) < Z_LIMIT


@pytest.mark.parametrize(("kind", "biased"), [("lqf", False), ("mmd", True)])
def test_the_estimated_loss_is_that_of_the_empirical_distribution(kind: str, biased: bool) -> None:
    """Unbiased where the loss is linear (false alarm 6e-7); the MMD keeps the pairs of a shot with itself."""
    rng, goal = np.random.default_rng(7), goal_of(kind)
    losses = [sampled_gradient(goal, THETA, 5, rng)[1] for _ in range(1000)]
    z = abs(z_score(losses, exact_gradient(goal, THETA)[1]))
    assert (z > Z_LIMIT) == biased


def test_the_unshifted_circuit_is_measured_first() -> None:
    goal = goal_of("mmd")
    _, loss = sampled_gradient(goal, THETA, 20, np.random.default_rng(8), "double")
    seen = empirical(measured(goal, THETA), 20, np.random.default_rng(8))
    assert loss == pytest.approx(goal.loss(seen), rel=1e-9)


# Angles that cannot matter


def inert_angles(goal: Objective) -> set[int]:
    return {primitives(goal.circuit.gates[k])[j].angles[0] for k, j in goal.inert}


def moved(goal: Objective, theta: Float, angle: int) -> float:
    """How far the measured distribution moves, in total variation, when one angle does."""
    other = theta.copy()
    other[angle] += 1.3
    return float(np.abs(measured(goal, other) - measured(goal, theta)).sum())


@pytest.mark.parametrize(("n", "layers"), [(1, 0), (3, 0), (3, 1), (2, 3)])
@pytest.mark.parametrize("kind", ["mmd", "lqf"])
def test_inert_angles_do_not_move_the_measured_distribution_and_others_do(kind: str, n: int, layers: int) -> None:
    model = line_circuit(n, layers)
    rng = np.random.default_rng(9)
    goal = goal_of(kind, model, rng.dirichlet(np.ones(2**n)))
    theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
    inert = inert_angles(goal)
    # The model starts in |0> and is measured: its first and its last RZ do nothing; its inverse starts elsewhere.
    assert len(inert) == (2 * n if kind == "mmd" else n)
    for angle in range(model.n_parameters):
        distance = moved(goal, theta, angle)
        assert distance < 1e-14 if angle in inert else distance > 1e-4, angle


@pytest.mark.parametrize("kind", ["mmd", "lqf"])
def test_the_sampled_gradient_is_0_at_inert_angles_only(kind: str) -> None:
    goal = goal_of(kind)
    found = gradients(kind, 50, 20)
    zero = set(np.flatnonzero((found == 0).all(axis=0)))
    assert zero == inert_angles(goal)


def test_without_the_list_inert_angles_get_noise() -> None:
    class Blind(Objective):
        inert = frozenset()  # type: ignore[assignment]

    goal = goal_of("mmd")
    blind = Blind(goal.circuit, goal.initial, goal.loss)
    gradient, _ = sampled_gradient(blind, THETA, 50, np.random.default_rng(1))
    assert np.abs(gradient[sorted(inert_angles(goal))]).max() > 0


# The optimiser


def test_two_steps_of_adam_by_hand() -> None:
    adam = Adam.start(2)
    first = adam.step(np.array([1.0, -2.0]), 0.1)
    # One step: both moments are the gradient and its square, so the step is the rate against the sign.
    np.testing.assert_allclose(first, [-0.1 / (1 + 1e-8), 0.1 * 2 / (2 + 1e-8)], rtol=1e-12)
    second = adam.step(np.array([0.5, 1.0]), 0.2)
    mean = np.array([0.09 * 1.0 + 0.1 * 0.5, 0.09 * -2.0 + 0.1 * 1.0]) / (1 - 0.81)
    square = np.array([0.000999 * 1.0 + 0.001 * 0.25, 0.000999 * 4.0 + 0.001 * 1.0]) / (1 - 0.998001)
    np.testing.assert_allclose(second, -0.2 * mean / (np.sqrt(square) + 1e-8), rtol=1e-12)
    assert adam.steps == 2


def test_adam_leaves_inert_angles_where_they_are() -> None:
    adam = Adam.start(2)
    for _ in range(3):
        assert adam.step(np.array([1.0, 0.0]), 0.1)[1] == 0


@pytest.mark.parametrize(
    ("epoch", "rate"), [(0, 0.01), (200, 0.01 / np.e), (1381, 0.01 * np.exp(-6.905)), (1382, 1e-5), (10**6, 1e-5)]
)
def test_learning_rate(epoch: int, rate: float) -> None:
    assert learning_rate(epoch) == pytest.approx(rate, rel=1e-12)


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


@pytest.mark.parametrize("loss", ["mmd", "lqf", "kld"])
@pytest.mark.parametrize("shots", [None, 6])
def test_the_curves_of_a_run(loss: str, shots: int | None) -> None:
    run = replace(RUN, loss=loss, shots=shots)
    done = run_of(run)
    start = initial_angles(run, MODEL)
    assert len(done.tvd) == run.epochs + 1
    assert len(done.estimates) == done.epoch == done.adam.steps == run.epochs
    # Also for the fidelity, which measures another circuit, the TVD is the model's.
    assert done.tvd[0] == pytest.approx(np.abs(probabilities(MODEL, start) - P).sum(), rel=1e-12)
    assert done.tvd[-1] == pytest.approx(np.abs(probabilities(MODEL, done.theta) - P).sum(), rel=1e-12)
    assert len(set(done.tvd)) == run.epochs + 1


def test_a_run_repeats_itself(undisturbed: Progress) -> None:
    assert same(run_of(), undisturbed)
    for change in ({"seed": 1}, {"repetition": 1}, {"experiment": "other"}, {"shots": 7}):
        assert not same(run_of(replace(RUN, **change)), undisturbed)


@pytest.mark.parametrize("kind", ["mmd", "lqf", "kld"])
def test_the_exact_path_lowers_the_loss(kind: str) -> None:
    run = replace(RUN, loss=kind, shots=None, epochs=40)
    done = run_of(run)
    goal = goal_of(kind)
    assert done.estimates[0] == pytest.approx(goal.loss(measured(goal, initial_angles(run, MODEL))), rel=1e-12)
    assert done.estimates[-1] < 0.9 * done.estimates[0]
    # Steps of 0.01 a parameter are small: hardly any goes up.
    assert np.mean(np.diff(done.estimates) < 0) > 0.9


def test_shots_lower_the_loss_too() -> None:
    done = run_of(replace(RUN, shots=100, epochs=40))
    goal = goal_of("mmd")
    first, last = (goal.loss(measured(goal, theta)) for theta in (initial_angles(RUN, MODEL), done.theta))
    assert last < 0.9 * first


def test_every_epoch_has_shots_and_a_rate_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """With rates of 0 the angles stay, and only the shots can change the estimates."""
    epochs: list[int] = []
    monkeypatch.setattr(runs, "learning_rate", lambda epoch: epochs.append(epoch) or 0.0)
    done = run_of()
    assert epochs == list(range(RUN.epochs))
    assert len(set(done.tvd)) == 1
    assert len(set(done.estimates)) > 1


def test_the_first_step_is_as_long_as_the_rate() -> None:
    run = replace(RUN, epochs=1, shots=None)
    steps = np.abs(run_of(run).theta - initial_angles(run, MODEL))
    np.testing.assert_allclose(steps[steps > 1e-3], 0.01, rtol=1e-3)
    assert (steps > 1e-3).sum() == MODEL.n_parameters - len(inert_angles(goal_of("mmd")))


def test_initial_angles_are_paired_over_losses() -> None:
    start = initial_angles(RUN, MODEL)
    assert start.shape == (MODEL.n_parameters,)
    assert ((start >= 0) & (start < 2 * np.pi)).all()
    for change in ({"loss": "kld"}, {"epochs": 99}, {"shots": None}, {"inputs": "b"}, {"precision": "double"}):
        np.testing.assert_array_equal(initial_angles(replace(RUN, **change), MODEL), start)
    for change in ({"experiment": "x"}, {"repetition": 1}, {"seed": 1}, {"n_layers": 2}):
        assert not np.array_equal(initial_angles(replace(RUN, **change), MODEL), start)


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


# Starts, batches and clipping


def test_a_start_at_the_marginals_has_them() -> None:
    p = np.random.default_rng(5).dirichlet(np.ones(8))
    model = line_circuit(3, 2)
    run = replace(RUN, start="marginals", n_layers=2)
    q = probabilities(model, initial_angles(run, model, p))
    for i in range(3):
        ones = [v.reshape(2**i, 2, -1)[:, 1].sum() for v in (p, q)]
        # The other angles are about NEAR each: what they add is of first order in them.
        assert ones[1] == pytest.approx(ones[0], abs=6 * runs.NEAR)
    far = probabilities(model, initial_angles(replace(run, start="uniform"), model, p))
    assert np.abs(far - p).max() > np.abs(q - p).max()


def test_a_start_near_the_identity_stays_near_zero() -> None:
    model = line_circuit(3, 2)
    q = probabilities(model, initial_angles(replace(RUN, start="near_identity", n_layers=2), model))
    assert q[0] > 0.9


@pytest.mark.parametrize("start", ["marginals", "zero"])
def test_an_impossible_start_is_an_error(start: Any) -> None:
    with pytest.raises(ValueError, match="start: expected 'uniform', 'near_identity' or 'marginals'"):
        initial_angles(replace(RUN, start=start), MODEL)


@pytest.mark.parametrize("shots", [3, 40])
def test_a_batch_is_the_mean_of_independent_estimates(shots: int) -> None:
    """Same mean, a variance smaller by the batch: on both ways of drawing (few and many outcomes a shot)."""
    goal, repeats = goal_of("mmd", line_circuit(4, 1), np.eye(16)[3]), 400
    theta = np.random.default_rng(2).uniform(0, 2 * np.pi, goal.circuit.n_parameters)
    exact, _ = exact_gradient(goal, theta)
    single, mean = (
        np.array(
            [sampled_gradient(goal, theta, shots, np.random.default_rng((k, b)), batch=b)[0] for k in range(repeats)]
        )
        for b in (1, 8)
    )
    moved = single.var(axis=0) > 0
    scores = (mean.mean(axis=0) - exact)[moved] / (mean.std(axis=0, ddof=1)[moved] / np.sqrt(repeats))
    assert np.abs(scores).max() < Z_LIMIT
    ratio = single.var(axis=0)[moved] / mean.var(axis=0)[moved]
    # A ratio of variances of 400 each strays by 10 % (one standard deviation).
    assert 6 < np.median(ratio) < 10.5


def test_clipping_bounds_the_gradient_that_adam_sees(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Float] = []
    step = Adam.step
    monkeypatch.setattr(Adam, "step", lambda self, g, rate: seen.append(g) or step(self, g, rate))
    goal = goal_of("kld")
    train(replace(RUN, shots=None, epochs=1), MODEL, P, goal)
    train(replace(RUN, shots=None, epochs=1, clip=0.01), MODEL, P, goal)
    assert np.abs(seen[0]).max() > 0.01
    np.testing.assert_array_equal(seen[1], np.clip(seen[0], -0.01, 0.01))


def test_the_signal_of_a_gradient() -> None:
    goal = goal_of("mmd")
    few, many = (gradient_signal(goal, THETA, shots, np.random.default_rng(3), repeats=60) for shots in (50, 5000))
    assert few.norm == many.norm == pytest.approx(np.linalg.norm(exact_gradient(goal, THETA)[0]))
    assert many.ratio / few.ratio == pytest.approx(10, rel=0.35)
