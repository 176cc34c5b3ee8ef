"""A notebook's kernel in a copied process: another copy, with the same notebook as its result, and never left over."""

import os
import time
from multiprocessing import get_context
from pathlib import Path

import nbformat
import psutil

from bornscape.pages.notebooks import execute
from bornscape.run.copied_kernel import CopiedKernel

WHOSE = "import os\nfrom multiprocessing import parent_process\n"
SHOWS = """import matplotlib.pyplot as plt
plt.plot([0, 1])
plt.show()
print(sorted(results), os.path.basename(os.getcwd()))"""
WIDE = """
import pandas as pd
pd.DataFrame({name: ["words " * 30] for name in "abcdef"})"""
CONTEXT = get_context("forkserver")
CONTEXT.set_forkserver_preload(["matplotlib.pyplot", "pandas"])


def written(folder: Path, *cells: str) -> Path:
    parameters = nbformat.v4.new_code_cell("results = 'xyz'", metadata={"tags": ["parameters"]})
    about = {"language_info": {"name": "python"}}
    notebook = nbformat.v4.new_notebook(cells=[parameters, *map(nbformat.v4.new_code_cell, cells)], metadata=about)
    folder.mkdir(exist_ok=True)
    nbformat.write(notebook, folder / "source.ipynb")
    return folder


def run(folder: Path) -> None:
    output = folder / "out" / "done.ipynb"
    execute(folder / "source.ipynb", output, {"results": "ab"}, folder / "live.ipynb", CopiedKernel)


def texts(folder: Path) -> str:
    cells = nbformat.read(folder / "out" / "done.ipynb", as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


def test_a_copy_of_a_copy_gives_the_same_notebook(tmp_path: Path) -> None:
    copied, plain = (written(tmp_path / name, WHOSE + SHOWS, WIDE) for name in ("copied", "plain"))
    job = CONTEXT.Process(target=run, args=(copied,))
    job.start()
    job.join()
    assert job.exitcode == 0
    run(plain)
    assert (copied / "out" / "done.ipynb").read_bytes() == (plain / "out" / "done.ipynb").read_bytes()
    assert "image/png" in (copied / "out" / "done.ipynb").read_text()
    assert "['a', 'b'] out" in texts(copied)


def test_the_kernel_is_a_copy_in_a_copy_alone(tmp_path: Path) -> None:
    copied, plain = (written(tmp_path / name, WHOSE + "print(parent_process() is not None)") for name in "ab")
    job = CONTEXT.Process(target=run, args=(copied,))
    job.start()
    job.join()
    run(plain)
    assert (texts(copied), texts(plain)) == ("True\n", "False\n")


def test_a_cell_that_fails_fails_the_job(tmp_path: Path) -> None:
    job = CONTEXT.Process(target=run, args=(written(tmp_path, "1 / 0"),))
    job.start()
    job.join()
    assert job.exitcode == 1
    assert not (tmp_path / "out" / "done.ipynb").exists()


def test_a_kernel_ends_with_its_job(tmp_path: Path) -> None:
    folder = written(tmp_path, "import os, time\nopen('kernel', 'w').write(str(os.getpid()))\ntime.sleep(600)")
    job = CONTEXT.Process(target=run, args=(folder,))
    job.start()
    number = folder / "out" / "kernel"
    assert wait(lambda: number.exists() and number.read_text() != "", 120)
    kernel = psutil.Process(int(number.read_text()))
    assert kernel.pid != os.getpid()
    job.kill()
    assert wait(lambda: not kernel.is_running() or kernel.status() == psutil.STATUS_ZOMBIE, 60)


def wait(until: object, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not until() and time.monotonic() < end:  # type: ignore[operator]
        time.sleep(0.1)
    return bool(until())  # type: ignore[operator]
