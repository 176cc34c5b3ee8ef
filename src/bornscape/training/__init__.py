"""Training a Born machine under a shot budget: sampled parameter-shift gradients, Adam, exact TVD every epoch."""

from bornscape.training.adam import Adam, learning_rate
from bornscape.training.checkpoints import Progress
from bornscape.training.estimated_gradients import GradientSignal, exact_gradient, gradient_signal, sampled_gradient
from bornscape.training.objectives import Loss, Objective, objective
from bornscape.training.runs import TrainingRun, initial_angles, train
from bornscape.training.targets import Generalisation, Task, generalisation, negative_log, task

__all__ = [
    "Adam",
    "Generalisation",
    "GradientSignal",
    "Loss",
    "Objective",
    "Progress",
    "Task",
    "TrainingRun",
    "exact_gradient",
    "generalisation",
    "gradient_signal",
    "initial_angles",
    "learning_rate",
    "negative_log",
    "objective",
    "sampled_gradient",
    "task",
    "train",
]
