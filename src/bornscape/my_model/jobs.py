"""One job of a model: its draws at several sizes, in chunks that are kept for later runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bornscape.my_model.data.model_data import data_of
from bornscape.my_model.draws import Chunk, SizedModel
from bornscape.my_model.precision import ChunkStore, chunk_key, draw_until
from bornscape.seeds import generator

Keep = Callable[[int, Callable[[], Chunk]], Chunk]


class Drawn(NamedTuple):
    """What the jobs of a model drew at several sizes: the tables of ``Chunk`` with ``n_qubits``.

    ``draws`` says whether the precision was met, ``components`` what each parameter turns.
    """

    draws: pd.DataFrame
    spectra: pd.DataFrame
    components: pd.DataFrame


def together(parts: Sequence[Drawn]) -> Drawn:
    """What several jobs, or one at several sizes, drew."""
    return Drawn(*(pd.concat(tables, ignore_index=True) for tables in zip(*parts, strict=True)))


def _make(_: int, make: Callable[[], Chunk]) -> Chunk:
    return make()


def draw_job(
    job: Mapping[str, Any],
    name: str,
    sizes: Sequence[int],
    images: Mapping[int, str],
    sources: Sequence[str],
    code: str,
    folder: Path | None,
    notify: Callable[[str], None],
) -> Drawn:
    """What a model draws at several sizes.

    Parameters
    ----------
    job
        ``settings`` of the model, complete, and the root ``seed``.
    name, sizes
        The model's name; numbers of qubits.
    images
        Path of the target that the workflow made, by size, where the data are one of its sets.
    sources, code
        Files that the settings name, and the fingerprint of the code: chunks of others are drawn anew.
    folder
        Where chunks are kept; None: nowhere.
    notify
        Called before each chunk, in words.
    """
    settings, seed = job["settings"], job["seed"]
    counts = {key: settings[key] for key in ("draws", "max_draws", "precision")}
    parts: list[Drawn] = []
    for n in sizes:
        made = [images[n]] if n in images else []
        keep: Keep = _make
        if folder is not None:
            keep = ChunkStore(folder / f"n{n}", chunk_key(settings, seed, code, [*sources, *made])).get
        model = SizedModel.of(settings, n, data_of(settings["data"], n, seed, images.get(n)))

        def chunk(index: int, n: int = n, keep: Keep = keep, model: SizedModel = model) -> Chunk:
            notify(f"{name} n {n} chunk {index}")
            rng = generator(seed, "model", name, n, index)
            return keep(index, partial(model.chunk, settings["chunk"], rng))

        drawn, state = draw_until(chunk, settings["chunk"], **counts)
        tables = Drawn(drawn.draws.assign(precision=state), drawn.spectra, model.described(drawn.components))
        parts.append(Drawn(*(table.assign(n_qubits=n) for table in tables)))
    return together(parts)
