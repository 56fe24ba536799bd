"""Two optimizers, Muon for matrices and Adam for the rest, and their common schedule."""
import numpy as np
import torch


class Muon(torch.optim.Optimizer):
    """Momentum whose updates of matrices are made near-orthogonal."""

    def __init__(self, parameters, lr, momentum=0.95, weight_decay=0.01):
        super().__init__(parameters, dict(lr=lr, momentum=momentum, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape = {}                               # matrices of one shape are done together
            for parameter in group["params"]:
                if parameter.grad is not None:
                    update = self._wide_update(parameter, group["momentum"])
                    by_shape.setdefault(update.shape, []).append((parameter, update))
            for pairs in by_shape.values():
                updates = orthogonal(torch.stack([update for _, update in pairs]))
                for (parameter, _), update in zip(pairs, updates):
                    self._apply(parameter, update, group)

    def _wide_update(self, parameter, momentum):
        """Nesterov momentum of a matrix, transposed where it has more rows than columns."""
        mean = self.state[parameter].setdefault("mean", torch.zeros_like(parameter))
        mean.lerp_(parameter.grad, 1 - momentum)
        update = parameter.grad.lerp(mean, momentum)
        return update.T if is_tall(update) else update

    @staticmethod
    def _apply(parameter, update, group):
        if is_tall(parameter):
            update = update.T
        scale = max(1, parameter.shape[0] / parameter.shape[1]) ** .5
        parameter.mul_(1 - group["lr"] * group["weight_decay"]).add_(update, alpha=-group["lr"] * scale)


def is_tall(matrix):
    return matrix.shape[0] > matrix.shape[1]


def orthogonal(matrices):
    """Five Newton-Schulz steps, in bfloat16, towards the nearest orthogonal matrices: [n, rows, columns], not tall."""
    x = matrices.to(torch.bfloat16)
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(5):
        a = x @ x.transpose(1, 2)
        x = 3.4445 * x + (-4.775 * a + 2.0315 * a @ a) @ x
    return x.to(matrices.dtype)


def make_optimizers(named_parameters, matrix_lr, other_lr):
    """Muon for matrices, Adam for norms, biases, embeddings and heads."""
    matrices, others = [], []
    for name, parameter in named_parameters:
        is_matrix = parameter.dim() == 2 and "embed" not in name and "head" not in name
        (matrices if is_matrix else others).append(parameter)
    optimizers = [Muon(matrices, matrix_lr), torch.optim.AdamW(others, other_lr, betas=(.9, .98), weight_decay=0.0)]
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak"] = group["lr"]
    return optimizers


def set_learning_rate(optimizers, done, step):
    """Warm-up over 100 steps, then half a cosine over the time (`done` from 0 to 1) down to a fiftieth."""
    factor = min(1, (step + 1) / 100) * (.02 + .98 * .5 * (1 + np.cos(np.pi * min(1, done))))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * factor


def descend(optimizers, loss, clipped=()):
    """One step down the loss; the gradients of the parameters `clipped` have a norm of at most 1 together."""
    for optimizer in optimizers:
        optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(clipped, 1.0)
    for optimizer in optimizers:
        optimizer.step()
