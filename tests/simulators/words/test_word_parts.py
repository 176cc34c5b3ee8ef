"""Words in parts by hand, and the products and derivatives of their means against plain loops."""

from __future__ import annotations

import numpy as np

from bornscape.circuits import Circuit, Gate
from bornscape.circuits.cones import Cones
from bornscape.simulators.words.word_parts import Parts, stretches


def test_stretches_are_the_ends_of_cones() -> None:
    cones = Cones(Circuit(5, 0, (Gate("CNOT", (4, 1)), Gate("Hadamard", (2,)))))
    first, last = stretches(cones, [4, 2, 0])
    assert (first.tolist(), last.tolist()) == ([1, 2, 0], [4, 2, 0])


def test_wires_are_together_while_their_stretches_overlap() -> None:
    words = np.array([[0, 0, 0, 0, 0], [1, 0, 0, 1, 0], [1, 1, 0, 0, 1], [0, 0, 0, 1, 1]], dtype=np.uint8)
    # Wire 4 reaches back over all others, in whatever order the wires are listed.
    parts = Parts.of(words, np.array([0, 1, 2, 3, 0]), np.array([1, 1, 2, 4, 4]))
    found = [sorted(parts.words[k].tolist() for k in row if k < len(parts.words)) for row in parts.table]
    apart = [[0, 0, 0, 1, 0], [1, 0, 0, 0, 0]]
    assert found == [[], apart, [[1, 1, 0, 0, 1]], [[0, 0, 0, 1, 1]]]


def test_products_and_shares_are_those_of_loops() -> None:
    rng = np.random.default_rng(0)
    words = (rng.random((50, 12)) < 0.4).astype(np.uint8)
    parts = Parts.of(words, np.arange(12) // 2 * 2, np.arange(12) // 2 * 2 + 1)
    assert len(parts.words) <= 18
    means, weights = rng.standard_normal(len(parts.words)), rng.standard_normal(50)
    of = {tuple(part): mean for part, mean in zip(parts.words.tolist(), means, strict=True)}

    def value(shift: dict[tuple[int, ...], float]) -> list[float]:
        pairs = [[np.where(np.arange(12) // 2 == k, word, 0) for k in range(6)] for word in words]
        kept = [[tuple(part.tolist()) for part in own if part.any()] for own in pairs]
        return [float(np.prod([of[part] + shift.get(part, 0.0) for part in own])) for own in kept]

    np.testing.assert_allclose(parts.products(means), value({}), rtol=1e-12)
    shares = parts.shares(means, weights)
    for part, share in zip(parts.words.tolist(), shares, strict=True):
        # Products are linear in each factor.
        change = np.array(value({tuple(part): 1.0})) - value({})
        np.testing.assert_allclose(share, weights @ change, rtol=1e-9, atol=1e-12)


def test_no_words_have_no_parts() -> None:
    parts = Parts.of(np.zeros((0, 3), dtype=np.uint8), np.arange(3), np.arange(3))
    assert parts.words.shape == (0, 3)
    assert parts.products(np.zeros(0)).shape == (0,)
