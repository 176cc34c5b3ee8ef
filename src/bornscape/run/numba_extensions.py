"""What Numba takes up from other packages before it compiles first, taken up when this is imported.

It is nearly a second of CPU, which copies of a process that imported this are spared.
"""

from __future__ import annotations

from numba.core.entrypoints import init_all

init_all()
