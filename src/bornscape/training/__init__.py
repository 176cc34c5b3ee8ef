"""Training a Born machine under a shot budget: sampled parameter-shift gradients, Adam, exact TVD every epoch."""

from bornscape.training.adam import Adam, learning_rate
from bornscape.training.checkpoints import Progress
from bornscape.training.gradients import GradientSignal, exact_gradient, gradient_signal, sampled_gradient
from bornscape.training.objectives import Loss, Objective, objective
from bornscape.training.runs import TrainingRun, initial_angles, train

__all__ = [
    "Adam",
    "GradientSignal",
    "Loss",
    "Objective",
    "Progress",
    "TrainingRun",
    "exact_gradient",
    "gradient_signal",
    "initial_angles",
    "learning_rate",
    "objective",
    "sampled_gradient",
    "train",
]
