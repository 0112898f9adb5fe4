# ---
# title: What to do with a gradient
# description: >-
#   Optimizers with a memory: momentum and Nesterov written out, each equal to PyTorch's step by step,
#   and what they gain in a long valley.
# needs: >-
#   [when descent converges](../linear/convergence.py) and [one loop for everything](loop.py)
# ---

# %% [markdown]
r"""
**The question.** In a long, narrow valley, gradient descent zigzags between the walls and creeps along the floor.
All that a step gets to see is a gradient. Can it do more with it than to go downhill?

## The idea

An **optimizer** is a rule that turns the gradient $g$ of a parameter $w$ into a change of it. Plain descent
forgets each gradient after its step. A rule may also *remember*: keep a running sum of the gradients, and step
along the sum. What the gradients agree on is kept there, and what changes sign cancels.

| Optimizer | What it remembers | What it does |
| --- | --- | --- |
| SGD | nothing | $w \leftarrow w - \text{lr}\, g$ |
| Momentum | $v \leftarrow \mu v + g$ | $w \leftarrow w - \text{lr}\, v$ |
| Nesterov | the same $v$ | $w \leftarrow w - \text{lr}\, (g + \mu v)$ |

The sum $v$ is called the *velocity*. The number $\mu$, the *momentum*, is the part of it that is left after a step,
often nine tenths. The velocity starts at zero, and has the shape<!-- term --> of the parameter: each element has a $v$ of its own. Nesterov
steps along the velocity that the *next* step would have if the gradient stayed the same: it looks one step ahead.

## The smallest case, by hand

Eight gradients that agree, and eight that change sign at every step, as they do across a valley:
"""

# %%
velocities = {}
for name, gradients in {"agree": [1, 1] * 4, "alternate": [1, -1] * 4}.items():
    v = 0.0
    velocities[name] = [v := 0.9 * v + g for g in gradients]
    print(f"{name:9}", "".join(f"{v:7.2f}" for v in velocities[name]))

# %% [markdown]
r"""
Where gradients agree, the velocity grows, in the end to $1 / (1 - \mu)$ times the gradient. Where they
alternate, it never exceeds the first one. So the same learning rate takes long steps along the valley and
short ones across.

## The rules as code

Each rule is a class whose `update` changes one parameter, with a `state` of its own:

::: course.training.optimizers.Momentum

[`SGD`][course.training.optimizers.SGD] and [`Nesterov`][course.training.optimizers.Nesterov] differ from
[`Momentum`][course.training.optimizers.Momentum] as the table says, in a line. The loop over the parameters is in
[`UpdateRule`][course.training.optimizers.UpdateRule]; write an `update`, and you have an optimizer.

## The PyTorch way

In PyTorch all three are `optim.SGD`, with the arguments `momentum` and `nesterov`. Train a line on twenty springs
with ours and with PyTorch's, a hundred steps each, and note the largest difference that weight<!-- term --> or bias ever
have.
"""

# %%
import torch
from torch import nn, optim

from course.training.optimizers import SGD, Momentum, Nesterov

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
    "SGD": (SGD, optim.SGD, {"lr": 0.05}, {}),
    "Momentum": (Momentum, optim.SGD, {"lr": 0.05, "momentum": 0.9}, {}),
    "Nesterov": (Nesterov, optim.SGD, {"lr": 0.05, "momentum": 0.9}, {"nesterov": True}),
}
differences, walked = {}, {}
for name, (ours, theirs, settings, more) in pairs.items():
    models = line(), line()
    optimizers = (
        ours(models[0].parameters(), **settings),
        theirs(models[1].parameters(), **settings, **more),
    )
    differences[name] = 0.0
    path = [torch.zeros(2).double()]  # weight and bias before the first step
    for _ in range(100):
        for model, optimizer in zip(models, optimizers, strict=True):
            training_step(model, optimizer)
        mine, other = (nn.utils.parameters_to_vector(model.parameters()) for model in models)
        differences[name] = max(differences[name], (mine - other).abs().max().item())
        path.append(mine.detach())
    walked[name] = torch.stack(path)
    print(f"{name:9} {differences[name]:.0e}, ends at weight {models[1].weight.item():.3f}")

# %% tags=["claim", "always"]
assert differences["SGD"] < 1e-12, "`SGD` equals `optim.SGD` in every one of 100 steps"
assert differences["Momentum"] < 1e-12, "`Momentum` equals `optim.SGD` with `momentum`"
assert differences["Nesterov"] < 1e-12, "`Nesterov` equals it with `nesterov=True` as well"

# %% [markdown]
r"""
What do two of the rules do to a line? Here is the picture of [slope and bias](../linear/slope_and_bias.py) for SGD
and momentum, 40 steps each, at the same rate.
"""

# %% alt="Two rows, SGD and momentum, after 40 steps from slope 0 and bias 0. On the right, on tilted ellipses, SGD goes straight to the floor of the valley and creeps up along it. Momentum takes longer and longer steps, shoots across the floor up the far wall, swings back, and closes in on a place nearer to the centre. On the left the lines of SGD rise towards the points and come to rest too steep; those of momentum swing far above the points and back, and the last one lies nearer to their slope."
from course import plotting
from course.linear.cost import cost_surface

slopes, biases = torch.linspace(-1, 11, 49).double(), torch.linspace(-1, 11, 49).double()
plotting.paths(
    mass.squeeze(1),
    length.squeeze(1),
    {name: walked[name][:41] for name in ("SGD", "Momentum")},
    {"slope in cm per kg": slopes, "bias in cm": biases},
    cost_surface(mass.squeeze(1), length.squeeze(1), slopes, biases),
    xlabel="mass in kg",
    ylabel="length in cm",
)

# %% tags=["claim", "here"]
ends = torch.stack([walked["SGD"][40], walked["Momentum"][40]])
losses = ((mass * ends[:, 0] + ends[:, 1] - length) ** 2).mean(dim=0)
assert losses[1] < losses[0], "after 40 steps the line of momentum has the lower cost"

# %% [markdown]
r"""
## One bowl, one start

The cost of the springs is a mild bowl. In a harder one you see more: a hundred times as curved across the valley
as along it. (Its *condition number*, the ratio of the two curvatures, is $\kappa = 100$.)
[`descend_bowl`][course.training.optimizers.descend_bowl] takes the steps, each along the gradient
$H\,(\theta - \theta^\star)$ of a bowl with the Hessian $H$ and the bottom $\theta^\star$.

A learning rate means something else to each rule, so each gets the best one **from the same grid**: the rate that
brings it within a hundredth of the first distance after the fewest steps, and keeps it there. One call tries them
all, because an optimizer takes *parameter groups*, each with settings<!-- term --> of its own.
"""


# %%
from course.training.optimizers import descend_bowl, steps_to_arrive

makes = {
    "SGD": lambda groups: SGD(groups, lr=1.0),
    "Momentum": lambda groups: Momentum(groups, lr=1.0, momentum=0.9),
}
grid = [10 ** (k / 8) for k in range(-32, 17)]  # from 0.0001 to 100, eight in each decade
bowl = torch.diag(torch.tensor([1.0, 100.0])).double()
bottom = torch.zeros(2).double()
start = torch.tensor([-9.0, 2.0]).double()

found = {}
for name, make in makes.items():
    paths = descend_bowl(make, bowl, bottom, start, grid, steps=400)
    needed = steps_to_arrive(paths, bottom)
    chosen = needed.argmin().item()
    found[name] = grid[chosen], needed[chosen].item(), paths[:, chosen]
    print(f"{name:9} best rate {grid[chosen]:.4f}: {needed[chosen]} steps")

# %% alt="Contours of a long valley, with two paths of 70 steps from one ring on the left. SGD jumps from wall to wall in a zigzag that dies away, then creeps along the floor, and ends well before the cross at the bottom. Momentum swings across the floor in waves that get lower as it moves along, passes the cross a little and ends at it." lead="Two optimizers from one start: what the gradients agree on carries momentum along the valley."
across, along = torch.linspace(-3, 3, 121).double(), torch.linspace(-10, 4, 141).double()
cost = (along.unsqueeze(1) ** 2 + 100 * across**2) / 2
plotting.contours(
    {"along the valley": along, "across the valley": across},
    cost,
    {name: path[:71] for name, (_, _, path) in found.items()},
    {"bottom": bottom},
)

# %% tags=["claim", "here"]
assert found["Momentum"][1] < found["SGD"][1] / 2, (
    "with the best rate of each, momentum needs fewer than half of the steps of plain descent"
)

# %% [markdown]
r"""
SGD has to keep its rate low enough for the steep walls, and then crawls along the floor. Momentum gathers
speed along the floor, and pays with overshooting.

## Going deeper: how momentum helps

Plain descent needs steps in proportion to $\kappa$. A valley is $\sqrt\kappa$ times as long as it is wide, so that one
twice as long for its width takes four times the steps. The gain of momentum is not a fixed factor: with rate and $\mu$ chosen for the bowl, it needs steps in proportion
to $\sqrt\kappa$, that length itself. Polyak (1964) found the best
values for the largest and smallest curvature; here with the smallest at 1 and the largest at $\kappa$:

$$
\text{lr} = \frac{4}{(\sqrt\kappa + 1)^2} ,
\qquad
\mu = \left(\frac{\sqrt\kappa - 1}{\sqrt\kappa + 1}\right)^2 .
$$

Nesterov's rule gets its usual values, $\text{lr} = 1/\kappa$ and the root of that $\mu$, and plain descent its best
rate $2 / (1 + \kappa)$. Count the steps to a thousandth of the first distance:
"""


# %%
def count_steps(optimizer, w, curvatures):
    first, steps = w.norm(), 0
    while w.norm() > 0.001 * first:
        w.grad = curvatures * w
        optimizer.step()
        steps += 1
    return steps


ratios = torch.logspace(0.5, 3, 11).double()
counts = {"SGD": [], "Momentum": [], "Nesterov": []}
for ratio in ratios.tolist():
    root = ratio**0.5
    left = (root - 1) / (root + 1)
    ones = [torch.ones(2).double() for _ in counts]
    optimizers = (
        SGD([ones[0]], lr=2 / (1 + ratio)),
        Momentum([ones[1]], lr=4 / (root + 1) ** 2, momentum=left**2),
        Nesterov([ones[2]], lr=1 / ratio, momentum=left),
    )
    curvatures = torch.tensor([1.0, ratio]).double()
    for name, optimizer, w in zip(counts, optimizers, ones, strict=True):
        counts[name].append(count_steps(optimizer, w, curvatures))

# %% alt="Steps against the condition number, both on log scales. The three curves start close together at condition number 3. That of SGD rises in a straight line to more than 3,000 steps at condition number 1,000; those of Momentum and Nesterov rise half as steeply, close together, to 200 and nearly 300 steps."
steps_of = {name: torch.tensor(each).double() for name, each in counts.items()}
plotting.functions(ratios, steps_of, xlabel="condition number", ylabel="steps", log=True)

# %% tags=["claim", "here"]
upper = ratios[5:].log()
slopes = {
    name: ((each[-1].log() - each[5].log()) / (upper[-1] - upper[0])).item()
    for name, each in steps_of.items()
}
assert abs(slopes["SGD"] - 1) < 0.05, (
    "ten times the condition number is ten times the steps of plain descent: slope 1"
)
assert abs(slopes["Momentum"] - 0.5) < 0.1, "with momentum the slope is near a half"
assert abs(slopes["Nesterov"] - 0.5) < 0.1, "with Nesterov's as well"


def plain_steps(longer):
    """Return the steps of plain descent in a valley so many times as long as it is wide."""
    w = torch.ones(2).double()
    curved = torch.tensor([1.0, longer**2]).double()
    return count_steps(SGD([w], lr=2 / (1 + longer**2)), w, curved)


ten, twenty, forty = map(plain_steps, (10, 20, 40))
assert abs(twenty / ten - 4) < 0.05 > abs(forty / twenty - 4), (
    "valleys 20 and 40 times as long as wide take plain descent four times the steps of the one before"
)

# %% [markdown]
r"""
At condition number {{ ratios[-1]:,.0f}}, that is {{ counts["Momentum"][-1]:,}} steps instead of
{{ counts["SGD"][-1]:,}}. In practice nobody knows $\kappa$, and $\mu = 0.9$ is where most people begin.

## What goes wrong: too much of it

If nine tenths help, would ninety-nine hundredths help more? The same bowl, each momentum with the best rate for it:
"""


# %%
def best_of_grid(momentum):
    paths = descend_bowl(
        lambda groups: Momentum(groups, lr=1.0, momentum=momentum), bowl, bottom, start, grid, 2000
    )
    needed = steps_to_arrive(paths, bottom)
    return needed.min().item(), paths[:, needed.argmin()]


arrived = {momentum: best_of_grid(momentum) for momentum in (0.0, 0.5, 0.9, 0.99)}
for momentum, (needed, _) in arrived.items():
    print(f"momentum {momentum:4}: {needed:4} steps")

# %% alt="Distance to the bottom against the step, on a log scale, over 400 steps. Without momentum it falls in a straight line, slowly. With 0.9 it falls fast, in small waves. With 0.99 it falls slowly, in large waves that go on to the end."
plotting.curves(
    {
        f"momentum {momentum}": (path[:401] - bottom).norm(dim=1)
        for momentum, (_, path) in arrived.items()
        if momentum != 0.5
    },
    xlabel="step",
    ylabel="distance to the bottom",
    log=True,
)

# %% tags=["claim", "here"]
assert arrived[0.99][0] > 4 * arrived[0.9][0], (
    "with 0.99, momentum needs more than four times the steps that it needs with 0.9"
)

# %% [markdown]
r"""
What a velocity once took up, it hardly loses: the path runs past the bottom, climbs the other side and comes back.
**The symptom** is a loss that swings in long waves. **The repair** is less momentum. Choose it together with
the rate.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

steady = [0.0]
for _ in range(200):
    steady.append(0.9 * steady[-1] + 1)
Question(
    "You switch on a momentum of 0.9 and keep the learning rate. Where all gradients agree, how long do steps become?",
    Choice("as long as before", abs(steady[-1] - 1) < 0.1, "That is the first step alone."),
    Choice(
        "0.9 times as long",
        abs(steady[-1] - 0.9) < 0.05,
        "To what is left of the velocity, the whole gradient is added.",
    ),
    Choice(
        "ten times as long",
        abs(steady[-1] - 10) < 0.1,
        "The velocity settles where a step adds what it loses: $v = 0.9 v + g$, so that $v = 10 g$. "
        "Whoever adds momentum so often needs a smaller rate.",
    ),
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.training.exercises import optimizers as exercises

exercises.velocity

# %% tags=["hide-input"]
exercises.forgetful

# %% [markdown]
r"""
## What to remember

- An optimizer is a rule with a memory. Momentum remembers gradients: what they agree on grows, what alternates
  cancels.
- With a momentum of $\mu$, steps grow up to $1 / (1 - \mu)$ times as long.
- Compare optimizers with the best rate of each, from the same grid.
- When each step sees a few rows drawn by chance, none of them comes to rest at a constant rate: see
  [schedules](schedules.py).

Reference: [`SGD`][course.training.optimizers.SGD], [`Momentum`][course.training.optimizers.Momentum],
[`Nesterov`][course.training.optimizers.Nesterov],
[`descend_bowl`][course.training.optimizers.descend_bowl],
[`contours`][course.plotting.drawings.contours.contours]. The test that proves the first four is
`tests/training/test_optimizers.py`. Next: [steps of one length](adam.py).
"""
