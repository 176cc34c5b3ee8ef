"""FlagQuantum: a circuit of PyTorch tensors, a batch of draws at once; on a processor or on a GPU.

It stands apart from the other peers: its PyTorch alone is larger than all that ``make benchmark`` installs. See
``benchmarks.on_gpu``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import Float, eq_53
from benchmarks.work import Size

NAME, PACKAGE = "FlagQuantum", "flagquantum"


def _torch() -> Any:
    """PyTorch, on one core where it computes on a processor."""
    import torch

    torch.set_num_threads(1)
    return torch


def on_a_gpu() -> bool:
    """Whether PyTorch finds one."""
    return bool(_torch().cuda.is_available())


def finished(found: Any) -> Any:
    """A result, once the GPU has it."""
    if found.is_cuda:
        _torch().cuda.synchronize()
    return found


def _probabilities(size: Size, theta: Any, double: bool) -> Any:
    """Eq. 53's probabilities, (batch, 2**n), at angles (P, batch), on the angles' device."""
    import flagquantum

    kind = _torch().complex128 if double else _torch().complex64
    circuit = flagquantum.Circuit(size.n, bsz=theta.shape[1], dtype=kind, device=str(theta.device))

    def rot(i: int, a: Any, b: Any, c: Any) -> None:
        circuit.rz(i, a)
        circuit.ry(i, b)
        circuit.rz(i, c)

    eq_53(size, circuit.cx, circuit.ry, rot, theta)
    return circuit.probabilities()


def _angles(thetas: Float, double: bool, device: str) -> Any:
    torch = _torch()
    return torch.tensor(thetas.T.copy(), dtype=torch.float64 if double else torch.float32, device=device)


def draws(size: Size, precision: str, device: str) -> Callable[[Float], Any]:
    """Probabilities (batch, 2**n) of parameters (batch, P), left on the device."""
    double = precision == "double"

    def draw(thetas: Float) -> Any:
        with _torch().no_grad():
            return finished(_probabilities(size, _angles(thetas, double, device), double))

    return draw


def gradients(size: Size, p: Float, device: str) -> Callable[[Float], Any]:
    """Gradients (batch, P) of the KLD at parameters (batch, P), by PyTorch, in double precision."""
    torch = _torch()
    data = torch.tensor(p, device=device)

    def gradient(thetas: Float) -> Any:
        theta = _angles(thetas, True, device).requires_grad_()
        loss = -(data * torch.log(_probabilities(size, theta, True))).sum()
        return finished(torch.autograd.grad(loss, theta)[0].T)

    return gradient
