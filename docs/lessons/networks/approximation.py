# ---
# title: How many joints?
# description: >-
#   Build a curve from the straight pieces of ReLU units, see how fast more units make it better, and where it
#   ends; then a hidden layer for images.
# needs: >-
#   [one hidden layer](hidden.py), [which of ten?](softmax.py), and
#   [least squares](../linear/exact.py)
# ---

# %% [markdown]
r"""
**The question.** A sum of ReLU units is made of straight pieces, joined at corners. What you want to describe is mostly
curved. How many pieces does a curve take, and what do you gain by twice as many?

## The idea

With one input, a ReLU unit of weight 1 is a *hinge*: 0 up to its *knot* $c$, and from there on $x - c$. A network with one hidden
layer adds such hinges up, each with a weight<!-- term --> of its own, and a bias. The sum is a chain of straight pieces. **At each
knot the slope changes by the weight of that hinge**: that is a joint. So a unit buys one joint, and with enough joints
a chain follows any curve.

## The smallest case, by hand

Three hinges make a hat: up, down, and level again. The slopes are 1, −1 and 0, so the changes are 1, −2 and 1.
"""

# %%
import torch

from course.networks.approximation import hinges

x = torch.linspace(-1, 3, 201)
knots = torch.tensor([0.0, 1.0, 2.0])
weight = torch.tensor([1.0, -2.0, 1.0])
parts = hinges(x, knots) * weight
hat = parts.sum(dim=1)

# %% alt="Three hinges that are 0 on the left: one rises from 0 with slope 1, one falls from 1 with slope −2, one rises from 2 with slope 1. Their sum is a hat: 0 up to 0, at height 1 over 1, and 0 again from 2 on."
from course import plotting

named = {
    f"{w:g} × hinge at {k:g}".replace("-", "−"): parts[:, i]
    for i, (w, k) in enumerate(zip(weight.tolist(), knots.tolist(), strict=True))
}
plotting.functions(x, {**named, "sum": hat}, ylabel="value")

# %% tags=["claim", "always"]
assert torch.allclose(hat, (1 - (x - 1).abs()).clamp(min=0), atol=1e-6), (
    "the three hinges add up to a hat, which is 0 outside it"
)

# %% [markdown]
r"""
With hats you can build anything: one for each place, as high as the function is there.

## Any curve

::: course.networks.approximation.hinges

Choose the knots, and the best weights come from [least squares](../linear/exact.py), without any training:

::: course.networks.approximation.fit_hinges

Take a curve with two humps, and 4, 8 and 16 hinges whose knots stand at equal distances:
"""

# %%
import math

from course.networks.approximation import fit_hinges


def curve(x):
    return x.sin() + (3 * x).sin() / 3


x = torch.linspace(0, 2 * math.pi, 1001, dtype=torch.float64)
y = curve(x)


def knots_between(low, high, m):
    return torch.linspace(low, high, m + 1, dtype=torch.float64)[:-1]


fitted = {}
for m in (4, 8, 16):
    knots = knots_between(0, 2 * math.pi, m)
    weight, bias = fit_hinges(x, y, knots)
    fitted[f"{m} hinges"] = hinges(x, knots) @ weight + bias

# %% alt="A curve with two humps above 0 and two below. Four hinges miss its humps widely, eight follow it in straight pieces with visible gaps, and the chain of sixteen can hardly be told from it." lead="A curve, and the best chains of four, eight and sixteen straight pieces: each piece is one unit of a hidden layer."
plotting.functions(x, {"the curve": y, **fitted}, ylabel="value")

# %% [markdown]
r"""
Is this a network? Give [`OneHidden`][course.networks.hidden.OneHidden] the weight 1 and the bias $-c$ for each unit, and
the weights that were found for its output:
"""

# %%
from course.networks.hidden import OneHidden
import itertools

model = OneHidden(1, 16, 1, torch.relu).double()
with torch.no_grad():
    model.hidden.weight.fill_(1)
    model.hidden.bias.copy_(-knots)
    model.output.weight.copy_(weight)
    model.output.bias.copy_(bias)
print(model(x[:3].unsqueeze(1)).flatten().tolist())

# %% tags=["claim", "always"]
assert torch.allclose(model(x.unsqueeze(1)).squeeze(1), fitted["16 hinges"]), (
    "sixteen hinges are a network with one hidden layer of sixteen units"
)

# %% [markdown]
r"""
## Twice as many: a quarter of the error

How large is the error? Look at one piece, from $a$ to $a + h$, that meets the curve $f$ at both ends. In between the curve bends away from
it. If $\lvert f'' \rvert$, the curvature, is at most $M$, it gets no farther away than the parabola
$\frac{M}{2} (x - a)(a + h - x)$, which is highest in the middle:

$$
\lvert \text{error} \rvert \le \frac{M}{2} \cdot \frac h2 \cdot \frac h2 = \frac{h^2 M}{8} .
$$

Twice as many pieces are half as long, and **the square makes that a quarter of the error**. Least squares need not meet the
curve at the knots; they do at least as well, in the root of the mean squared error.
"""

# %%
widths = [4, 8, 16, 32, 64, 128]
largest_curvature = (x.sin() + 3 * (3 * x).sin()).abs().max().item()  # of the second derivative
errors, bounds = [], []
for m in widths:
    knots = knots_between(0, 2 * math.pi, m)
    weight, bias = fit_hinges(x, y, knots)
    residuals = hinges(x, knots) @ weight + bias - y
    errors.append(residuals.square().mean().sqrt().item())
    bounds.append((2 * math.pi / m) ** 2 * largest_curvature / 8)
ratios = [one / two for one, two in itertools.pairwise(errors)]
for m, error, ratio in zip(widths[1:], errors[1:], ratios, strict=True):
    print(f"{m:3} hinges: error {error:.5f}, that of half as many divided by it {ratio:.2f}")

# %% alt="Error against the number of hinges, both on log scales. The marks fall, and from eight hinges on they lie on a straight line that goes down by a quarter for each doubling. The bound is a parallel line above it."
plotting.functions(
    torch.tensor(widths),
    {"bound": torch.tensor(bounds), "least squares": torch.tensor(errors)},
    xlabel="hinges",
    ylabel="root mean squared error",
    log=True,
    marks={"least squares": torch.tensor(errors)},
)

# %% tags=["claim", "always"]
assert all(error <= bound for error, bound in zip(errors, bounds, strict=True)), (
    "no error is above h² M / 8"
)
assert all(3.9 < ratio < 4.5 for ratio in ratios[2:]), (
    "from 16 hinges on, each doubling divides the error of this curve by about four"
)

# %% [markdown]
r"""
The theorem behind it is general: with enough units, one hidden layer comes as close as you like to every
continuous function of any number of inputs, on a region that is closed and bounded. It was proved for the sigmoid (Cybenko, 1989) and for every activation
that is no polynomial (Leshno et al., 1993). It is called *universal approximation*. It does not say how many units that takes, nor
that training finds them.
"""

# %% [markdown]
r"""
## A hidden layer for images

With one input you can place the knots yourself. With many nobody can: ten places along each of 784 inputs make
$10^{784}$. So the units are trained, [at a price](#going-deeper-knots-that-training-moves): they move to where the data are.

[One linear layer](softmax.py#real-images) had one template for each class of Fashion-MNIST. Put 256 ReLU units between. A twelfth of the training rows
is put aside to validate; the test set stays closed.
"""

# %%
import warnings

from torch import nn

from course.data.mnist import load_fashion_mnist
from course.device import pick_device
from course.training.splits import split_rows

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the next line says what was read
    train, _ = load_fashion_mnist()
print(train.source)

device = pick_device()
generator = torch.Generator().manual_seed(0)
rows, validation = split_rows(len(train.images), (11 / 12, 1 / 12), generator)
images, labels = train.images.flatten(1).float(), train.labels
images = (images - images[rows].mean()) / images[rows].std()

# %% [markdown]
r"""
!!! note "What this page was built with"
    {{ train.source }}. {{ "Digits stand in for the clothes here." if train.stand_in else "Without them, scikit-learn's digits would stand in." }}
    What is checked below holds with either.

AdamW shrinks weights [a little at each step](../training/adam.py#going-deeper-adamw-a-decay-that-nothing-divides). [`OneCycleLR`](../training/schedules.py#the-idea) lets the learning rate rise for a fifth of the
steps and then fall nearly to 0. Both models get the same steps.
"""

# %%
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy

dataset = TensorDataset(images[rows], labels[rows])
steps = 300 if train.stand_in else 860  # a small data set needs fewer


def learned(model):
    """Return the last training loss, and how many percent of the validation rows are right."""
    batches = Batches(dataset, 512, shuffle=True, generator=generator)
    epochs = steps // len(batches)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3, weight_decay=1e-2)
    cycle = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=4e-3, total_steps=epochs * len(batches), pct_start=0.2
    )
    optimizer.register_step_post_hook(lambda *_: cycle.step())
    losses = fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs).training
    answers = predict(model, [(images[validation], labels[validation])])
    return losses[-1], 100 * accuracy(*answers).item()


linear = nn.Linear(784, 10)
nn.init.zeros_(linear.weight)
nn.init.zeros_(linear.bias)
wide = OneHidden(784, 256, 10, torch.relu, generator)
results = {}
for name, model in {"one linear layer": linear, "256 hidden units": wide}.items():
    loss, right = results[name] = learned(model.to(device))
    numbers = sum(each.numel() for each in model.parameters())
    print(f"{name}: {numbers:,} parameters, training loss {loss:.3f}, {right:.1f} % right")

# %% tags=["claim", "here"]
goal = 93.0 if train.stand_in else 89.0
assert results["256 hidden units"][1] >= goal, (
    f"with 256 hidden units at least {goal:g} % of the validation rows are right"
)
assert results["256 hidden units"][0] < 0.7 * results["one linear layer"][0], (
    "its training loss is at least 30 % below that of the linear layer"
)

# %% [markdown]
r"""
From {{ results["one linear layer"][1]:.1f}} % to {{ results["256 hidden units"][1]:.1f}} % of
{{ len(validation):,}} validation rows. (One row is {{ 100 / len(validation):.2f}} points.) {{ "On so few digits a linear layer is as good; on clothes it is not." if train.stand_in else "One template for each class was the limit; 256 units share their pieces among the classes." }}

## What goes wrong: beyond the data

Fit 32 hinges to the curve from 0 to $2\pi$ again, and ask them about what lies outside.
"""

# %%
knots = knots_between(0, 2 * math.pi, 32)
weight, bias = fit_hinges(x, y, knots)
far = torch.linspace(-3, 12, 1501, dtype=torch.float64)
beyond = hinges(far, knots) @ weight + bias

# %% alt="The curve goes on in humps from −3 to 12. Between two upright lines, where the data were, the chain of hinges lies on it. Left of them the chain is level; right of them it goes on along a straight line, away from the curve." symptom="Predictions are good on all rows that you have, and absurd for inputs farther out" cause="Beyond its last joint a ReLU network goes on straight: nothing in the data says how to bend there."
plotting.functions(
    far,
    {"the curve": curve(far), "32 hinges": beyond},
    ylabel="value",
    borders={"data": 0, "end of data": 2 * math.pi},
)

# %% tags=["claim", "always"]
right_of = far > 2 * math.pi
bend = beyond[right_of].diff().diff().abs().max()
assert bend < 1e-9, "right of the data, the prediction is a straight line"
assert (beyond[right_of] - curve(far[right_of])).abs().max() > 100 * errors[3], (
    "there the largest error is more than a hundred times that on the data"
)

# %% [markdown]
r"""
No error, no warning. Right of the last knot no unit changes any more, so the slope stays; left of the first, all are 0. A network with many
inputs does the same, only that nobody sees it. **The symptom** is absurd answers for inputs that lie outside the training
rows. **The repair** is data there. Where you have none, say so instead of answering: keep the range of the training inputs, and
compare.
"""

# %%
wider = knots_between(-3, 12, 80)
weight, bias = fit_hinges(far, curve(far), wider)
repaired = hinges(far, wider) @ weight + bias
outside = (far < x.min()) | (far > x.max())
print(
    f"outside {(beyond - curve(far))[outside].abs().max():.3f}, with data there {(repaired - curve(far))[outside].abs().max():.3f}"
)

# %% tags=["claim", "always"]
assert (repaired - curve(far)).abs().max() < 0.05, "with data there, hinges follow it there, too"

# %% [markdown]
r"""
## Going deeper: knots that training moves

Train all weights and biases of a network with 16 units, and with them its knots, by Adam on the same points. Can it be worse
than one whose knots were put at equal distances?
"""

# %%
inputs = ((x - x.mean()) / x.std()).float().unsqueeze(1).to(device)
targets = y.float().unsqueeze(1).to(device)
fixed, trained = errors[widths.index(16)], []
for seed in range(3):
    model = OneHidden(1, 16, 1, torch.relu, torch.Generator().manual_seed(seed)).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(1000):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(model(inputs), targets)
        loss.backward()
        optimizer.step()
    trained.append(loss.item() ** 0.5)

# %% tags=["hide-input"]
from course.practice import Choice, Question

times = sorted(trained)[1] / fixed
told = f"With three seeds: {', '.join(f'{each:.3f}' for each in trained)}. Fixed: {fixed:.3f}."
Question(
    f"With 16 knots at equal distances the error is {fixed:.3f}. What is it after 1,000 steps of "
    "training?",
    Choice(
        "Smaller: the knots go where the curve bends most",
        times < 0.9,
        f"They could. {told} But descent only follows the slope of the loss, from where the knots happen to start.",
    ),
    Choice(
        "About the same",
        0.9 <= times < 1.5,
        f"{told} What could be gained by placing the knots was lost by training them.",
    ),
    Choice(
        "Several times larger",
        times >= 1.5,
        f"{told} Knots start close together, several hinges do the work of one, and some die or leave "
        "the data.",
    ),
)

# %% tags=["claim", "here"]
assert min(trained) > 2 * fixed, (
    "each of three trained networks of 16 units has more than twice the error of 16 fixed hinges"
)

# %% [markdown]
r"""
What a network *can* do and what training *finds* are two things, as for [XOR](hidden.py#does-training-find-it).

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import approximation as exercises

exercises.absolute_value

# %% tags=["hide-input"]
exercises.joined

# %% tags=["hide-input"]
exercises.pieces

# %% tags=["hide-input"]
needed = exercises.knots_needed(bounds[2] / 99.99, largest_curvature, 2 * math.pi)
Question(
    "Sixteen pieces have a certain bound. You want a hundredth of it. How many pieces does it take?",
    Choice(
        "1,600: a hundred times as many",
        needed == 1600,
        "The error falls with the *square* of the number.",
    ),
    Choice(
        "160: ten times as many",
        needed == 160,
        "Ten times as many pieces are a tenth as long, and the square of that is a hundredth.",
    ),
    Choice(
        "About 54: four for each doubling",
        needed == 54,
        "Two doublings make a sixteenth, and less than two more are needed than that: that is "
        "between 64 and 256.",
    ),
)

# %% [markdown]
r"""
## What to remember

- With one input, each ReLU unit is a joint: there the slope changes by its weight.
- Twice as many joints, a quarter of the error, where the curve is smooth.
- One hidden layer can approximate every continuous function. That says nothing about training.
- Outside the data a ReLU network goes on straight.

Reference: [`hinges`][course.networks.approximation.hinges],
[`fit_hinges`][course.networks.approximation.fit_hinges],
[`OneHidden`][course.networks.hidden.OneHidden]. The test that proves the first two is
`tests/networks/test_approximation.py`. Next: [backpropagation by hand](backprop.py).
"""
