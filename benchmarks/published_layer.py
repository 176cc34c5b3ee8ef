"""Which layer has the published variances? Pilot behind docs/measured/published-layer.md.

    python -m benchmarks.published_layer > docs/measured/published-layer.md

Var[MMD] (s = n/4), Var[KLD] and Var[LQF] over uniform angles, in units of the values read off Figs. 7, 2 and 8, for a
few layers that a reader of Eq. 53 could have in mind.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit, Gate, adjoint
from bornscape.datasets import synthetic_target
from bornscape.losses.explicit import kl_divergence
from bornscape.losses.fidelity import data_state, local_fidelity_values
from bornscape.losses.mmd import mmd
from bornscape.published import published_curves
from bornscape.seeds import generator
from bornscape.simulators.state_vector import probabilities

SEED, DRAWS = 53, 1000
SIZES, DATASETS, LAYERS = (6, 8), ("ghz", "cardinality"), (0, 1, 2, 4, 8)
FIGURES = {"7": "mmd", "2": "kld", "8": "lqf"}

Entangler = Callable[[int, int, int], list[Gate]]
"""Gates of a pair (i, j) whose angle, if it has one, is the given one."""

ENTANGLERS: dict[str, Entangler] = {
    "CX RY CX (Eq. 53)": lambda i, j, k: [Gate("CNOT", (i, j)), Gate("RY", (i,), (k,)), Gate("CNOT", (i, j))],
    "CX": lambda i, j, k: [Gate("CNOT", (i, j))],
    "RY CX": lambda i, j, k: [Gate("RY", (i,), (k,)), Gate("CNOT", (i, j))],
}
ROTATIONS = {"RZ RY RZ": ("RZ", "RY", "RZ"), "RX RZ RX": ("RX", "RZ", "RX")}
"""Gates on every qubit before the first layer and after each, in order of use."""

HEAD = """# The published layer

Variances of circuits with a few layers that a reader of Eq. 53 could have in mind, in units of the
values read off Fig. 7 (MMD, s = n/4), Fig. 2 (KLD) and Fig. 8 (LQF): 1 is agreement. {draws} draws
of uniform angles a cell, known to about {error:.0%} each. The published points scatter as well, and
they share their draws between figures. "-": not drawn in the paper. Made by
`python -m benchmarks.published_layer`.

As printed, Eq. 53 entangles less than the published layer, and by more the more layers there are.
CX alone, between rotations RX RZ RX, is the nearest at 2, 4 and 8 layers in all three figures. None
of these agrees with Fig. 7 at 0 and at 1 layers. So the published layer is not known, but a whole
CX without its undoing is what the published variances ask for.

| data | n | entangler | rotations | figure | {layers} |
| --- | --- | --- | --- | --- | {rules} |"""


def circuit(n: int, layers: int, entangler: Entangler, rotations: tuple[str, ...]) -> Circuit:
    """Rotations on every qubit, then layers: an entangler on the pairs of a line, the first first, and rotations."""
    gates: list[Gate] = []
    used = 0
    for layer in range(layers + 1):
        for i in range(n - 1 if layer else 0):
            gates += entangler(i, i + 1, used)
            used += 1
        for i in range(n):
            gates += [Gate(name, (i,), (used + place,)) for place, name in enumerate(rotations)]
            used += len(rotations)
    return Circuit(n, used, tuple(gates))


def variances(model: Circuit, p: Float, rng: np.random.Generator) -> dict[str, float]:
    """Variance of each loss over uniform angles."""
    n, back = model.n_qubits, adjoint(model)
    shares, state = local_fidelity_values(n), data_state(p)
    values = []
    for _ in range(DRAWS):
        theta = rng.uniform(0, 2 * np.pi, model.n_parameters)
        q = probabilities(model, theta)
        values.append(
            (mmd(q, p, n / 4), kl_divergence(p, q, 1e-300), shares @ probabilities(back, theta, initial=state))
        )
    return dict(zip(("mmd", "kld", "lqf"), np.var(values, axis=0), strict=True))


def published(figure: str, dataset: str, n: int) -> dict[float, float]:
    """Exact variances of a figure by number of layers."""
    rows = published_curves(figure)
    rows = rows[(rows["dataset"] == dataset) & (rows["n_qubits"] == n) & rows["shots"].isna()]
    return rows[rows["loss"] == FIGURES[figure]].set_index("n_layers")["y"].to_dict()


def main() -> None:
    """Print the page."""
    rules = " | ".join("---" for _ in LAYERS)
    layers = " | ".join(f"L = {layer}" for layer in LAYERS)
    print(HEAD.format(draws=DRAWS, error=np.sqrt(3 / DRAWS), layers=layers, rules=rules))
    for dataset in DATASETS:
        for n in SIZES:
            p = synthetic_target(dataset, n, np.random.default_rng(0)).dense()
            for name, entangler in ENTANGLERS.items():
                for rotations, gates in ROTATIONS.items():
                    rng = generator(SEED, "published layer", dataset, n, name, rotations)
                    found = {layer: variances(circuit(n, layer, entangler, gates), p, rng) for layer in LAYERS}
                    for figure, loss in FIGURES.items():
                        theirs = published(figure, dataset, n)
                        cells = [f"{found[k][loss] / theirs[k]:.2f}" if k in theirs else "-" for k in LAYERS]
                        print(
                            f"| {dataset} | {n} | {name} | {rotations} | {figure} | {' | '.join(cells)} |", flush=True
                        )


if __name__ == "__main__":
    main()
