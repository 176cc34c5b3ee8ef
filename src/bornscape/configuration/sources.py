"""Reading configuration files, checking them against a JSON schema, and errors that name the file and the key."""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bornscape.configuration.reading import yaml_content

if TYPE_CHECKING:
    import jsonschema

Key = tuple[str | int, ...]


LONGEST_SHOWN = 200
"""Characters of a value in a message."""

TEMPLATE_KEY = "__use_yte__"
"""With this key Snakemake takes a configuration for a template and runs the Python in it: refused, as it is data."""


class ConfigurationError(ValueError):
    """A configuration that cannot be run; the message names the file, the key and what was expected."""


@dataclass(frozen=True)
class Source:
    """One layer of a configuration: the file's name and its content."""

    name: str
    content: Any


def read_source(path: str | Path) -> Source:
    """Read one YAML file.

    Raises
    ------
    ConfigurationError
        If it is missing, no YAML mapping, has a key twice, or is a template that holds code.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "mine.yaml")
    ...     _ = path.write_text("seed: 7")
    ...     read_source(path).content
    {'seed': 7}
    """
    try:
        content = yaml_content(path)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: expected a mapping of keys to values, got {type(content).__name__}")
    if TEMPLATE_KEY in content:
        raise ConfigurationError(f"{path}: {TEMPLATE_KEY}: expected no template: a configuration holds no code")
    return Source(str(path), content)


def layers(files: Sequence[str | Path], command_line: Mapping[str, Any]) -> list[Source]:
    """The layers of a configuration, the one that wins last: its files, and what the command line sets (--config).

    Raises
    ------
    ConfigurationError
        As ``read_source``.
    """
    read = [read_source(path) for path in files]
    return [*read, Source("--config", dict(command_line))] if command_line else read


def _holds(content: Any, key: Key) -> bool:
    for part in key:
        try:
            content = content[part]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _file_of(key: Key, sources: Sequence[Source]) -> str:
    """The last file that sets the key, or the nearest enclosing key that any file sets."""
    for length in range(len(key), -1, -1):
        for source in reversed(sources):
            if _holds(source.content, key[:length]):
                return source.name
    return sources[-1].name if sources else "configuration"


def failure(key: Key, message: str, sources: Sequence[Source]) -> ConfigurationError:
    """The error for a key: it names the file that sets it, the key and what was expected.

    Examples
    --------
    Of two layers the second one sets the seed, so that the error names its file.

    >>> layers_read = [Source("base.yaml", {"run": "mine"}), Source("mine.yaml", {"seed": "seven"})]
    >>> print(failure(("seed",), "expected integer, got 'seven'", layers_read))
    mine.yaml: seed: expected integer, got 'seven'
    """
    place = ".".join(str(part) for part in key)
    return ConfigurationError(f"{_file_of(key, sources)}: {place + ': ' if place else ''}{message}")


def take_away(config: dict[str, Any], sources: Sequence[Source]) -> None:
    """Drop the named entries that an overlay sets to null, such as ``training: {fig_9_n12: null}``, in place.

    Raises
    ------
    ConfigurationError
        If no layer has such an entry.
    """
    for section in ("variance", "training", "experiments", "models"):
        entries = config.get(section) or {}
        for name in [name for name, settings in entries.items() if settings is None]:
            known = [source for source in sources if isinstance(source.content.get(section), dict)]
            if all(source.content[section].get(name) is None for source in known):
                raise failure((section, name), "expected an entry that null takes away; there is none", sources)
            del entries[name]


def as_list(value: Any) -> list[Any]:
    """A setting that may be one value or several."""
    return list(value) if isinstance(value, list) else [value]


def _shown(got: Any) -> str:
    """What was given, as Python writes it, or the beginning of it."""
    text = repr(got)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "..."


def _expectation(error: jsonschema.ValidationError) -> str:
    """What a JSON schema error expected, in words."""
    rule, wanted, got = error.validator, error.validator_value, error.instance
    match rule:
        case "type":
            names = as_list(wanted)
            hint = ""
            if {"number", "integer"} & set(names) and re.fullmatch(r"[-+.\d]+[eE][-+]?\d+", str(got)):
                hint = " (text to YAML; a number with an exponent is written 1.0e-3)"
            return f"expected {' or '.join(names)}, got {_shown(got)}{hint}"
        case "enum":
            return f"expected one of {wanted}, got {_shown(got)}"
        case "minimum":
            return f"expected at least {wanted}, got {_shown(got)}"
        case "exclusiveMinimum":
            return f"expected a number above {wanted}, got {_shown(got)}"
        case "maximum":
            return f"expected at most {wanted}, got {_shown(got)}"
        case "required":
            missing = [name for name in wanted if name not in got]
            return f"expected the key {missing[0]!r}"
        case "minItems" | "minProperties":
            return "expected at least one entry"
        case "uniqueItems":
            return f"expected no value twice, got {_shown(got)}"
        case "pattern":
            return f"expected text that matches {wanted}, got {_shown(got)}"
        case "anyOf":
            kinds = [kind for part in wanted for kind in as_list(part.get("type", "another form"))]
            return f"expected {' or '.join(kinds)}, got {_shown(got)}"
    if rule is None:
        return "does not belong here"
    return f"{error.message}"


def _schema_failure(
    error: jsonschema.ValidationError, content: Any, sources: Sequence[Source], base: Key
) -> ConfigurationError:
    key = tuple(error.absolute_path)
    if (
        error.validator is None
    ):  # The schema "false": jsonschema names the mapping, not the key that is forbidden in it.
        for part in key:
            content = content[part]
        key += tuple(name for name, value in content.items() if value is error.instance)[:1]
    if error.validator == "additionalProperties" and isinstance(error.schema, dict):
        known = sorted(error.schema.get("properties", {}))
        unknown = next(name for name in error.instance if name not in known)
        close = difflib.get_close_matches(str(unknown), known, n=1)
        meant = f" (did you mean {close[0]!r}?)" if close else ""
        return failure((*base, *key, unknown), f"unknown key; expected one of {known}{meant}", sources)
    return failure((*base, *key), _expectation(error), sources)


def _is_integer(checker: Any, value: Any) -> bool:
    """Unlike JSON's integers not 1.0, which no range takes."""
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(checker: Any, value: Any) -> bool:
    """Unlike JSON's numbers not infinite or NaN, which YAML can write."""
    return _is_integer(checker, value) or (isinstance(value, float) and math.isfinite(value))


def _whole_text(validator: Any, pattern: str, text: Any, schema: Any) -> Iterator[jsonschema.ValidationError]:
    """Unlike JSON Schema's own search, where ``$`` matches before a line break at the end as well."""
    import jsonschema

    if isinstance(text, str) and not re.fullmatch(pattern, text):
        yield jsonschema.ValidationError(f"{text!r} does not match {pattern!r}")


@cache
def _validator() -> Any:
    """The class of validators: to make one takes milliseconds, and there are hundreds of claims."""
    # Its import takes seconds, and the jobs of a cluster, which read the Snakefile again, have nothing to check.
    import jsonschema

    draft = jsonschema.Draft202012Validator
    types = draft.TYPE_CHECKER.redefine_many({"integer": _is_integer, "number": _is_number})
    return jsonschema.validators.extend(draft, {"pattern": _whole_text}, type_checker=types)


def _worst_error(content: Any, schema: Mapping[str, Any]) -> jsonschema.ValidationError | None:
    import jsonschema

    errors = list(_validator()(schema).iter_errors(content))
    worst = jsonschema.exceptions.best_match(errors)
    if worst is not None and worst.validator == "required":
        # A misspelt key is also a missing one, and the misspelling says more.
        beside = [error for error in errors if error.absolute_path == worst.absolute_path]
        worst = next((error for error in beside if error.validator == "additionalProperties"), worst)
    return worst


def _key_without_quotes(content: Any, place: Key = ()) -> Key | None:
    """A key that is not text, such as the bandwidth label 1: JSON has none, and no schema sees it."""
    parts = content.items() if isinstance(content, dict) else enumerate(content) if isinstance(content, list) else ()
    for key, part in parts:
        if isinstance(content, dict) and not isinstance(key, str):
            return (*place, key)
        if (unquoted := _key_without_quotes(part, (*place, key))) is not None:
            return unquoted
    return None


def read_schema(path: str | Path) -> dict[str, Any]:
    """A JSON schema with the names of the package's data sets and explicit losses in place of their marks."""
    from bornscape.datasets import SYNTHETIC
    from bornscape.datasets.images import IMAGE_SETS
    from bornscape.datasets.published import PUBLISHED
    from bornscape.losses.explicit import DEFINITIONS
    from bornscape.losses.fidelity import LOSS_KINDS
    from bornscape.losses.regularised_kld import FORMS

    names: dict[str, list[str]] = {
        "<data sets>": [*SYNTHETIC, *IMAGE_SETS, *PUBLISHED],
        "<explicit losses>": list(DEFINITIONS),
        "<loss kinds>": list(LOSS_KINDS),
        "<forms of the KLD>": list(FORMS),
    }

    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {key: filled(value) for key, value in part.items()}
        if isinstance(part, list):
            parts = [names.get(item, [item]) if isinstance(item, str) else [filled(item)] for item in part]
            return [item for items in parts for item in items]
        return part

    return filled(json.loads(Path(path).read_text(encoding="utf-8")))


def check_schema(
    content: Any, schema: str | Path | Mapping[str, Any], sources: Sequence[Source], base: Key = ()
) -> None:
    """Check ``content``, which stands under the key ``base``, against a JSON schema or the file that holds one.

    Raises
    ------
    ConfigurationError
        For the most telling violation.
    """
    if (key := _key_without_quotes(content)) is not None:
        raise failure((*base, *key), f"expected text as a key; write it in quotes: '{key[-1]}'", sources)
    loaded = schema if isinstance(schema, Mapping) else read_schema(schema)
    worst = _worst_error(content, loaded)
    if worst is not None:
        raise _schema_failure(worst, content, sources, base)
