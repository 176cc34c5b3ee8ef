"""What the tool says of ten models as others describe them: docs/measured/ten-models.md.

python -m benchmarks.ten_models > docs/measured/ten-models.md
"""

from __future__ import annotations

import math
from collections.abc import Callable
from textwrap import fill
from typing import Any, NamedTuple

import numpy as np
import pennylane as qml
from numpy.typing import NDArray
from scipy import stats

import bornscape as bs

SHOTS = 1000
DRAWS = 200
SAMPLES = 2000

HEAD = f"""# Ten models as others describe them

Circuits and data sets from public descriptions, built as a newcomer would, each asked by one call
of `bs.trainability` at {SHOTS} shots, from uniform angles unless it says otherwise, {DRAWS} draws at each
size. Made by `python -m benchmarks.ten_models`. Verdicts are explained in [Is my model
trainable?](../use/your-own-model.md#what-the-verdict-means)

| model | data | loss | qubits | verdict | resamples that agree | at the largest size | draws that would decide |
| --- | --- | --- | --- | --- | --- | --- | --- |"""


def bars_and_stripes(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Images of equal rows or of equal columns, the most nearly square shape of n pixels."""
    rows = max(k for k in range(1, int(n**0.5) + 1) if n % k == 0)
    columns = n // rows
    bars = np.repeat(rng.integers(0, 2, (SAMPLES, rows, 1)), columns, axis=2)
    stripes = np.repeat(rng.integers(0, 2, (SAMPLES, 1, columns)), rows, axis=1)
    return np.where(rng.random((SAMPLES, 1, 1)) < 0.5, bars, stripes).reshape(SAMPLES, n)


def ising_chain(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Spins +1 and -1 of an open chain at coupling 0.5 over temperature: neighbours agree with e / (e + 1/e)."""
    agree = np.where(rng.random((SAMPLES, n)) < 1 / (1 + np.exp(-1.0)), 1, -1)
    return np.cumprod(agree, axis=1)


def log_normal(n: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Binary digits of a log-normal number (mean 1 and deviation 1 of its logarithm), cut to [0, 8)."""
    values = stats.lognorm(s=1, scale=np.e).rvs(4 * SAMPLES, random_state=rng)
    levels = (values[values < 8][:SAMPLES] / 8 * 2**n).astype(np.int64)
    return levels[:, None] >> np.arange(n)[::-1] & 1


def strongly_entangling(parameters: Any, wires: Any) -> None:
    qml.StronglyEntanglingLayers(np.reshape(parameters, (2, len(wires), 3)), wires=wires)


def basic_entangler(parameters: Any, wires: Any) -> None:
    qml.BasicEntanglerLayers(np.reshape(parameters, (4, len(wires))), wires=wires, rotation=qml.RY)


def ising_iqp(parameters: Any, wires: Any) -> None:
    n = len(wires)
    for wire in wires:
        qml.Hadamard(wire)
    for k in range(n):
        qml.RZ(parameters[k], wires=wires[k])
    for k in range(n - 1):
        qml.IsingZZ(parameters[n + k], wires=[wires[k], wires[k + 1]])
    for wire in wires:
        qml.Hadamard(wire)


def qaoa_ring(parameters: Any, wires: Any) -> None:
    n = len(wires)
    for wire in wires:
        qml.Hadamard(wire)
    for layer in range(4):
        for k in range(n):
            qml.IsingZZ(parameters[2 * layer], wires=[wires[k], wires[(k + 1) % n]])
        for wire in wires:
            qml.RX(parameters[2 * layer + 1], wires=wire)


def real_amplitudes(parameters: Any, wires: Any) -> None:
    n = len(wires)
    for layer in range(4):
        for k in range(n):
            qml.RY(parameters[layer * n + k], wires=wires[k])
        for k in range(n - 1 if layer < 3 else 0):
            qml.CNOT(wires=[wires[k], wires[k + 1]])


def simplified_two_design(parameters: Any, wires: Any) -> None:
    n, layers = len(wires), len(wires)
    first, rest = parameters[:n], np.reshape(parameters[n:], (layers, n - 1, 2))
    qml.SimplifiedTwoDesign(initial_layer_weights=first, weights=rest, wires=wires)


def excitations(parameters: Any, wires: Any) -> None:
    n = len(wires)
    for layer in range(2):
        for k in range(n - 1):
            qml.SingleExcitation(parameters[layer * (n - 1) + k], wires=[wires[k], wires[k + 1]])


def tree(parameters: Any, wires: Any) -> None:
    n, used = len(wires), 0
    qml.RY(parameters[0], wires=wires[0])
    reach = 1
    while reach < n:
        for k in range(min(reach, n - reach)):
            used += 1
            qml.CRY(parameters[used], wires=[wires[k], wires[k + reach]])
        reach *= 2


class Model(NamedTuple):
    """One of the ten: where it is described, and what ``bs.trainability`` is asked."""

    described: str
    data_described: str
    circuit: Any
    data: Any
    loss: Any
    sizes: list[int]
    parameters: str | None = None
    initialisation: Any = "uniform"


SMALL = list(range(4, 11))
EVEN = [4, 6, 8, 10, 12]
HALF_FILLED = {str(n): "10" * (n // 2) for n in EVEN}
AVERAGE = {"kind": "mmd", "bandwidth": ["0.25", "4"]}

MODELS = [
    Model(
        "PennyLane's StronglyEntanglingLayers, 2 layers",
        "bars and stripes",
        strongly_entangling,
        bars_and_stripes,
        "mmd",
        [4, 6, 8, 9, 10, 12],
        "6*n",
    ),
    Model("PennyLane's BasicEntanglerLayers with RY, 4 layers", "GHZ", basic_entangler, "ghz", "lqf", SMALL, "4*n"),
    Model(
        "IQP on a line (Recio-Armengol et al., 2503.02934)",
        "spins of an Ising chain",
        ising_iqp,
        ising_chain,
        "mmd",
        SMALL,
    ),
    Model(
        "The same from N(0, 1/n) angles",
        "spins of an Ising chain",
        ising_iqp,
        ising_chain,
        "mmd",
        SMALL,
        initialisation={"kind": "small", "scale": "1/n"},
    ),
    Model("QAOA on a ring, 4 layers, 8 angles (Farhi et al., 1411.4028)", "GHZ", qaoa_ring, "ghz", "mmd", SMALL, "8"),
    Model(
        "Qiskit's RealAmplitudes, 3 entanglers",
        "log-normal (Zoufal et al., 1904.00043)",
        real_amplitudes,
        log_normal,
        "jsd",
        SMALL,
        "4*n",
    ),
    Model(
        "SimplifiedTwoDesign, n layers (Cerezo et al., 2001.00550)",
        "O(n) strings",
        simplified_two_design,
        "o_n",
        "mmd",
        SMALL,
        "n + 2*n*(n-1)",
    ),
    Model(
        "Single excitations on 1010..., 2 layers",
        "bit strings of weight n/2",
        excitations,
        "cardinality",
        "mmd",
        EVEN,
        "2*(n-1)",
    ),
    Model(
        "A tree of controlled RY (after Grover and Rudolph, quant-ph/0208112)",
        "log-normal",
        tree,
        log_normal,
        "kld",
        SMALL,
        "n",
    ),
    Model("Eq. 53 at log2(n) layers", "spins of an Ising chain", "line", ising_chain, AVERAGE, SMALL),
]


def asked(model: Model) -> Any:
    """The tool's answer about one of the models."""
    circuit: Any = model.circuit
    options: dict[str, Any] = {"layers": "log2(n)"} if circuit == "line" else {}
    if circuit is excitations:
        circuit = {"function": excitations, "parameters": model.parameters, "initial": HALF_FILLED}
    elif model.parameters:
        options["parameters"] = model.parameters
    return bs.trainability(
        circuit, model.data, loss=model.loss, sizes=model.sizes, shots=SHOTS, draws=DRAWS,
        initialisation=model.initialisation, progress=False, **options,
    )  # fmt: skip


def loss_name(loss: Any) -> str:
    """A loss as the table names it."""
    return loss if isinstance(loss, str) else f"{loss['kind']}, s = {' and '.join(loss['bandwidth'])}"


def main(show: Callable[[str], None] = print) -> None:
    """Print the page."""
    show(HEAD)
    answers = []
    for model in MODELS:
        answer = asked(model)
        answers.append(answer)
        row = answer.verdicts.iloc[0]
        draws = row["draws_to_decide"]
        cells = [
            *(model.described, model.data_described, loss_name(model.loss)),
            f"{model.sizes[0]} to {model.sizes[-1]}",
            answer.answer,
            "" if np.isnan(answer.stability) else f"{math.floor(100 * answer.stability)} %",
            answer.at_largest,
            "" if np.isnan(draws) else "more sizes" if np.isinf(draws) else f"{draws:,.0f}",
        ]
        show(f"| {' | '.join(cells)} |")
    show("\nReasons, in the tool's own words:\n")
    for number, (model, answer) in enumerate(zip(MODELS, answers, strict=True), 1):
        show(fill(f"{number}. {model.described}: {answer.reason}.", 100, subsequent_indent="   "))


if __name__ == "__main__":
    main()
