# ---
# title: Steps of one length
# description: >-
#   RMSProp and Adam written out, equal to PyTorch's: what dividing by the size of the gradients
#   does, and why a learning rate belongs to its optimizer.
# needs: >-
#   [what to do with a gradient](optimizers.py)
# ---

# %% [markdown]
r"""
**The question.** One weight<!-- term --> has gradients in the thousands, another in the thousandths. No learning rate suits
both: where the first just does not explode, the second stands still. Can the optimizer see to that by itself?

## The idea

Divide each gradient by its usual size. Then large and small ones lead to steps of similar length. The usual size is
the root of a running mean of the *squares* of the gradients, each element with one of its own:

| Optimizer | What it remembers | What it does |
| --- | --- | --- |
| RMSProp | $s \leftarrow \alpha s + (1 - \alpha)\, g^2$ | $w \leftarrow w - \text{lr}\, g / (\sqrt{s} + \varepsilon)$ |
| Adam | $m \leftarrow \beta_1 m + (1 - \beta_1)\, g$, and $s$ with $\beta_2$ | $w \leftarrow w - \text{lr}\, \hat m / (\sqrt{\hat s} + \varepsilon)$ |

Adam, in most programs the first choice, steps along a running mean $m$ of the gradients, much like momentum. The small
$\varepsilon$ keeps the divisor away from zero.

All means start at zero, and so are too small at first. After $t$ steps, $\hat m = m / (1 - \beta_1^t)$ and
$\hat s = s / (1 - \beta_2^t)$ make up for it: the *bias correction*.

## The smallest case, by hand

Two elements whose gradients are always 1 and 1000. Three steps, with the rate 0.1 <!-- number: a setting --> and
PyTorch's settings<!-- term --> for Adam:
"""

# %%
import torch

g = torch.tensor([1.0, 1000.0]).double()
m, s, w = torch.zeros(3, 2).double()
for t in (1, 2, 3):
    m = 0.9 * m + 0.1 * g
    s = 0.999 * s + 0.001 * g**2
    w = w - 0.1 * (m / (1 - 0.9**t)) / (s / (1 - 0.999**t)).sqrt()
    print(f"step {t}: m {m.round(decimals=3).tolist()}, w {w.tolist()}")

# %% [markdown]
r"""
The means are as far apart as the gradients, and the steps are the same: the size has gone. Each is as long as the
learning rate.

## The rule as code

::: course.training.adam.Adam

[`RMSProp`][course.training.adam.RMSProp] beside it is the same without $m$ and without the correction.

## The PyTorch way

A line on the twenty springs again, a hundred steps with ours and with PyTorch's. (`AdamW` is Adam that also draws the
weights [towards zero](#going-deeper-adamw-a-decay-that-nothing-divides).)
"""

# %%
from torch import nn, optim

from course.training.adam import Adam, AdamW, RMSProp

generator = torch.Generator().manual_seed(0)
mass = torch.linspace(0.1, 2, 20).double().unsqueeze(1)  # kg
length = 3 * mass + 8 + 0.5 * torch.randn(20, 1, generator=generator).double()  # cm
criterion = nn.MSELoss()


def line():
    model = nn.Linear(1, 1).double()
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    return model


def training_step(model, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(mass), length)
    loss.backward()
    optimizer.step()


pairs = {
    "RMSProp": (RMSProp, optim.RMSprop, {"lr": 0.05}),
    "Adam": (Adam, optim.Adam, {"lr": 0.05}),
    "AdamW": (AdamW, optim.AdamW, {"lr": 0.05, "weight_decay": 0.1}),
}
differences = {}
for name, (ours, theirs, settings) in pairs.items():
    models = line(), line()
    optimizers = (
        ours(models[0].parameters(), **settings),
        theirs(models[1].parameters(), **settings),
    )
    differences[name] = 0.0
    for _ in range(100):
        for model, optimizer in zip(models, optimizers, strict=True):
            training_step(model, optimizer)
        mine, other = (nn.utils.parameters_to_vector(model.parameters()) for model in models)
        differences[name] = max(differences[name], (mine - other).abs().max().item())
    print(f"{name:9} {differences[name]:.0e}, ends at weight {models[1].weight.item():.3f}")

# %% tags=["claim", "always"]
assert differences["RMSProp"] < 1e-12, "`RMSProp` equals `optim.RMSprop` in every one of 100 steps"
assert differences["Adam"] < 1e-12, "`Adam` equals `optim.Adam`"
assert differences["AdamW"] < 1e-12, "`AdamW` equals `optim.AdamW`"

# %% [markdown]
r"""
## What the scaling does

The valley of [what to do with a gradient](optimizers.py#one-bowl-one-start), each optimizer with its best rate of the same grid:
"""

# %%
from course.training.optimizers import SGD, Momentum, descend_bowl, steps_to_arrive

makes = {
    "SGD": lambda groups: SGD(groups, lr=1.0),
    "Momentum": lambda groups: Momentum(groups, lr=1.0),
    "RMSProp": RMSProp,
    "Adam": Adam,
}
grid = [10 ** (k / 8) for k in range(-32, 17)]  # from 0.0001 to 100, eight in each decade
bowl = torch.diag(torch.tensor([1.0, 100.0])).double()
bottom = torch.zeros(2).double()
start = torch.tensor([-9.0, 2.0]).double()

found = {}
for name in ("SGD", "Momentum", "Adam"):
    paths = descend_bowl(makes[name], bowl, bottom, start, grid, steps=400)
    needed = steps_to_arrive(paths, bottom)
    chosen = needed.argmin().item()
    found[name] = grid[chosen], needed[chosen].item(), paths[:, chosen]
    print(f"{name:9} best rate {grid[chosen]:.4f}: {needed[chosen]} steps")

# %% alt="Contours of a long valley, with three paths of 70 steps from one ring on the left. SGD jumps from wall to wall in a zigzag that dies away, then creeps along the floor, and ends well before the cross at the bottom. Momentum swings across the floor in waves that get lower as it moves along, passes the cross a little and ends at it. Adam goes down the wall and along the floor at once, swings gently past the floor and back, and reaches the cross too." lead="Three optimizers from one start: Adam takes the steep direction and the flat one at the same pace."
import functools

from course import plotting
from course.training.optimizers import Nesterov

across, along = torch.linspace(-3, 3, 121).double(), torch.linspace(-10, 4, 141).double()
cost = (along.unsqueeze(1) ** 2 + 100 * across**2) / 2
valley = plotting.contours(
    {"along the valley": along, "across the valley": across},
    cost,
    {name: path[:71] for name, (_, _, path) in found.items()},
    {"bottom": bottom},
)


def path_of(rule):
    @functools.wraps(rule, updated=())
    def path(hessian, start, settings, steps):
        made = functools.partial(rule, **settings)
        return descend_bowl(made, hessian, bottom, start, [settings["lr"]], steps)[:, 0]

    return path


rates = {name: rate for name, (rate, _, _) in found.items()}
for rule in (Nesterov, RMSProp):
    some = grid[13:30:4]
    made = functools.partial(rule, lr=1.0)
    needed = steps_to_arrive(descend_bowl(made, bowl, bottom, start, some, steps=400), bottom)
    rates[rule.__name__] = some[needed.argmin().item()]
skewed = torch.tensor([[40.0, -25.0], [-25.0, 60.0]]).double()
tried = {
    SGD: {"lr": 0.02},
    Momentum: {"lr": 0.02, "momentum": 0.8},
    Nesterov: {"lr": 0.02, "momentum": 0.8},
    RMSProp: {"lr": 0.3, "alpha": 0.9, "eps": 0.01},
    Adam: {"lr": 0.3, "betas": (0.8, 0.99), "eps": 0.01},
}
plotting.demo(
    "optimizers",
    valley,
    "Turn the valley by 45°. The start is turned along. Which of the five then take another way, and "
    "why these?",
    {"rates": rates, "start": start},
    [
        (path_of(rule), hessian, start, settings, 25)
        for rule, settings in tried.items()
        for hessian in (bowl / 2, skewed)
    ],
)

# %% tags=["claim", "here"]
assert found["Adam"][1] < found["SGD"][1] / 2, (
    "with the best rate of each, Adam needs fewer than half of the steps of plain descent"
)

# %% [markdown]
r"""
Adam goes down the wall and along the floor at one pace, because it divides each of the two gradients by its own size.
A curvature along an axis is a factor on one element's gradients, and a factor cancels. In a bowl whose axes are those
of the parameters, Adam's path is the same, narrow or round.
"""

# %% tags=["claim", "always"]
rate, straight_steps, straight_path = found["Adam"]
round_bowl, *others = (
    descend_bowl(
        Adam, torch.diag(torch.tensor([1.0, curvature]).double()), bottom, start, [rate], 300
    )
    for curvature in (1.0, 100.0, 300.0)
)
assert all((path - round_bowl).abs().max() < 1e-3 for path in others), (
    "in bowls along the axes, with curvatures 1 and 1, 100 or 300, Adam's path is the same"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question


def ends(make):
    settings = torch.eye(2).double(), bottom, start, [0.01], 20
    once = descend_bowl(make, *settings)[-1, 0]
    hessian, *others = settings
    return torch.allclose(once, descend_bowl(make, 1000 * hessian, *others)[-1, 0], atol=1e-3)


same = {name: ends(make) for name, make in makes.items()}
scaled = "The step of SGD and of momentum is a thousand times as long, and descent moves away."
Question(
    "You multiply the loss by a thousand, and with it *all* gradients, and keep the learning rate. Whose path "
    "stays the same?",
    Choice("that of every optimizer", all(same.values()), scaled),
    Choice(
        "those of RMSProp and Adam",
        [name for name, stays in same.items() if stays] == ["RMSProp", "Adam"],
        f"{scaled} RMSProp and Adam divide the factor out. This is why a rate of Adam's often works on the "
        "next problem too.",
    ),
    Choice(
        "that of Momentum",
        same["Momentum"],
        "A velocity is a sum of gradients, so it is a thousand times as large as well.",
    ),
)

# %% [markdown]
r"""
## A fair comparison

Which is the best, then? Compare on real data, [the patients](loop.py#numbers-how-far-a-disease-went-on) (Efron et al.,
2004). Each optimizer gets 300 steps from zero and the whole grid of rates, with all rows in each step. The question
is how far the loss stays above the lowest, which [the exact answer](../linear/exact.py) gives. Do it twice: with the
measurements in their own units, less their means, and standardised.
"""

# %%
from sklearn.datasets import load_diabetes

from course.linear.convergence import hessian as hessian_of
from course.linear.exact import solve_least_squares, with_ones

measurements, progress = load_diabetes(return_X_y=True, scaled=False)
progress = torch.tensor(progress)
centred = torch.tensor(measurements - measurements.mean(axis=0))
tables = {"own units": centred, "standardised": centred / centred.std(dim=0)}

above, best_rates = {}, {}
for table, inputs in tables.items():
    columns = with_ones(inputs)
    best, hessian = solve_least_squares(columns, progress), hessian_of(columns)
    curvatures = torch.linalg.eigvalsh(hessian)
    print(f"{table}, condition number {curvatures[-1] / curvatures[0]:,.0f}")
    for name, make in makes.items():
        path = descend_bowl(make, hessian, best, torch.zeros_like(best), grid, steps=300)
        excess = ((path[-1] - best) @ columns.T).square().mean(dim=1)  # cost above the lowest
        excess = excess.nan_to_num(torch.inf, posinf=torch.inf)
        above[table, name], best_rates[table, name] = excess, grid[excess.argmin()]
        print(
            f"    {name:9} {excess.min():9.2g} above the lowest loss, at {grid[excess.argmin()]:.2g}"
        )

# %% alt="Loss above the lowest after 300 steps against the learning rate, both on log scales, for standardised inputs. The curves of SGD and Momentum fall in two stages and end abruptly between a rate of 0.1 and 1; that of Momentum plunges shortly before. Those of RMSProp and Adam stay high up to a rate of 0.1. Then that of RMSProp falls to where SGD's ended, jumps up and levels off there; Adam's falls on to a deep lowest point between 10 and 20 and rises again."
standardised = {
    name: torch.where(above["standardised", name] < 1e5, above["standardised", name], torch.nan)
    for name in ("SGD", "Momentum", "RMSProp", "Adam")
}
plotting.functions(
    torch.tensor(grid),
    standardised,
    xlabel="learning rate",
    ylabel="loss above the lowest",
    log=True,
)

# %% tags=["claim", "here"]
lowest = {key: values.min().item() for key, values in above.items()}
assert lowest["standardised", "Momentum"] < lowest["standardised", "Adam"], (
    "standardised, momentum comes closer than Adam"
)
assert lowest["own units", "Adam"] < lowest["own units", "Momentum"] / 10, (
    "in their own units, Adam comes more than ten times as close as momentum"
)
assert best_rates["standardised", "Adam"] > 10 * best_rates["standardised", "SGD"], (
    "the best rate of Adam is more than ten times that of SGD"
)

# %% [markdown]
r"""
The winner changes with the scaling of the inputs, and the best rates of two optimizers lie far apart: at any *one*
rate, you could have "shown" anything. Whoever compares optimizers must search rates for each, in the same
grid and at the same cost. And what wins here need not win on a network, nor with batches drawn by chance.

## What goes wrong: the rate of the other one

Adam's best rate for the standardised inputs was {{ best_rates["standardised", "Adam"]:.2g}}. You change the
optimizer to SGD, and keep the rate.
"""

# %% tags=["raises-exception"] cause="A learning rate of Adam is no learning rate for SGD: look for one anew."
from course.training.loop import fit

batch = tables["standardised"].float(), progress.float()


def trained(make, lr):
    model = nn.Sequential(nn.Linear(10, 1), nn.Flatten(0))
    for parameter in model.parameters():
        nn.init.zeros_(parameter)
    return fit(model, [batch], nn.MSELoss(), make(model.parameters(), lr=lr), epochs=300)


trained(optim.SGD, lr=best_rates["standardised", "Adam"])

# %% [markdown]
r"""
Adam's rate is a length: about how far each weight moves in a step. That of SGD is a factor on gradients, with
a [border](../linear/convergence.py) that the data set. **The repair** is to look for a rate anew. **The
symptom** in this direction is a loss that explodes; here, with SGD's small rate in Adam, nothing is
raised, and training crawls. On networks Adam's rates are often the smaller ones, and then the symptoms
are exchanged.
"""

# %% symptom="Training crawls after a change of the optimizer" cause="The learning rate was that of the other optimizer: look for one anew."
own = trained(optim.SGD, lr=best_rates["standardised", "SGD"]).training[-1]
crawling = trained(optim.Adam, lr=best_rates["standardised", "SGD"]).training[-1]
print(f"SGD with its own rate {own:,.0f}; Adam with the rate of SGD {crawling:,.0f}")

# %% tags=["claim", "here"]
assert crawling > 3 * own, "with the rate of SGD, Adam's loss is more than three times as high"

# %% [markdown]
r"""
## Going deeper: a valley that runs askew

Turn the bowl, and the argument falls: each gradient then is a mixture of both directions. See it in a bowl with the
curvatures 1 and 300, turned by 45°, at the rate that was best in the first one. For comparison, Adam's path of the
first picture is turned along.
"""

# %% alt="Contours of a long valley that runs from the lower left to the upper right, with two paths from one ring on the lower left. The path that was turned along swings in a smooth curve to the cross at the bottom. The path in the turned bowl runs down the wall and past the floor, comes back in a sharp bend, and goes on along the floor in small jerks; after as many steps it has covered about a third of the way."
angle = torch.tensor(45.0).double().deg2rad()
turn = torch.tensor([[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]]).double()
narrow = torch.diag(torch.tensor([1.0, 300.0]).double())
slanted = turn @ narrow @ turn.T
paths = descend_bowl(Adam, slanted, bottom, turn @ start, grid, steps=300)
slanted_steps = steps_to_arrive(paths, bottom).min().item()

ticks = torch.linspace(-9, 3, 121).double()
points = torch.cartesian_prod(ticks, ticks)
plotting.contours(
    {"first parameter": ticks, "second parameter": ticks},
    ((points @ slanted) * points).sum(dim=1).reshape(121, 121) / 2,
    {
        "turned along": straight_path[:81] @ turn.T,
        "in the turned bowl": paths[:81, grid.index(rate)],
    },
    {"bottom": bottom},
)

# %% tags=["claim", "always"]
plain = [
    descend_bowl(makes["SGD"], hessian, bottom, first, [2 / 301], 900)[:, 0]
    for hessian, first in ((narrow, start), (slanted, turn @ start))
]
assert torch.allclose(plain[0] @ turn.T, plain[1], atol=1e-9), (
    "the path of plain descent turns with the bowl"
)

# %% tags=["claim", "here"]
assert slanted_steps > 1.5 * straight_steps, (
    "in the turned bowl, Adam needs half as many steps again, at the best rate for it"
)

# %% [markdown]
r"""
At the best rate of the grid for the turned bowl, Adam arrives after {{ slanted_steps }} steps instead of
{{ straight_steps }}.

So Adam helps where the parameters themselves have different scales, as with inputs in different units or the layers of
a network, and less where a valley runs askew.
"""

# %% [markdown]
r"""
## Going deeper: AdamW, a decay that nothing divides

AdamW is Adam with a *weight decay*, $w \leftarrow (1 - \text{lr} \cdot \text{decay})\, w$ before each step.
[Weight decay](../linear/identifiability.py#what-regularisation-chooses) draws weights to zero. You can add
$\text{decay} \cdot w$ to the gradient, or shrink the weight itself, $w \leftarrow (1 - \text{lr} \cdot
\text{decay})\, w$. With plain SGD that is the same step. With momentum it is not: what is added to the gradient
goes into the velocity and grows there to $1 / (1 - \mu)$ times, as the gradient does, and what shrinks the
weight does not. Here is the weight whose loss is $\frac12 (w - 1)^2$.
"""


# %%
def decayed(momentum, in_gradient, decay=0.1, lr=0.1):
    w = torch.zeros(1).double().requires_grad_()
    added = decay if in_gradient else 0.0
    optimizer = optim.SGD([w], lr=lr, momentum=momentum, weight_decay=added)
    for _ in range(600):
        w.grad = (w - 1).detach()
        if not in_gradient:
            w.data *= 1 - lr * decay
        optimizer.step()
    return w.item()


plainly, swiftly = ([decayed(momentum, into) for into in (True, False)] for momentum in (0.0, 0.9))
for name, ends_at in {"plain SGD": plainly, "momentum 0.9": swiftly}.items():
    print("{:12} in the gradient {:.3f}, on the weight {:.3f}".format(name, *ends_at))

# %% tags=["claim", "always"]
assert abs(plainly[0] - plainly[1]) < 1e-12, "without momentum, both end at the same weight"
assert abs(swiftly[0] - plainly[0]) < 1e-9, (
    "in the gradient, decay is the same penalty with momentum as without"
)
assert abs(swiftly[1] - decayed(0.0, in_gradient=True, decay=0.01)) < 1e-9, (
    "on the weight, with momentum 0.9, it is as weak as a tenth of it in the gradient"
)

# %% [markdown]
r"""
`weight_decay` of `optim.SGD` goes into the gradient. With Adam the two differ more:
what is added to the gradient is divided by its size, so weights with large gradients hardly
decay. [`AdamW`][course.training.adam.AdamW] shrinks the weight itself (Loshchilov and Hutter, 2019).

To see the decay alone, give a thousand weights gradients that are pure noise, small for some and large for
others, and look at what is left of them.
"""

# %%
settings = {"lr": 0.01, "weight_decay": 0.5}
rules = {"AdamW": AdamW, "Adam, decay in the gradient": optim.Adam}
sizes = {"small": 0.1, "large": 10.0}
remaining = {}
for name, rule in rules.items():
    generator = torch.Generator().manual_seed(0)
    weights = torch.ones(2, 1000).double().requires_grad_()
    optimizer = rule([weights], **settings)
    for _ in range(100):
        noise = torch.randn(2, 1000, generator=generator).double()
        weights.grad = torch.tensor(list(sizes.values())).unsqueeze(1) * noise
        optimizer.step()
    remaining[name] = weights.detach().mean(dim=1).tolist()
    print(f"{name:28} left: {remaining[name][0]:.2f} and {remaining[name][1]:.2f}")

pure = (1 - settings["lr"] * settings["weight_decay"]) ** 100
print(f"decay by itself              left: {pure:.2f}")

# %% tags=["claim", "here"]
assert all(abs(left - pure) < 0.03 for left in remaining["AdamW"]), (
    "with AdamW, what is left on average is the decay by itself, whether the noise is small or large"
)
small, large = remaining["Adam, decay in the gradient"]
assert large > 0.9 > pure > small + 0.2, (
    "inside Adam, weights with large gradients hardly decay, and those with small ones too much"
)

# %% [markdown]
r"""
In PyTorch, `optim.Adam(weight_decay=…)` adds to the gradient; if you want decay with Adam, take `optim.AdamW`.

## Going deeper: what an optimizer remembers

`state_dict()` returns it: under `"state"` for each parameter, by its number, and under `"param_groups"` the
settings.
"""

# %%
model = line()
optimizer = optim.Adam(model.parameters(), lr=0.05)
training_step(model, optimizer)
saved = optimizer.state_dict()
for number, memory in saved["state"].items():
    print(f"parameter {number}:", {name: tuple(value.shape) for name, value in memory.items()})
(group,) = saved["param_groups"]
print("settings:", {name: group[name] for name in ("lr", "betas", "eps", "params")})

# %% tags=["hide-input"]
held = sum(
    value.numel() for memory in saved["state"].values() for value in memory.values() if value.ndim
)
parameters = sum(parameter.numel() for parameter in model.parameters())
Question(
    "A model has a million weights. How many numbers does Adam keep besides, apart from the count of steps?",
    Choice("none", held == 0, "That is SGD without momentum."),
    Choice("a million", held == parameters, "That is momentum, with one velocity for each weight."),
    Choice(
        "two million",
        held == 2 * parameters,
        "A mean of gradients and a mean of squares for each weight: `exp_avg` and `exp_avg_sq`.",
    ),
)

# %% [markdown]
r"""
It belongs in a checkpoint, beside the weights. To see why, train on, once from a checkpoint with the state
and once from one with the weights alone.
"""

# %%
from copy import deepcopy


def losses_of(model, optimizer, steps):
    losses = []
    for _ in range(steps):
        losses.append(criterion(model(mass), length).item())
        training_step(model, optimizer)
    return losses


model = line()
optimizer = optim.Adam(model.parameters(), lr=1.0)
before = losses_of(model, optimizer, 200)
checkpoint = deepcopy({"model": model.state_dict(), "optimizer": optimizer.state_dict()})
straight = losses_of(model, optimizer, 60)

resumed = {}
for name in ("with its state", "weights alone"):
    model = line()
    model.load_state_dict(checkpoint["model"])
    optimizer = optim.Adam(model.parameters(), lr=1.0)
    if name == "with its state":
        optimizer.load_state_dict(checkpoint["optimizer"])
    resumed[name] = losses_of(model, optimizer, 60)

# %% alt="Two losses over sixty steps after going on. With its state the loss is a horizontal line at its lowest. With the weights alone it jumps at the second step to more than twenty times that, and comes back in waves that get lower and lower until the end."
plotting.curves(resumed, xlabel="step after going on", ylabel="loss in cm²")

# %% tags=["claim", "always"]
assert resumed["with its state"] == straight, (
    "with its state, training goes on as if it had never stopped, bit for bit"
)

# %% tags=["claim", "here"]
assert max(resumed["weights alone"]) > 10 * straight[0], (
    "without it, the loss jumps to more than ten times its value"
)

# %% [markdown]
r"""
A new Adam has seen one gradient, and its first step changes every weight by about the learning rate, however close to the
bottom it is. [`save_checkpoint`][course.training.checkpoints.save_checkpoint] keeps both.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import adam as exercises

exercises.bias_correction

# %% tags=["hide-input"]
exercises.far

# %% [markdown]
r"""
## What to remember

- Adam divides each element's step by the size of its gradients. Scales along the axes vanish.
- Its rate is a length: about how far a weight moves in a step while its gradients agree, and less where they alternate.
- A rate belongs to its optimizer. Compare optimizers only with the best rate of each.

Reference: [`RMSProp`][course.training.adam.RMSProp], [`Adam`][course.training.adam.Adam],
[`AdamW`][course.training.adam.AdamW]. The test that proves them is `tests/training/test_adam.py`. Next:
[a rate for each step](schedules.py).
"""
