"""What is learned, and what a model is held against."""

import numpy as np
import pytest

from bornscape.training import Task, generalisation, negative_log, task

P = np.array([0.5, 0.25, 0.25, 0.0])


def test_the_negative_logarithm_by_hand() -> None:
    weights = np.array([np.log(2), np.log(4), np.log(4), np.log(1e6)])
    np.testing.assert_allclose(negative_log(P, 1e-6), weights / weights.sum())
    assert (negative_log(P, 1e-6) > 0).all()


def test_a_task_without_changes_is_the_target() -> None:
    held = task(P, None, None, 1e-6, np.random.default_rng(0))
    assert held.true is P
    assert held.seen is P


def test_a_training_set_has_its_size_and_only_valid_strings() -> None:
    held = task(P, None, 40, 1e-6, np.random.default_rng(0))
    assert held.true is P
    np.testing.assert_allclose(held.seen * 40, np.rint(held.seen * 40))
    assert held.seen.sum() == pytest.approx(1)
    assert held.seen[3] == 0


def test_generalisation_by_hand() -> None:
    held = Task(true=P, seen=np.array([0.5, 0.5, 0.0, 0.0]))
    found = generalisation(held, np.array([0.25, 0.25, 0.375, 0.125]))
    assert found.tvd_seen == pytest.approx(0.25 + 0.25 + 0.375 + 0.125)
    assert found.tvd_true == pytest.approx(0.25 + 0 + 0.125 + 0.125)
    assert found.unseen_valid == 0.375
    assert found.unseen_true == 0.25


def test_a_model_that_learnt_the_data_has_the_data_s_unseen_mass() -> None:
    held = Task(true=P, seen=np.array([1.0, 0, 0, 0]))
    found = generalisation(held, P)
    assert (found.tvd_true, found.unseen_valid) == (0, found.unseen_true)
