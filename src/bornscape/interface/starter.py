"""``bornscape init``: a configuration and a circuit to begin with, which run as they are."""

from __future__ import annotations

import json
from pathlib import Path

from bornscape.artifacts import write_text

CONFIGURATION, CIRCUIT = "mine.yaml", "my_circuit.py"

_YAML = """\
# Is my model trainable? Run it from the folder that you called bornscape init in, a checkout of the project:
#
#   snakemake --cores 2 my_model --configfile {configuration}
#
# Every key: docs/use/your-own-model.md
run: mine                      # the results land in results/mine
seed: 0                        # another seed: other random starts
models:
  first_try:                   # any name; several models share a table
    circuit:
      file: {circuit}    # paths count from the folder that you start in
      function: circuit
      # parameters: 3*n-1      # their number; found by trying the function where it can be
    initialisation: {{kind: uniform}}              # angles on [0, 2 pi); or {{kind: small, scale: 1/n}}, in radians
    losses:
      mmd: {{kind: mmd, bandwidth: n/4}}           # s of the kernel exp(-H / 2s), a formula of n
      # kld: {{kind: kld}}                         # or lqf, qf, reverse_kld, jsd, tvd, ...
    data: {{set: ghz}}                             # your own: {{samples: bits.csv}}, a row of 0 and 1 a sample
    sizes: [4, 5, 6, 7, 8, 9, 10]                # numbers of qubits; a law needs 5 of them from 4 on
    shots: 1000                                  # measurements of every circuit, a number or a formula of n
    draws: 100                                   # random starts at each size; more of them decide more
"""

_PYTHON = '''\
"""My circuit: a function of (parameters, wires). Wire 0 is the most significant bit."""

import pennylane as qml


def circuit(parameters, wires):
    """A layer of RY, a chain of CRZ and a layer of RX: 3n-1 angles in radians, each affine in a parameter."""
    n = len(wires)
    for k, wire in enumerate(wires):
        qml.RY(parameters[k], wires=wire)
    for k in range(n - 1):
        qml.CRZ(parameters[n + k], wires=[wires[k], wires[k + 1]])
    for k, wire in enumerate(wires):
        qml.RX(parameters[2 * n - 1 + k], wires=wire)
'''


def write_starter(folder: Path) -> list[Path]:
    """Write mine.yaml and my_circuit.py into a folder, which is made if it is missing; return their paths.

    Raises
    ------
    FileExistsError
        If one of them is there; nothing is written then.
    """
    paths = [folder / CONFIGURATION, folder / CIRCUIT]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path}: is there already; expected another folder, as in: bornscape init another")
    folder.mkdir(parents=True, exist_ok=True)
    texts = [_YAML.format(configuration=paths[0], circuit=json.dumps(str(paths[1]), ensure_ascii=False)), _PYTHON]
    for path, text in zip(paths, texts, strict=True):
        write_text(text, path)
    return paths
