"""One job of a model: its draws at several sizes, in chunks that are kept for later runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bornscape.aliases import Settings
from bornscape.datasets import Target
from bornscape.losses.word_data import ListedWords
from bornscape.my_model.data.model_data import data_of
from bornscape.my_model.draws import Chunk, SizedModel
from bornscape.my_model.path import STEP_COLUMNS, path_draws, path_settings
from bornscape.my_model.precision import ChunkStore, chunk_key, draw_until, kept_table
from bornscape.my_model.word_draws import WordModel
from bornscape.my_model.word_losses import by_words, state_vectors_help, word_data
from bornscape.seeds import generator
from bornscape.simulators.words.protocol import DoesNotFitError

Keep = Callable[[int, Callable[[], Chunk]], Chunk]


class Drawn(NamedTuple):
    """What the jobs of a model drew at several sizes: the tables of ``Chunk`` with ``n_qubits``.

    ``draws`` says whether the precision was met, ``components`` what each parameter turns. ``paths`` is what training
    from random starts goes through (``path.STEP_COLUMNS``): without a row unless it is asked for.
    """

    draws: pd.DataFrame
    spectra: pd.DataFrame
    components: pd.DataFrame
    paths: pd.DataFrame


def together(parts: Sequence[Drawn]) -> Drawn:
    """What several jobs, or one at several sizes, drew."""
    # Of a table without rows no column has a type.
    filled = ([table for table in tables if len(table)] or tables[:1] for tables in zip(*parts, strict=True))
    return Drawn(*(pd.concat(tables, ignore_index=True) for tables in filled))


def model_at(
    settings: Settings, n_qubits: int, seed: int, made: str | None = None, target: Target | None = None
) -> SizedModel | WordModel:
    """A model of complete ``settings`` at n qubits, on state vectors or on words, as ``by_words`` says.

    Parameters
    ----------
    made
        File of a built-in set that the workflow makes.
    target
        What stands in for it while there is none.
    """
    if by_words(settings, n_qubits):
        data = word_data(settings["data"], n_qubits, seed, made) if target is None else ListedWords(target)
        try:
            return WordModel.of(settings, n_qubits, data)
        except DoesNotFitError:
            if not state_vectors_help(settings, n_qubits):
                raise
    target = data_of(settings["data"], n_qubits, seed, made) if target is None else target
    return SizedModel.of(settings, n_qubits, target)


def _make(_: int, make: Callable[[], Chunk]) -> Chunk:
    return make()


def _path(
    job: Mapping[str, Any],
    name: str,
    n: int,
    model: SizedModel | WordModel,
    folder: Path | None,
    sources: Sequence[str],
    code: str,
) -> pd.DataFrame:
    """What ``path_draws`` gives, kept in ``folder``; no rows without the key ``path``."""
    settings, seed = job["settings"], job["seed"]
    if settings["path"] is None:
        return pd.DataFrame(columns=STEP_COLUMNS)

    def make() -> pd.DataFrame:
        return path_draws(model, path_settings(settings["path"]), generator(seed, "model path", name, n))

    # Chunks do not depend on the path; it does.
    key = chunk_key(settings | {"walked": settings["path"]}, seed, code, sources)
    return make() if folder is None else kept_table(folder / f"{key}.parquet", make)


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
        model = model_at(settings, n, seed, images.get(n))

        def chunk(index: int, n: int = n, keep: Keep = keep, model: SizedModel | WordModel = model) -> Chunk:
            notify(f"{name} n {n} chunk {index}")
            rng = generator(seed, "model", name, n, index)
            return keep(index, partial(model.chunk, settings["chunk"], rng))

        drawn, state = draw_until(chunk, settings["chunk"], **counts)
        paths = _path(job, name, n, model, None if folder is None else folder / f"n{n}/path", [*sources, *made], code)
        tables = Drawn(drawn.draws.assign(precision=state), drawn.spectra, model.described(drawn.components), paths)
        parts.append(Drawn(*(table.assign(n_qubits=n) for table in tables)))
    return together(parts)
