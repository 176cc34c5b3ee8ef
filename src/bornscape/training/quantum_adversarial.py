"""A QGAN as a generative model: a Born machine that is trained against a classical discriminator."""

from __future__ import annotations

import numpy as np

from bornscape.aliases import Float
from bornscape.circuits import Circuit
from bornscape.training.adversarial import adversarial_step
from bornscape.training.born_machine import BornMachine
from bornscape.training.discriminators import Discriminator
from bornscape.training.generative import Step


class QuantumAdversarialNetwork(BornMachine):
    """A Born machine whose own training is adversarial; with any other loss it is the QCBM.

    Parameters
    ----------
    width, rate
        Rectifiers of the discriminator's hidden layer, and Adam's learning rate for it.
    judge_steps
        Its steps before each step of the circuit. With few it stays low-bodied: with three it does not find the even
        parity of 8 bits, with ten it does.
    """

    name = "qgan"
    native_loss = "adversarial"

    def __init__(self, circuit: Circuit, width: int = 64, rate: float = 0.01, judge_steps: int = 10) -> None:
        super().__init__(circuit)
        self.width, self.rate, self.judge_steps = width, rate, judge_steps

    def native(self, p: Float, shots: int, rng: np.random.Generator) -> Step:
        """Down -sum_x q(x) D(x) by the parameter-shift rule, D the log-odds of a network; see ``adversarial_step``."""
        seed = int(rng.integers(2**31))
        judge = Discriminator(self.n_bits, "network", self.width, self.rate, shots, seed)
        return adversarial_step(self, judge, p, self.judge_steps, shots, rng)
