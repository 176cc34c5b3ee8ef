"""``bs.trainability``: is my model trainable? Asked from Python, answered with the numbers of the workflow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from bornscape.configuration.my_model import model_problems
from bornscape.interface.asked import data_part, loss_parts, sizes_of, start_part, whole
from bornscape.interface.asked_circuit import circuit_part
from bornscape.interface.plain import plain, words_only
from bornscape.interface.progress import Progress
from bornscape.my_model.jobs import draw_job
from bornscape.my_model.path_table import path_words
from bornscape.my_model.preflight import model_problem
from bornscape.my_model.report import model_tables
from bornscape.my_model.settings import complete
from bornscape.my_model.user_code import read_anew
from bornscape.simulators.words.choice import AUTO, ENGINES, STATE_VECTOR

FEWEST_DRAWS = 10

_SHOWN = ["n_qubits", "draws", "variance", "snr", "snr_ci_low", "snr_ci_high", "shots_needed"]
_WORDS = ["engine", "engine_kind"]
"""Shown beside these where a size was measured without state vectors."""


@dataclass(frozen=True, repr=False, eq=False)
class Trainability:
    """The answer about a model: a verdict on each loss, and the tables that it rests on.

    Several losses: ``answer["kld"]`` is the same about one of them, and iterating goes through them.

    Attributes
    ----------
    settings
        Of the model, complete, as under its name in a configuration.
    tables
        sizes, laws, extrapolation, bodyness, parameters, path and verdicts, as the workflow writes them
        (results/README.md).
    """

    settings: dict[str, Any]
    tables: dict[str, pd.DataFrame]

    @property
    def losses(self) -> list[str]:
        """Labels of the losses."""
        return list(self.settings["losses"])

    def __iter__(self) -> Iterator[Trainability]:
        return (self[label] for label in self.losses)

    def __len__(self) -> int:
        return len(self.losses)

    def __getitem__(self, label: str) -> Trainability:
        if label not in self.losses:
            raise KeyError(f"{label!r}: expected one of the losses {self.losses}")
        settings = self.settings | {"losses": {label: self.settings["losses"][label]}}
        tables = {name: rows[rows["loss"] == label].reset_index(drop=True) for name, rows in self.tables.items()}
        return Trainability(settings, tables)

    def _of_verdict(self, column: str) -> Any:
        if len(self) > 1:
            raise ValueError(f"expected one loss: take one of {self.losses}, as in answer[{self.losses[0]!r}].{column}")
        return self.tables["verdicts"].iloc[0].get(column)

    @property
    def answer(self) -> str:
        """yes, no or inconclusive; with too few sizes for a law visible, not visible or borderline, at the largest."""
        return str(self._of_verdict("verdict"))

    @property
    def reason(self) -> str:
        """Why, with numbers."""
        return str(self._of_verdict("reason"))

    @property
    def at_largest(self) -> str:
        """Whether gradients can be seen at the largest size with these shots: visible, not visible or borderline."""
        return str(self._of_verdict("at_largest"))

    @property
    def warning(self) -> str:
        """What to beware of; may be empty."""
        return str(self._of_verdict("warning"))

    @property
    def stability(self) -> float:
        """Share of resamples of the draws that give the same verdict, 0 to 1."""
        return float(self._of_verdict("stability"))

    @property
    def table(self) -> pd.DataFrame:
        """A row for each loss and size: variance, signal-to-noise ratio, shots needed, with intervals."""
        return self.tables["sizes"]

    @property
    def laws(self) -> pd.DataFrame:
        """A row for each loss and quantity: its law in n."""
        return self.tables["laws"]

    @property
    def verdicts(self) -> pd.DataFrame:
        """A row for each loss: verdict, reason, warning."""
        return self.tables["verdicts"]

    def plot(self) -> Any:
        """The workflow's figure, a matplotlib Figure: variance, signal-to-noise ratio, shots needed and bodyness."""
        import matplotlib.pyplot as plt  # Slow to import.

        from bornscape.my_model.figure import figure

        shown = (self.tables[name] for name in ("sizes", "extrapolation", "bodyness", "path"))
        drawn = figure(self.settings, *shown)[0]
        plt.close(drawn)  # A notebook shows what is returned, and would show what is open again.
        return drawn

    def __repr__(self) -> str:
        return "\n\n".join(f"{_words(one)}\n\n{_shown(one).to_string(index=False)}" for one in self)

    def _repr_html_(self) -> str:
        parts = []
        for one in self:
            lines = "<br>".join(escape(line) for line in _words(one).splitlines())
            parts.append(f"<p>{lines}</p>{_shown(one).to_html(index=False, border=0)}")
        return "".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Everything in plain lists, strings and numbers, as JSON takes them: no value is None, infinity is "inf"."""
        tables = {name: [plain(row) for row in table.to_dict("records")] for name, table in self.tables.items()}
        return {"settings": words_only(self.settings)} | tables


def _words(one: Trainability) -> str:
    """The verdict on one loss, in a few lines."""
    row = one.verdicts.iloc[0]
    lines = [f"{one.losses[0]}: {one.answer}: {one.reason}", f"  resamples of the draws say: {row['resamples']}"]
    if one.at_largest != one.answer:
        lines.append(f"  {one.at_largest} at the largest size: {row['at_largest_reason']}")
    lines.append(f"  over the starts the variance of the loss {row['loss_variance']}")
    if walked := path_words(one.settings, one.tables["path"], one.losses[0]):
        lines.append(f"  {walked}")
    if one.warning:
        lines.append(f"  beware: {one.warning}")
    return "\n".join(lines)


def _shown(one: Trainability) -> pd.DataFrame:
    """The table of sizes as a person reads it."""
    table = one.table[_SHOWN].copy()
    rounded = {name: table[name].map("{:.3g}".format) for name in _SHOWN[2:]}
    words = (one.table["engine"] != STATE_VECTOR).any()
    return table.assign(**rounded).join(one.table[_WORDS]) if words else table.assign(**rounded)


def trainability(
    circuit: Any,
    data: Any,
    loss: Any = "mmd",
    sizes: int | Sequence[int] | None = None,
    shots: int | str = 1000,
    *,
    layers: int | str | None = None,
    parameters: Any = None,
    hidden: int | str | None = None,
    measured: Any = None,
    function: str = "circuit",
    initialisation: Any = "uniform",
    columns: Any = None,
    engine: str = "auto",
    noise: Mapping[str, Any] | None = None,
    path: Mapping[str, Any] | int | None = None,
    draws: int = 100,
    chunk: int | None = None,
    precision: float | None = None,
    max_draws: int | None = None,
    seed: int = 0,
    name: str = "model",
    progress: bool | None = None,
) -> Trainability:
    """Is this model trainable, and how does that scale? Everything is measured at random starts and every size.

    The same settings, ``seed`` and ``name`` give the numbers of the workflow (docs/use/your-own-model.md, "Every key").

    Parameters
    ----------
    circuit
        A PennyLane quantum function of (parameters, wires) or a QNode; a family's name (product, line, ladder,
        brickwork, all_to_all, real, hamming_weight, iqp); the path of a Python file that holds ``function``; or
        {n: ``bs.Circuit``}; or the settings of a configuration, as {"function": circuit, "initial": "ghz"}. Wire 0 is
        the most significant bit. A function of the parameters alone has one size.
    data
        A set's name ("ghz"), the path of a file, samples (M, n) of 0 and 1 or of -1 and 1, strings ["0110", ...],
        counts {"0110": 12, ...}, (samples, probabilities), a ``bs.Target``, or a function of (n, rng). At n qubits the
        first n columns count, or those of ``columns``.
    loss
        A kind ("mmd", "kld", "lqf", ...), {"kind": "mmd", "bandwidth": "n/4"}, a function of (q, p), a list of these,
        or {label: one of these}. The MMD's bandwidth s of exp(-H/2s) is n/4 unless given.
    sizes
        Numbers of qubits, or one: 4 to 10 unless given, as far as the data reach. A law needs 5 from 4 on.
    shots
        Measurements of every circuit, a number or a formula of n.
    layers, parameters
        Formulas of n. ``layers`` is handed on to a function as a keyword. The number of ``parameters`` of a function,
        a formula or a function of n, is found by trying it unless given; (2, "n") if it takes them in such a shape.
    hidden, measured
        Number of wires beside the n that are measured, or a formula of n; and which are measured, if not the first n:
        a list, in the order of the data's columns, or {n: a list}.
    initialisation
        "uniform" on [0, 2 pi), {"kind": "small", "scale": "1/n"} in radians, or a function of
        (n_qubits, n_parameters, bitstrings, probabilities, rng).
    engine
        "auto": state vectors up to 20 qubits, beyond them what fits the circuit and the loss; or the name of one
        (docs/use/your-own-model.md, "Beyond state vectors").
    noise
        Chances {"readout": 0.02, "depolarising": 0.01, "amplitude_damping": 0.01}, numbers or formulas of n.
    path
        Steps of training from random starts, along which the same is measured: their number, or {"steps": 200,
        "optimiser": "adam", "learning_rate": 0.01, "points": 5, "starts": 20}.
    draws, chunk, precision, max_draws
        Random starts at each size, and those that share a stream of random numbers (50). With ``precision`` more, up to
        ``max_draws``, until the relative half-width of the variance's interval is as small.
    seed, name
        What random numbers are keyed by.
    progress
        Whether a line on stderr tells how far it is; None: on a terminal or in a notebook.

    Raises
    ------
    ValueError
        If something cannot be used: one line says what, what was expected, and what would work.

    Examples
    --------
    >>> answer = trainability("product", "ghz", sizes=[4, 5], draws=10)
    >>> answer.answer, answer.table["n_qubits"].tolist()
    ('visible', [4, 5])
    """
    more = {"layers": layers, "parameters": parameters, "hidden": hidden, "measured": measured}
    found, given = circuit_part(circuit, function, sizes, more), data_part(data, columns)
    entry = {
        "circuit": found.settings,
        "initialisation": start_part(initialisation),
        "losses": loss_parts(loss),
        "data": given.settings,
        "sizes": sizes_of(sizes, found.fits, given.fits),
        "shots": shots,
        "draws": whole("draws", draws, FEWEST_DRAWS),
        "noise": noise,
        "path": {"steps": path} if isinstance(path, int) else path,
        "precision": precision,
        "max_draws": max_draws,
        "engine": _engine(engine),
    }
    if chunk is not None:
        entry["chunk"] = whole("chunk", chunk, 2)
    return answered(complete(entry), whole("seed", seed, 0), name, progress)


def _engine(name: str) -> str:
    known = [AUTO, *ENGINES]
    if name not in known:
        raise ValueError(f"engine: expected one of {known}, got {name!r}")
    return name


def answered(settings: dict[str, Any], seed: int, name: str, progress: bool | None) -> Trainability:
    """The answer about a model of complete settings, checked as the workflow checks it.

    Raises
    ------
    ValueError
        At the first problem.
    """
    read_anew()  # A file may have been edited since the last call.
    for key, wrong in model_problems((), settings):
        if wrong is not None:
            raise ValueError(f"{'.'.join(map(str, key))}: {wrong}")
    if problem := model_problem(name, settings, seed):
        raise ValueError(f"{'.'.join(problem[0][1:])}: {problem[1]}")
    chunks = len(settings["sizes"]) * math.ceil(settings["draws"] / settings["chunk"])
    line = Progress(chunks if settings["precision"] is None else None, progress)
    job = {"settings": settings, "seed": seed}
    try:
        drawn = draw_job(job, name, settings["sizes"], {}, [], "", None, line)
    finally:
        line.close()
    return Trainability(settings, model_tables(settings, drawn, seed, name))
