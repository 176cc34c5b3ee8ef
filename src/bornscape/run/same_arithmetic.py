"""One arithmetic for the jobs of a run, whichever x86-64 processor they meet.

NumPy and OpenBLAS choose their loops by the processor. Their sums and tangents then differ in the last digit, which
moves a shot of a training now and then and, after hundreds of epochs, where it ends. So jobs use what every processor
with AVX2 and FMA has.
"""

from __future__ import annotations

import os
from collections.abc import MutableMapping, Sequence
from shlex import quote

import numpy as np

BLAS, NUMPY = "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES"
"""Variables that the libraries read when they are loaded."""


def instructions() -> list[str]:
    """NumPy's names of what it uses of this processor beyond its baseline, such as ``X86_V3`` for AVX2 and FMA."""
    return list(np.show_config(mode="dicts")["SIMD Extensions"]["found"])


def shared_instructions(found: Sequence[str]) -> dict[str, str]:
    """Variables under which NumPy and OpenBLAS use nothing beyond AVX2 and FMA.

    Parameters
    ----------
    found
        As ``instructions`` gives them; NumPy before 2.4 names them one by one.

    Returns
    -------
    Empty where these are missing: on older processors and on other kinds.

    Examples
    --------
    >>> shared_instructions(["X86_V3", "X86_V4"])
    {'OPENBLAS_CORETYPE': 'Haswell', 'NPY_DISABLE_CPU_FEATURES': 'X86_V4'}
    >>> shared_instructions(["NEON"])
    {}
    """
    if "X86_V3" not in found and not {"AVX2", "FMA3"} <= set(found):
        return {}
    wider = " ".join(name for name in found if name == "X86_V4" or name.startswith("AVX512"))
    return {BLAS: "Haswell"} | ({NUMPY: wider} if wider else {})


def use_shared_instructions(environment: MutableMapping[str, str] = os.environ) -> None:
    """Let processes that start from here on compute as ``shared_instructions`` says; what is set already stays."""
    for name, value in shared_instructions(instructions()).items():
        environment.setdefault(name, value)


if __name__ == "__main__":
    for chosen in shared_instructions(instructions()).items():
        print("export {}={}".format(*map(quote, chosen)))
