# ---
# title: Schedules
# description: >-
#   A learning rate for each step: what a constant rate leaves over, five schedules equal to PyTorch's
#   step by step, and what they gain over ten seeds.
# needs: >-
#   [one row at a time](stochastic.py) and [one loop for everything](loop.py)
# ---

# %% [markdown]
r"""
**The question.** With a large learning rate you are soon near the best, and hover there. With a small one you
get closer, but it takes far more steps. Which of the two do you want?

## The idea

Both, one after the other. A **learning rate schedule** is a function $f$ of the number of the step $t$, counted
from 0. The rate of the step is that of the optimizer, times this *factor*:

$$
\text{lr}_t = \text{lr} \cdot f(t) .
$$

| Schedule | Its factor | In PyTorch |
| --- | --- | --- |
| constant | stays 1 | no scheduler |
| stairs | falls at once, again and again after as many steps | `StepLR` |
| cosine | falls from 1 to 0 along half a wave, $(1 + \cos(\pi t / T)) / 2$, in $T$ steps | `CosineAnnealingLR` |
| warm-up | rises in equal steps, then follows another schedule | `LinearLR`, `SequentialLR` |
| one cycle | rises along a half wave to 1, then falls along one nearly to 0 | `OneCycleLR` |

Why fall? At a constant rate a run with single rows [hovers](stochastic.py#going-deeper-it-hovers). How far from
the best can be computed.

## The smallest case, by hand

One parameter $w$, with its best value at 0 and a cost of curvature $\lambda$, so that its gradient is
$\lambda w$. What a batch gives is the gradient with noise of the standard deviation $\sigma$
([how much, and why](minibatches.py)). With $\varepsilon$ for a random number of mean 0 and variance 1, a step is

$$
w \leftarrow w - \text{lr} \, (\lambda w + \sigma \varepsilon) = (1 - \text{lr} \, \lambda) \, w - \text{lr} \, \sigma \varepsilon .
$$

A factor on a random number counts squared in its variance, and the variances of independent ones add up. So the
variance $V$ of $w$ becomes

$$
V \leftarrow (1 - \text{lr} \, \lambda)^2 \, V + \text{lr}^2 \sigma^2 .
$$

The first part shrinks it, the second adds to it. See where that ends, with $\lambda = \sigma = 1$ and two rates:
"""

# %%
for lr in (0.5, 0.25):
    variance, variances = 0.0, []
    for _ in range(12):
        variance = (1 - lr) ** 2 * variance + lr**2
        variances.append(variance)
    print(lr, " ".join(f"{each:.3f}" for each in variances[::2]))

# %% [markdown]
r"""
It settles where a step takes away as much as it adds. There the variance is $V$ before the step and after it. Put
$V$ on both sides, and solve for it:

$$
V = \frac{\text{lr} \, \sigma^2}{\lambda \, (2 - \text{lr} \, \lambda)} .
$$

This is the **noise floor**, as code [`noise_floor`][course.training.schedules.noise_floor]. For a small rate it
is nearly $\text{lr} \, \sigma^2 / 2 \lambda$, in proportion to the rate. But the way from a bad start shrinks only by the factor
$1 - \text{lr} \, \lambda$ in a step. One number, the rate, decides both how fast you come and how close you get.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question
from course.training.schedules import noise_floor

ratio = noise_floor(0.01, 1.0, 1.0) / noise_floor(0.02, 1.0, 1.0)
Question(
    "At a small constant rate, training hovers at the floor. You halve the rate and wait. What becomes of the "
    "variance?",
    Choice(
        "it stays",
        abs(ratio - 1) < 0.1,
        "The noise of a gradient stays. How much of it goes into the parameter depends on the rate.",
    ),
    Choice(
        "half",
        abs(ratio - 0.5) < 0.1,
        "A step adds a quarter of the variance, but it also takes away about half as much. What is left is "
        f"{ratio:.2f} of it, and the distance from the best, its root, is {ratio**0.5:.2f} of what it was.",
    ),
    Choice(
        "a quarter",
        abs(ratio - 0.25) < 0.1,
        "That is what one step adds. The floor also depends on what a step takes away.",
    ),
)

# %% [markdown]
r"""
## The floor, measured

Two thousand runs at once, each an element of one tensor, from the same start. `scheduler.step()` after `optimizer.step()`
gives the optimizer its next rate; `LambdaLR` takes any function of the step.
"""

# %%
import functools

import torch
from torch import optim
from torch.optim.lr_scheduler import LambdaLR

from course.training.schedules import constant, cosine


def descend(lr, schedule, steps=600):
    generator = torch.Generator().manual_seed(0)
    w = torch.full((2000,), 10.0).double()
    optimizer = optim.SGD([w], lr=lr)
    scheduler = LambdaLR(optimizer, schedule)
    path = []
    for _ in range(steps):
        noise = torch.randn(2000, generator=generator).double()
        w.grad = w + noise
        optimizer.step()
        scheduler.step()
        path.append(w.clone())
    return torch.stack(path)


falling = functools.partial(cosine, steps=600)
paths = {
    "rate 0.5": descend(0.5, constant),
    "rate 0.05": descend(0.05, constant),
    "cosine from 0.5": descend(0.5, falling),
}

# %% alt="Mean squared distance from the best against the step, on a log scale, over 600 steps. At the rate 0.5 it falls within a few steps to about a third and stays there. At 0.05 it falls in a straight line for about 80 steps, bends, and stays at a level more than ten times lower. With the cosine from 0.5 it falls at once to the first level, sinks slowly, crosses the second level in the last quarter of the steps and ends below half of it." lead="A constant rate comes down to a floor and stays; a falling one is as fast at first, and ends below."
from course import plotting

plotting.curves(
    {name: path.square().mean(dim=1) for name, path in paths.items()},
    xlabel="step",
    ylabel="mean squared distance",
    log=True,
)

# %% tags=["fold"]
from course.training.schedules import noise_floor
from course.training.seeds import mean_interval

measured = {}
for name, path in paths.items():
    measured[name] = mean_interval(path[-1].square(), confidence=0.99)
    print(f"{name:15} {measured[name][0]:.4f} ± {measured[name][1]:.4f}")
floors = {lr: noise_floor(lr, curvature=1.0, noise=1.0) for lr in (0.5, 0.05)}
for lr, floor in floors.items():
    print(f"the formula for the rate {lr}: {floor:.4f}")

# %% tags=["claim", "in-general"]
for lr, floor in floors.items():
    mean, margin = measured[f"rate {lr}"]
    assert abs(mean - floor) < margin, (
        "the variance after 600 steps is that of the formula: it lies in the 99 % interval from 2,000 runs"
    )
mean, margin = measured["cosine from 0.5"]
assert mean + margin < floors[0.05] / 2, (
    "with the cosine it is below half of the lower floor: so is the 99 % interval"
)

# %% [markdown]
r"""
What comes behind ± is the margin of an [interval](seeds.py). The falling rate is as fast at the beginning
as the large one. In the end it comes closer than the small one could with any number of steps.

## The schedules as code

::: course.training.schedules.cosine

The others, [`constant`][course.training.schedules.constant],
[`stairs`][course.training.schedules.stairs], [`linear`][course.training.schedules.linear],
[`warm_up`][course.training.schedules.warm_up] and [`one_cycle`][course.training.schedules.one_cycle], are as short. A
scheduler calls its function with the step alone, so fill in the rest with `functools.partial`, as above. Four of them, for
a hundred steps:
"""

# %% alt="Four factors against the step, from 0 to 99. The stairs stay at 1, fall at once to about a third after 30 steps, and twice more. The cosine falls from 1, slowly, then faster, then slowly, to 0. The third rises in a straight line from near 0 to 1 at step 20 and then falls along a cosine. One cycle rises along a curve from just above 0 to 1 at step 29 and falls along a curve to 0."
from course.training.schedules import linear, one_cycle, stairs, warm_up

schedules = {
    "stairs": functools.partial(stairs, step_size=30, gamma=0.3),
    "cosine": functools.partial(cosine, steps=100),
    "warm-up, cosine": functools.partial(
        warm_up, steps=20, schedule=functools.partial(cosine, steps=80)
    ),
    "one cycle": functools.partial(one_cycle, steps=100),
}

steps = torch.arange(100)
factors = {
    name: torch.tensor([schedule(t) for t in range(100)]) for name, schedule in schedules.items()
}
plotting.functions(steps, factors, xlabel="step", ylabel="factor")

# %% [markdown]
r"""
## The PyTorch way

Each of them is there ready-made, and takes the optimizer:
"""

# %%
from torch.optim import lr_scheduler

ready_made = {
    "stairs": lambda each: lr_scheduler.StepLR(each, step_size=30, gamma=0.3),
    "cosine": lambda each: lr_scheduler.CosineAnnealingLR(each, T_max=100),
    "warm-up, cosine": lambda each: lr_scheduler.SequentialLR(
        each,
        [
            lr_scheduler.LinearLR(each, start_factor=0.01, total_iters=20),
            lr_scheduler.CosineAnnealingLR(each, T_max=80),
        ],
        milestones=[20],
    ),
    "one cycle": lambda each: lr_scheduler.OneCycleLR(
        each, max_lr=0.4, total_steps=100, cycle_momentum=False
    ),
}


# %% tags=["fold"]
def rates_of(make, steps=100):
    """Return the rate of each step."""
    optimizer = optim.SGD([torch.zeros(1)], lr=0.4)
    scheduler = make(optimizer)
    rates = []
    for _ in range(steps):
        rates.append(scheduler.get_last_lr()[0])
        optimizer.step()
        scheduler.step()
    return torch.tensor(rates)


differences = {}
for name, make in ready_made.items():
    ours = rates_of(functools.partial(LambdaLR, lr_lambda=schedules[name]))
    differences[name] = (rates_of(make) - ours).abs().max().item()
    print(f"{name:16} largest difference of a rate {differences[name]:.0e}")

# %% tags=["claim", "always"]
assert max(differences.values()) < 1e-6, (
    "all of them have the rates of PyTorch's own schedulers, in each of 100 steps"
)
plain = rates_of(functools.partial(LambdaLR, lr_lambda=constant))
assert torch.equal(plain, rates_of(lambda each: lr_scheduler.ConstantLR(each, factor=1.0))), (
    "and so has `constant`"
)
down = functools.partial(linear, start_factor=1.0, end_factor=0.0, total_iters=100)
straight = rates_of(lambda each: lr_scheduler.LinearLR(each, 1.0, 0.0, total_iters=100))
assert torch.allclose(rates_of(functools.partial(LambdaLR, lr_lambda=down)), straight), (
    "and `linear`"
)

# %% [markdown]
r"""
`fit` knows nothing of schedulers. So give the optimizer a *hook*, a function that it calls after each of its steps: the
hook calls the scheduler. Here is a small network on scikit-learn's digits, images of 8 × 8 pixels, with 8 rows in each step:
"""

# %%
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit

device = pick_device()
x, y = (torch.tensor(each) for each in load_digits(return_X_y=True))
x, y = (x / 16).float().to(device), y.to(device)


def new_network(seed):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).to(device)


model = new_network(0)
batches = Batches(TensorDataset(x[:1200], y[:1200]), batch_size=8, shuffle=True)
epochs = 4
optimizer = optim.SGD(model.parameters(), lr=0.4)
scheduler = LambdaLR(optimizer, functools.partial(cosine, steps=epochs * len(batches)))
optimizer.register_step_post_hook(lambda *_: scheduler.step())


def report(history):
    print(f"loss {history.training[-1]:.3f}, next rate {scheduler.get_last_lr()[0]:.3f}")


history = fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs, callbacks=[report])

# %% tags=["claim", "always"]
assert scheduler.get_last_lr()[0] < 1e-12, "at the end of the training the rate is 0"

# %% tags=["hide-input"]
by_epochs = cosine(epochs, epochs * len(batches))
Question(
    f"The schedule above is made for {epochs * len(batches)} steps. You call `scheduler.step()` once after "
    f"each of the {epochs} epochs instead. What rate does the training end with?",
    Choice(
        "about 0",
        by_epochs < 0.1,
        "A scheduler knows nothing of batches and epochs: it counts its own calls.",
    ),
    Choice(
        "about half of the first",
        0.4 < by_epochs < 0.6,
        f"That would be after {epochs * len(batches) // 2} calls.",
    ),
    Choice(
        "nearly the first",
        by_epochs > 0.99,
        f"After {epochs} calls the factor is {by_epochs:.4f}. No message says so: print the last rate.",
    ),
)

# %% [markdown]
r"""
## Ten seeds

Does it help? Five rates, each constant and with the cosine, and each with ten seeds: for the split, the first weights
and the order of the rows. They all train at once, as one more axis<!-- term --> of the weights; the code is folded.
"""

# %% tags=["fold"]
from torch.nn import functional as F

from course.training.stochastic import shuffled_rows


def wrong_answers(make, schedule, rates, seeds, epochs, size):
    """Return how many answers in 100 are wrong on unseen rows, `(seeds, rates)`."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    rows = torch.stack([torch.randperm(len(x), generator=each) for each in generators])
    learned, unseen = rows[:, :1200], rows[:, 1200:].to(device)
    orders = torch.stack([shuffled_rows(1200, epochs, each) for each in generators])
    batches = learned.gather(1, orders).unflatten(1, (-1, size)).to(device)

    def drawn(rows, columns, inputs):  # as `nn.Linear` draws weights and biases
        many = [torch.rand(rows, columns, generator=each) for each in generators]
        return ((2 * torch.stack(many) - 1) / inputs**0.5).to(device)

    start = drawn(64, 32, 64), drawn(1, 32, 64), drawn(32, 10, 32), drawn(1, 10, 32)
    groups = [
        {"params": [each.clone().requires_grad_() for each in start], "lr": rate} for rate in rates
    ]
    optimizer = make(groups)
    scheduler = LambdaLR(optimizer, schedule)

    def logits(rows):
        parts = zip(*(group["params"] for group in groups), strict=True)
        w1, b1, w2, b2 = (torch.stack(each, dim=1) for each in parts)
        return (x[rows].unsqueeze(1) @ w1 + b1).relu() @ w2 + b2

    for step in range(batches.shape[1]):
        outputs = logits(batches[:, step])
        labels = y[batches[:, step]].unsqueeze(1).expand(outputs.shape[:3])
        optimizer.zero_grad()
        (
            F.cross_entropy(outputs.flatten(0, 2), labels.flatten(), reduction="sum") / size
        ).backward()
        optimizer.step()
        scheduler.step()
    with torch.no_grad():
        wrong = logits(unseen).argmax(dim=3) != y[unseen].unsqueeze(1)
    return 100 * wrong.double().mean(dim=2).cpu()


rates = [0.05, 0.1, 0.2, 0.4, 0.8]
falling = functools.partial(cosine, steps=600)
both = {"constant": constant, "cosine": falling}
train = functools.partial(wrong_answers, optim.SGD, epochs=4, size=8)
wrong = {name: train(schedule, rates, range(10)) for name, schedule in both.items()}
best = {name: rates[each.mean(dim=0).argmin()] for name, each in wrong.items()}
again = {name: train(both[name], [best[name]], range(10, 20))[:, 0] for name in both}
gain, margin = mean_interval(again["constant"] - again["cosine"])

print("wrong answers in 100: the mean of ten seeds")
print("rate    ", "".join(f"{rate:13}" for rate in rates))
for name, each in wrong.items():
    ends = [mean_interval(column) for column in each.T]
    print(f"{name:9}", "".join(f"{mean:6.1f} ± {reach:4.1f}" for mean, reach in ends))

# %% [markdown]
r"""
At a rate that is too small, a falling one is worse: it stops on the way. So compare each at its own best rate, constant
{{ best["constant"] }} and cosine {{ best["cosine"] }}, and with ten seeds that did not choose them:
"""

# %% alt="Two rows of ten dots each, wrong answers in 100. Those of the constant rate lie further to the right than those of the cosine, and are more spread out; the two ranges overlap. Below each row a bar stands at its mean, about 6 and 4."
plotting.dots(
    {f"{name}, rate {best[name]}": each for name, each in again.items()},
    xlabel="wrong answers in 100",
)

# %% tags=["claim", "here"]
assert wrong["constant"][:, 0].mean() < wrong["cosine"][:, 0].mean(), (
    "at the smallest rate, the constant one makes fewer mistakes"
)

# %% tags=["claim", "in-general"]
assert gain - margin > 0, (
    "over ever more splits of these digits, paired, each with its best rate, the cosine makes fewer mistakes: "
    "with ten other seeds the 95 % interval of the difference lies above 0"
)

# %% [markdown]
r"""
After as many steps, the cosine makes **{{ gain:.1f }} ± {{ margin:.1f }}** fewer mistakes in 100 answers.

## What goes wrong: the order of the two calls

Call the scheduler first, and PyTorch warns:
"""

# %% tags=["warns"] cause="`scheduler.step()` came before `optimizer.step()`, so the rate of the first step is never used: call the optimizer first."
used = {"scheduler first": [], "optimizer first": []}
for order, rates_used in used.items():
    optimizer = optim.SGD([torch.zeros(1)], lr=0.4)
    scheduler = LambdaLR(optimizer, functools.partial(cosine, steps=4))
    for _ in range(4):
        if order == "scheduler first":
            scheduler.step()
        rates_used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if order == "optimizer first":
            scheduler.step()
    print(f"{order}: {', '.join(f'{rate:.3f}' for rate in rates_used)}")

# %% tags=["claim", "always"]
assert used["scheduler first"][:3] == used["optimizer first"][1:], (
    "with the scheduler first, each step has the rate of the next one"
)

# %% [markdown]
r"""
**The symptom** is a warning, shown once. The first rate is skipped, and the last step has the rate 0. **The repair**: first
the optimizer, then the scheduler. The hook above cannot get it wrong.

## Going deeper: why to warm up

Adam divides a mean of gradients by their usual size. In its first step it has seen one gradient, and so steps a whole learning
rate in every element, even if the gradient is nothing but noise. Give it such gradients, 20,000 elements of pure noise:
"""

# %%
generator = torch.Generator().manual_seed(0)
w = torch.zeros(20_000)
optimizer = optim.Adam([w], lr=1.0)
lengths = []
for _ in range(60):
    before = w.clone()
    w.grad = torch.randn(20_000, generator=generator)
    optimizer.step()
    lengths.append((w - before).square().mean().sqrt().item())
print(", ".join(f"step {t}: {lengths[t - 1]:.2f}" for t in (1, 2, 5, 20, 60)))

# %% tags=["claim", "here"]
assert abs(lengths[0] - 1) < 1e-4, "the first step is as long as the learning rate"
assert abs(lengths[-1] - (0.1 / 1.9) ** 0.5) < 0.01, (
    "the 60th is as long as the theory says, the root of (1 − β₁) / (1 + β₁), in rates"
)

# %% [markdown]
r"""
In a mean of many gradients the noise cancels; in the first ones it does not. A **warm-up** keeps the rate small while
the means fill. On the digits, with 40 rows in each step for 6 epochs, each rate with and without:
"""

# %% tags=["fold"]
adam_rates = [0.03, 0.06, 0.1, 0.2]
cold = functools.partial(cosine, steps=180)
warm = functools.partial(warm_up, steps=36, schedule=functools.partial(cosine, steps=144))
train = functools.partial(wrong_answers, optim.Adam, epochs=6, size=40)
by_adam = {
    name: train(schedule, adam_rates, range(10))
    for name, schedule in {"cosine": cold, "warm-up, cosine": warm}.items()
}
print("wrong answers in 100, the mean of ten seeds")
print("rate            ", "".join(f"{rate:7}" for rate in adam_rates))
for name, each in by_adam.items():
    print(f"{name:16}", "".join(f"{mean:7.1f}" for mean in each.mean(dim=0)))
saved, saved_margin = mean_interval((by_adam["cosine"] - by_adam["warm-up, cosine"])[:, 3])

# %% tags=["claim", "in-general"]
assert saved - saved_margin > 0, (
    "over ever more splits of these digits, at the rate 0.2, the warm-up saves mistakes: with ten seeds the "
    "95 % interval of the difference lies above 0"
)

# %% [markdown]
r"""
Where the rate is small, warm-up changes little. At {{ adam_rates[-1] }} it saves {{ saved:.0f}} ±
{{ saved_margin:.0f}} mistakes in 100: without it, {{ (by_adam["cosine"][:, 3] > 30).sum() }} of the ten runs get more than 30 of them wrong.

## Going deeper: resumed

A scheduler has a state, the number of its calls, and it belongs in a [checkpoint](adam.py#going-deeper-what-an-optimizer-remembers).
[`save_checkpoint`][course.training.checkpoints.save_checkpoint] and
[`load_checkpoint`][course.training.checkpoints.load_checkpoint] take it as `schedulers`. Here the training from above stops after
two of four epochs, and another run of the program goes on:
"""

# %%
import tempfile
from pathlib import Path

from course.training.checkpoints import load_checkpoint, save_checkpoint


def program(path, epochs, with_scheduler=True):
    """Return the weights after so many epochs, and the rate after each one of this run."""
    model, generator = new_network(0), torch.Generator().manual_seed(0)
    rows = TensorDataset(x[:1200], y[:1200])
    batches = Batches(rows, batch_size=8, shuffle=True, generator=generator)
    optimizer = optim.SGD(model.parameters(), lr=0.4)
    scheduler = LambdaLR(optimizer, functools.partial(cosine, steps=4 * len(batches)))
    optimizer.register_step_post_hook(lambda *_: scheduler.step())
    kept = {"generators": [generator], "schedulers": [scheduler] if with_scheduler else []}
    history = load_checkpoint(path, model, optimizer, **kept)
    rates = []

    def save(history):
        rates.append(scheduler.get_last_lr()[0])
        save_checkpoint(path, model, optimizer, history, **kept)

    fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs, callbacks=[save], history=history)
    return nn.utils.parameters_to_vector(model.parameters()).detach(), rates


with tempfile.TemporaryDirectory() as folder:
    whole, rates_of_whole = program(Path(folder) / "whole.pt", epochs=4)
    halves = [program(Path(folder) / "halves.pt", epochs) for epochs in (2, 4)]
    lacking = [program(Path(folder) / "lacking.pt", epochs, False) for epochs in (2, 4)]
for name, rates in {
    "in one go": rates_of_whole,
    "resumed": halves[0][1] + halves[1][1],
    "without its state": lacking[0][1] + lacking[1][1],
}.items():
    print(f"{name:18} rates after each epoch {', '.join(f'{rate:.3f}' for rate in rates)}")

# %% tags=["claim", "always"]
assert halves[0][1] + halves[1][1] == rates_of_whole, "resumed, the rates are those of the whole"
assert torch.allclose(halves[1][0], whole, atol=1e-5), "and so are the weights"
assert lacking[1][1] == lacking[0][1], "without its state, the scheduler begins anew"

# %% [markdown]
r"""
The function itself is not kept, nor are hooks: the program gives them anew.

## Going deeper: gradients cut to length

A rate for each step does not help where a single gradient is a thousand times as long as the others. The size of a plant grows by the
factor $w$ every day, and after 20 days it is twice what it was. Which $w$? The answer of the model is $w^{20}$, a cliff: flat
for $w$ below 1, and steep above.
"""


# %% tags=["raises-exception"] cause="One gradient was far longer than the others, and its step threw the parameter away: clip gradients to a length."
class Growth(nn.Module):
    """The size after some days, of what grows by the factor `w` each day from the size 1."""

    def __init__(self):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(1.3))

    def forward(self, days):
        return self.w**days


plant = [(torch.tensor([20.0]), torch.tensor([2.0]))]
model = Growth()
optimizer = optim.SGD(model.parameters(), lr=1e-4)
fit(model, plant, nn.MSELoss(), optimizer, epochs=60)

# %% [markdown]
r"""
At 1.3 <!-- number: where the model starts --> a step at this rate goes {{ abs(2 * (1.3**20 - 2) * 20 * 1.3**19 * 1e-4):.0f}} units far, over the cliff and away. *Clipping* shortens a gradient that is longer than `max_norm`
to that length, and keeps its direction:

::: course.training.schedules.clip_by_norm

In PyTorch it is `clip_grad_norm_`, called between `backward` and `step`, in `fit` by another hook:
"""

# %%
from course.training.schedules import clip_by_norm


def growth(lr, steps, clip=None):
    """Return the factor after so many steps."""
    model = Growth()
    optimizer = optim.SGD(model.parameters(), lr=lr)

    def shorten(*_):
        if clip is not None:
            clip(model.parameters(), max_norm=100.0)

    optimizer.register_step_pre_hook(shorten)
    fit(model, plant, nn.MSELoss(), optimizer, epochs=steps)
    return model.w.item()


print(f"clipped           {growth(1e-4, 60, clip_by_norm):.6f}")
print(f"by PyTorch        {growth(1e-4, 60, nn.utils.clip_grad_norm_):.6f}")
print(f"a rate that holds {growth(1e-7, 60):.6f}")
print(f"the answer        {2 ** (1 / 20):.6f}")

# %% tags=["claim", "always"]
generator = torch.Generator().manual_seed(0)
grads = [torch.randn(shape, generator=generator).double() for shape in ((3,), (2, 4))]
pairs = [[torch.zeros_like(grad) for grad in grads] for _ in range(2)]
for max_norm in (0.1, 1.0, 100.0):
    for parameters in pairs:
        for parameter, grad in zip(parameters, grads, strict=True):
            parameter.grad = grad.clone()
    norms = clip_by_norm(pairs[0], max_norm), nn.utils.clip_grad_norm_(pairs[1], max_norm)
    assert norms[0] == norms[1], "`clip_by_norm` returns what `clip_grad_norm_` returns"
    assert all(torch.allclose(a.grad, b.grad, atol=1e-12) for a, b in zip(*pairs, strict=True)), (
        "and leaves the same gradients"
    )
assert abs(growth(1e-4, 60, clip_by_norm) - 2 ** (1 / 20)) < 1e-4, (
    "clipped, the run that was lost arrives in 60 steps"
)
assert abs(growth(1e-7, 60) - 2 ** (1 / 20)) > 0.01, (
    "a rate small enough for the cliff is not there after as many"
)

# %% [markdown]
r"""
Clipping is for gradients that are *rarely* long. If most are, the rate is too large, or the inputs are not scaled.

## Going deeper: a rate by sweeping

Where does a schedule begin? A quick guess: train for a few hundred steps while the rate rises by a factor at each of
them, and watch the loss (Smith, 2017). At first nothing happens, then the loss falls, then it explodes. People
take a tenth of the rate at the lowest loss.

::: course.training.sweeps.rising_sweep

[`find_rate`][course.training.sweeps.find_rate] smooths the losses and takes the tenth. The network from above:
"""

# %%
from course.training.sweeps import find_rate, rising_sweep, smoothed

sweep_rates = torch.logspace(-4, 1, 300).double()
batches = Batches(TensorDataset(x[:1200], y[:1200]), 8, shuffle=True)
sgd = functools.partial(optim.SGD, lr=1.0)
losses = rising_sweep(new_network(0), batches, nn.CrossEntropyLoss(), sgd, sweep_rates)
found = find_rate(sweep_rates, losses)
print(f"lowest at {10 * found:.2g}, a tenth of it is {found:.2g}")

# %% alt="Loss against the learning rate of the step, from 10 to the power of −4 to 10. The loss, jagged, stays at 2.3 for more than half of the rates, falls to below 2 just before 1, and then jumps up and down, mostly above its start. A smooth curve runs through it. An upright dotted line stands where the fall begins."
plotting.functions(
    sweep_rates.log10(),
    {"loss": losses, "smoothed": smoothed(losses)},
    xlabel="learning rate, as a power of ten",
    ylabel="loss",
    borders={"a tenth of the lowest": torch.tensor(found).log10().item()},
)

# %% [markdown]
r"""
The best constant rate of the table above was {{ best["constant"] }}.

**When it misleads.** The loss at a rate is what the smaller rates before it have left. It takes a few steps too many
for a rate to show that it is too large, and by then the sweep is further on. Where the
[border](../linear/convergence.py) can be computed you see by how much: the patients of [the loop](loop.py), all
rows in each step, in sweeps of several lengths.
"""

# %%
from sklearn.datasets import load_diabetes

from course.linear.convergence import largest_lr
from course.linear.exact import with_ones

measurements, progress = (
    torch.tensor(each) for each in load_diabetes(return_X_y=True, scaled=False)
)
scaled = (measurements - measurements.mean(dim=0)) / measurements.std(dim=0)
border = largest_lr(with_ones(scaled))
line = nn.Sequential(nn.Linear(10, 1), nn.Flatten(0)).double()
for parameter in line.parameters():
    nn.init.zeros_(parameter)
too_large = {}
for count in (50, 200, 800):
    sweep_rates = torch.logspace(-4, 1, count).double()
    losses = rising_sweep(line, [(scaled, progress)], nn.MSELoss(), sgd, sweep_rates)
    lowest = sweep_rates[losses.argmin()].item()
    too_large[count] = lowest / border
    print(f"{count} steps: lowest at {lowest:.2f}, {lowest / border:.1f} times the border")

# %% tags=["claim", "here"]
assert min(too_large.values()) > 1, (
    "in sweeps of 50, 200 and 800 steps, the loss is lowest at a rate at which training explodes"
)
assert max(too_large.values()) < 10, "a tenth of it is below the border"

# %% [markdown]
r"""
So never train at the lowest place. It also misleads the other way round, because a sweep is itself a warm-up. Here it is
with Adam and 40 rows in each step, at a rate at which training that *begins* there went wrong:
"""

# %%
batches = Batches(TensorDataset(x[:1200], y[:1200]), 40, shuffle=True)
sweep_rates = torch.logspace(-4, 1, 180).double()
criterion = nn.CrossEntropyLoss()
by_rate = smoothed(rising_sweep(new_network(0), batches, criterion, optim.Adam, sweep_rates))
there = by_rate[(sweep_rates - 0.2).abs().argmin()].item()
print(f"loss at the start {by_rate[0]:.2f}, at the rate 0.2 {there:.2f}")

# %% tags=["claim", "here"]
assert there < by_rate[0] / 2, "at the rate 0.2 the loss of the sweep is below half of the first"

# %% [markdown]
r"""
It sees the first steps alone, of one draw. Take it for the order of magnitude, and compare a few rates around it on
validation rows.

## Practice
"""

# %% tags=["hide-input"]
from course.training.exercises import schedules as exercises

exercises.hold

# %% tags=["hide-input"]
exercises.wanted_floor

# %% tags=["hide-input"]
exercises.plateau

# %% [markdown]
r"""
## What to remember

- At a constant rate, training stays on a noise floor in proportion to the rate. A rate that falls goes below it.
- A schedule is a function of the step. Give it the number of all steps, and look at the last rate.
- First `optimizer.step()`, then `scheduler.step()`: after every step, or after every epoch, as the schedule counts.
- Compare schedules with the best rate of each. A falling one wants a larger first rate.
- Keep the scheduler in the checkpoint.

Reference: [`cosine`][course.training.schedules.cosine] and its neighbours,
[`noise_floor`][course.training.schedules.noise_floor],
[`clip_by_norm`][course.training.schedules.clip_by_norm],
[`rising_sweep`][course.training.sweeps.rising_sweep]. The tests that prove them are `tests/training/test_schedules.py` and
`tests/training/test_sweeps.py`. Next: [measuring without fooling yourself](measuring.py).
"""
