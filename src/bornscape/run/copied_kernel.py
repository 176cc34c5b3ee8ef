"""The kernel of a notebook as a copy of the job that runs it, not as a new interpreter.

It would take 2 s of CPU to start and to import what notebooks use, longer than most of them run.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import Any

from bornscape.extras import extra

with extra("workflow"):
    import psutil
    from jupyter_client.manager import AsyncKernelManager
    from jupyter_client.provisioning import LocalProvisioner


class CopiedKernel(AsyncKernelManager):
    """Manages a kernel that is a copy, in a process that is one itself; elsewhere a kernel like any."""

    async def _async_pre_start_kernel(self, **options: Any) -> Any:
        if self.provisioner is None and parent_process() is not None:
            self.provisioner = _Copies(parent=self, kernel_spec=self.kernel_spec, kernel_id=self.kernel_id)
        return await super()._async_pre_start_kernel(**options)


class _Copies(LocalProvisioner):
    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        self.cwd = options.get("cwd") or os.getcwd()
        process = get_context("fork").Process(target=_run, args=(cmd, self.cwd, options["env"], os.getpid()))
        process.start()
        self.process = _Process(process)  # type: ignore[assignment]
        self.pid = self.pgid = process.pid
        return self.connection_info


class _Process:
    """A process of ``multiprocessing`` as one of ``subprocess``, as far as a provisioner asks."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process = process
        self.pid, self.kill, self.terminate = process.pid, process.kill, process.terminate

    def poll(self) -> int | None:
        return self._process.exitcode  # type: ignore[no-any-return]

    def wait(self) -> int:
        self._process.join()
        return int(self._process.exitcode)

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)


def _run(command: list[str], folder: str, environment: dict[str, str], job: int) -> None:
    """Be the kernel of process ``job``; ``command`` ends in ``-m ipykernel_launcher`` and its options."""
    with extra("workflow"):
        import matplotlib as mpl
        import pandas as pd
        from ipykernel.kernelapp import IPKernelApp

    # As for a program in a session of its own: signals for the job that started it are not for it.
    os.setsid()
    Thread(target=_end_with, args=(job,), daemon=True).start()
    # The loop of the process that was copied is in the middle of starting this one.
    asyncio.set_event_loop(asyncio.new_event_loop())
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # What a kernel says by a variable of the environment to libraries that are not imported yet. Not by mpl.use, which
    # would load the backend before there is a shell that shows its pictures.
    mpl.rcParams["backend"] = "module://matplotlib_inline.backend_inline"
    # What pandas takes where a kernel imports it: a text shows so many columns, and not what a terminal holds.
    pd.set_option("display.max_columns", 20)
    # A kernel without a parent would say how to stop it.
    parent = f"--IPKernelApp.parent_handle={os.getppid()}"
    IPKernelApp.launch_instance(argv=[*command[command.index("ipykernel_launcher") + 1 :], parent])


def _end_with(job: int) -> None:
    with suppress(psutil.NoSuchProcess):
        psutil.Process(job).wait()
    os._exit(1)
