"""Reading YAML that somebody else may have written: plain data of a sane size, each key once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

LARGEST_FILE = 10 * 2**20
"""Bytes of a file; the largest one here has a hundredth of that."""

LARGEST_CONTENT = 1_000_000
"""Values of a file with each alias written out: nine lines of aliases of aliases can stand for 10^9 of them."""

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C reads the claims, 40 files, in a tenth of the time; PyYAML may have been built without it."""

DEEPEST = 100
"""Levels of a file in each other; the parser in C has no limit of its own and would end the process."""

MERGE = "tag:yaml.org,2002:merge"


def yaml_content(path: str | Path) -> Any:
    """What a YAML file holds.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it is no file but a folder or a device, is larger than ``LARGEST_FILE``, no YAML, or has a key twice or
        aliases that contain themselves or stand for more than ``LARGEST_CONTENT`` values, or more levels than
        ``DEEPEST``.
    """
    if Path(path).exists() and not Path(path).is_file():
        raise ValueError("expected a file, got a folder or a device")
    with Path(path).open("rb") as stream:
        raw = stream.read(LARGEST_FILE + 1)
    if len(raw) > LARGEST_FILE:
        raise ValueError(f"expected a file of at most {LARGEST_FILE // 2**20} MiB")
    try:
        text = raw.decode("utf-8-sig")
        _check_depth(text)
        loader = Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if (size := _size(node, {})) > LARGEST_CONTENT:
            raise ValueError(f"expected at most {LARGEST_CONTENT} values with aliases written out, got {size:.3g}")
        return _content(loader, node)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValueError(f"expected YAML: {' '.join(str(error).split())}") from error


def _check_depth(text: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            assert event.start_mark is not None
            line = event.start_mark.line + 1
            raise ValueError(f"line {line}: expected YAML with fewer levels in each other than {DEEPEST}")


def _content(loader: Any, node: yaml.Node) -> Any:
    try:
        return loader.construct_document(node)
    except (ValueError, OverflowError) as error:  # A number of more than 4300 digits, a date with a month 99.
        raise ValueError(f"expected YAML with numbers and dates that there are: {error}") from error


def _size(node: yaml.Node, known: dict[yaml.Node, int | None]) -> int:
    """Values that a node stands for; ``known`` has those of the nodes that were met, None while one is open."""
    if node in known:
        size = known[node]
        if size is None:
            raise ValueError(f"line {node.start_mark.line + 1}: expected no alias within what it stands for")
        return size
    known[node] = None
    size = 1
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        size += sum(_size(key, known) + _size(value, known) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(_size(part, known) for part in node.value)
    known[node] = size
    return size


def _check_keys(node: yaml.MappingNode) -> None:
    seen: dict[tuple[str, str], int] = {}
    for key, _ in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag == MERGE:
            continue
        line = key.start_mark.line + 1
        if (key.tag, key.value) in seen:
            first = seen[key.tag, key.value]
            raise ValueError(
                f"line {line}: {key.value}: expected each key once, but line {first} has it too; give one another name"
            )
        seen[key.tag, key.value] = line
