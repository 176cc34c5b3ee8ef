"""What jobs ask for."""

from __future__ import annotations

import pytest

from bornscape.planning.job_resources import memory, minutes, state_seconds, threads_of, training_seconds


def test_draws_at_20_qubits_ask_for_less_than_a_gibibyte() -> None:
    assert memory(20) < 1024


def test_sizes_without_state_vectors_ask_for_no_more_than_the_largest_with() -> None:
    assert memory(0) < memory(14) < memory(20) == memory(1000)


def test_a_state_that_is_held_is_asked_for_whatever_its_size() -> None:
    """16 vectors of 2^24 numbers of 16 bytes are 4 GiB."""
    assert memory(24, largest=24) == memory(0) + 4096
    assert [threads_of(n) for n in (0, 19, 20, 24)] == [1, 1, 2, 2]


def test_time_grows_with_what_it_depends_on() -> None:
    assert minutes(0) < minutes(600) < minutes(6000)
    assert state_seconds(20, 12, 25) == pytest.approx(100, rel=0.1)
    assert state_seconds(16, 12, 50) == 2 * state_seconds(16, 12, 25)
    assert training_seconds(16, 4, 100, 1000) == pytest.approx(63, rel=0.1)
    assert training_seconds(12, 12, 1500, 10000) > training_seconds(12, 12, 1500, None)
    assert training_seconds(12, 0, 10, 100) > 0
