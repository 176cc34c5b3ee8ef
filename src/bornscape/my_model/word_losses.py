"""Which of a model's losses can be had at sizes without state vectors: from means of Z-words, or from q on the data."""

from __future__ import annotations

from typing import Any

from bornscape.aliases import Settings
from bornscape.formulas import bandwidth_values
from bornscape.losses.explicit import DEFINITIONS
from bornscape.losses.word_data import CardinalityWords, ListedWords, WordData
from bornscape.losses.word_estimates import WordLoss
from bornscape.losses.word_explicit import OF_DATA, SupportLoss
from bornscape.losses.word_mmd import WordMMD
from bornscape.losses.word_observable import WordObservable, written_terms
from bornscape.my_model.data.model_data import UNLISTED_FROM, data_of
from bornscape.my_model.noise import noise_at
from bornscape.my_model.register import wires_at
from bornscape.my_model.settings import EPSILON, LARGEST_STATE_VECTORS, STATE_VECTORS
from bornscape.my_model.user_code import UserCodeError, call
from bornscape.simulators.mixed_states import LARGEST
from bornscape.simulators.words.choice import AUTO, STATE_VECTOR

NEEDS_ALL = "needs the probabilities of all strings, and there are 2^n"


def observable_of_words(settings: Settings, n_qubits: int) -> WordObservable:
    """The observable whose ``words`` are a mapping, {"0,1": -0.5}, or name a function of n in ``file``.

    Raises
    ------
    UserCodeError, ValueError
        If they are no terms; the message says where they come from.
    """
    words, where = settings["words"], "words"
    if isinstance(words, str):
        where = f"{settings['file']}: {words}"
        terms: Any = call(settings["file"], words, n_qubits, **settings.get("keywords", {}))
    else:
        terms = written_terms(words)
    try:
        return WordObservable.of(terms, n_qubits)
    except (TypeError, ValueError) as error:
        kind = UserCodeError if isinstance(words, str) else ValueError
        raise kind(f"{where}: at n = {n_qubits}: {error}") from error


def word_loss(settings: Settings, data: WordData) -> WordLoss | SupportLoss | str:
    """A loss on words of the model's own circuit, or on its probabilities of the data; or why neither will do."""
    kind = settings["kind"]
    if kind in OF_DATA:
        if not isinstance(data, ListedWords):
            return f"{kind} needs the model's probability of every string of the data, and these are too many to list"
        return SupportLoss(kind, data.target, settings.get("epsilon", EPSILON))
    if kind in DEFINITIONS:
        return f"{kind} {NEEDS_ALL}: it holds the model's own entropy; {', '.join(OF_DATA)} do not"
    if kind == "mmd":
        return WordMMD(bandwidth_values(settings["bandwidth"], data.n_qubits), data)
    if kind == "observable" and "words" in settings:
        return observable_of_words(settings, data.n_qubits)
    if kind == "observable":
        return f"an observable of a 'function' {NEEDS_ALL}; give its 'words'"
    return f"{kind} {NEEDS_ALL}; mmd, lqf, {', '.join(OF_DATA)} and observables given as words do not"


def needs_all(settings: Settings) -> bool:
    """Whether a loss needs the probabilities of all strings: explicit ones, qf, a function of (q, p), a diagonal."""
    kind = settings["kind"]
    return kind in DEFINITIONS or kind in ("qf", "function") or (kind == "observable" and "words" not in settings)


def by_words(settings: Settings, n_qubits: int) -> bool:
    """Whether a model of complete settings is tried on words at n qubits, and not on state vectors.

    Unless an engine is asked for: beyond ``STATE_VECTORS`` wires, but up to ``LARGEST_STATE_VECTORS`` only if no loss
    needs all probabilities. No number depends on the machine's memory.
    """
    if settings["engine"] != AUTO:
        return bool(settings["engine"] != STATE_VECTOR)
    wires = wires_at(settings["circuit"], n_qubits)
    if noise_at(settings["noise"], n_qubits).of_gates:
        return wires > LARGEST
    all_words = not any(map(needs_all, settings["losses"].values()))
    return wires > (STATE_VECTORS if all_words else LARGEST_STATE_VECTORS)


def state_vectors_help(settings: Settings, n_qubits: int) -> bool:
    """Whether state vectors are taken where no engine for words fits: with noise of gates they are none."""
    if noise_at(settings["noise"], n_qubits).of_gates:
        return False
    return settings["engine"] == AUTO and wires_at(settings["circuit"], n_qubits) <= LARGEST_STATE_VECTORS


def unlisted(settings: Settings, n_qubits: int) -> bool:
    """Whether a model's ``data`` at n qubits are the cardinality set, too large to be listed."""
    return settings.get("set") == "cardinality" and n_qubits >= UNLISTED_FROM


def word_data(settings: Settings, n_qubits: int, seed: int, made: str | None = None) -> WordData:
    """The words of a model's ``data`` at n qubits; the cardinality set is never listed where it is large.

    Parameters
    ----------
    made
        File of a built-in set that the workflow makes.
    """
    if unlisted(settings, n_qubits):
        return CardinalityWords(n_qubits, n_qubits // 2)
    return ListedWords(data_of(settings, n_qubits, seed, made))
