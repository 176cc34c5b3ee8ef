"""Configuration files of the command line, read before Snakemake reads them.

Snakemake evaluates Python in a configuration that sets ``__use_yte__``, and answers one that is missing or broken with
a traceback, all before it looks at the Snakefile. This plugin is the first code of the workflow that it calls.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

OPTION = "--configf"
"""What ``--configfile`` and ``--configfiles`` have in common, and every abbreviation of them."""


def configuration_files(arguments: Sequence[str]) -> Iterator[str]:
    """The values of ``--configfile`` in a command line."""
    taken = False
    for argument in arguments:
        if argument.startswith(OPTION):
            _, equals, value = argument.partition("=")
            taken = not equals
            if equals:
                yield value
        elif argument.startswith("-"):
            taken = False
        elif taken:
            yield argument


def check_configuration_files(arguments: Sequence[str]) -> None:
    """Stop with one line that names the first configuration file that cannot be read or holds code.

    Raises
    ------
    SystemExit
        With the message.
    """
    for path in configuration_files(arguments):
        from bornscape.configuration.sources import ConfigurationError, read_source  # Slow, and rarely needed.

        try:
            read_source(path)
        except ConfigurationError as error:
            raise SystemExit(f"Error: {error}") from None
