"""The catalogue (``config/results.yaml``): what a result is, and which tables, figures and notebook show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bornscape.aliases import Config
from bornscape.configuration.sources import ConfigurationError, as_list, check_schema, failure, read_source
from bornscape.extras import extra


@dataclass(frozen=True)
class Result:
    """A statement with its evidence, by names; ``tables`` are empty where a figure is all that its target makes."""

    name: str
    label: str
    statement: str
    tables: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    notebook: str | None = None


@dataclass(frozen=True)
class FigureEntry:
    """What a figure is drawn from, and what its caption speaks of."""

    name: str
    tables: tuple[str, ...]
    caption: str
    studies: Mapping[str, Any]
    needs: tuple[str, ...] = ()
    bandwidths: str | None = None
    reads: tuple[str, ...] = ()

    @property
    def entries(self) -> set[str]:
        """Entries of ``variance`` and ``training`` that it reads; of none it reads all."""
        parts = self.reads or self.studies.values()
        return {name for part in parts for name in ([part] if isinstance(part, str) else part)}

    def settings(self, config: Config) -> dict[str, Any]:
        """What the figure's function is given beside its tables: studies by their part, and bandwidths as formulas."""
        arguments: dict[str, Any] = {"studies": dict(self.studies)} if self.studies else {}
        if self.bandwidths is not None:
            arguments["bandwidths"] = bandwidths_of(config)[self.bandwidths]
        return arguments

    def is_made(self, tables: Collection[str], config: Config) -> bool:
        """Whether a run has the tables, and the configuration every entry that the figure speaks of."""
        entries = {name for section in ("variance", "training", "experiments") for name in config[section]}
        named = {name for part in self.studies.values() for name in ([part] if isinstance(part, str) else part)}
        return set(self.tables) <= set(tables) and {*named, *(need.split(".")[1] for need in self.needs)} <= entries


@dataclass(frozen=True)
class NotebookEntry:
    """Tables (``NAME.csv`` of a run) and figures that a notebook reads."""

    name: str
    tables: tuple[str, ...]
    figures: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All results in the paper's order, all figures and notebooks, what the trainability table rests on, and words.

    Attributes
    ----------
    words
        What a reader is told first: ``opening`` sentences, and ``terms`` with what each means.
    studies
        How a reader is told entries of ``variance``.
    story
        Chapters of the report page: ``title``, ``opening`` and ``steps``, of each the question ``asked``, the
        ``results`` that it tells and the claims that answer it first (``found``).
    """

    results: Mapping[str, Result]
    figures: Mapping[str, FigureEntry]
    notebooks: Mapping[str, NotebookEntry]
    trainability_table: Mapping[str, Any]
    words: Mapping[str, Any]
    studies: Mapping[str, str]
    story: Sequence[Mapping[str, Any]]

    def label(self, name: str) -> str:
        """How a reader is told the name of a result, a figure or a notebook."""
        if name in self.results:
            return self.results[name].label
        words = name.replace("_", " ")
        return words[0].upper() + words[1:]


def bandwidths_of(config: Config) -> dict[str, dict[str, Any]]:
    """The bandwidths of every entry of ``variance`` and ``experiments`` that has some: label -> formula or formulas."""
    entries = [*config.get("variance", {}).items(), *config.get("experiments", {}).items()]
    return {name: dict(settings["bandwidths"]) for name, settings in entries if "bandwidths" in settings}


def _tuples(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()}


def _problems(content: Config, notebooks: Path) -> Iterator[tuple[tuple[str, ...], str]]:
    """(key, what is wrong) of every name that stands nowhere, and of notebooks without a file."""
    named: list[tuple[tuple[str, ...], str, str]] = [
        (("results", name, "figures"), figure, "figures")
        for name, result in content["results"].items()
        for figure in result.get("figures", [])
    ]
    named += [
        (("results", name, "notebook"), result["notebook"], "notebooks")
        for name, result in content["results"].items()
        if "notebook" in result
    ]
    named += [
        (("notebooks", name, "figures"), figure, "figures")
        for name, notebook in content["notebooks"].items()
        for figure in notebook.get("figures", [])
    ]
    named += [
        (("story", chapter["title"], step["asked"], "results"), result, "results")
        for chapter in content["story"]
        for step in chapter["steps"]
        for result in step["results"]
    ]
    for key, name, section in named:
        if name not in content[section]:
            yield key, f"expected a name that stands under {section}, got {name!r}"
    for name in content["notebooks"]:
        path = notebooks / f"{name}.ipynb"
        if not path.is_file():
            yield ("notebooks", name), f"expected a notebook {path}"


def read_catalogue(path: str | Path, schema: str | Path | None, notebooks: str | Path = "notebooks") -> Catalogue:
    """Read the catalogue, and check it against its JSON schema, if one is given.

    Raises
    ------
    ConfigurationError
        If it does not fit the schema, or names a figure or a notebook that it does not have; the file and the key
        are named.
    """
    source = read_source(path)
    if schema is not None:
        check_schema(source.content, schema, [source])
        for key, problem in _problems(source.content, Path(notebooks)):
            raise failure(key, problem, [source])
    return catalogue_of(source.content)


def catalogue_of(content: Config) -> Catalogue:
    """The catalogue that the content of a checked file says."""
    return Catalogue(
        results={name: Result(name, **_tuples(entry)) for name, entry in content["results"].items()},
        figures={
            name: FigureEntry(name, **_tuples({"studies": {}} | entry)) for name, entry in content["figures"].items()
        },
        notebooks={name: NotebookEntry(name, **_tuples(entry)) for name, entry in content["notebooks"].items()},
        trainability_table=content["trainability_table"],
        words=content["words"],
        studies=content["studies"],
        story=content["story"],
    )


def filled_caption(entry: FigureEntry, config: Config) -> str:
    """A figure's caption as plain text, filled in from the configuration."""
    with extra("report"):
        import jinja2

    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701, plain text
    # Exact gradients alone have no number of shots.
    environment.filters["fewest"] = lambda value: min(
        (shots for shots in as_list(value) if shots is not None), default="infinitely many"
    )
    try:
        return " ".join(environment.from_string(entry.caption).render(config=config).split())
    except jinja2.UndefinedError as error:
        raise ConfigurationError(f"caption of {entry.name}: {error}; name the entry under needs") from error
