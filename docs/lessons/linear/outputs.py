# ---
# title: Several outputs
# description: >-
#   One layer that is as many regressions as it has outputs, and what they share: a loss and a stop.
# needs: >-
#   [several inputs](multiple.py) and [convergence](convergence.py)
# ---

# %% [markdown]
r"""
**The question.** One model is to predict several numbers at once, each in its own unit. One of them comes out badly, although
the loss is small. Do outputs help each other, do they get in each other's way, or neither?

## The idea

Give every output weights and a bias of its own. The weights are the rows of a matrix $W$, and all predictions are

$$
\hat y = x W^\top + b .
$$

Column $j$ of $\hat y$ depends on row $j$ of $W$ and on $b_j$, and on nothing else. The mean squared error is now a
mean over all $n k$ numbers,

$$
J = \frac1{n k} \sum_i \sum_j (\hat y_{ij} - y_{ij})^2 = \frac1k \sum_j J_j ,
$$

where $J_j$ is the mean squared error of output $j$ by itself. Two things follow, before any data are seen:

- $J$ is lowest where every $J_j$ is: $k$ outputs are $k$ **separate regressions**.
- For the weights of one output, the gradient of $J$ is $1/k$ of the gradient of $J_j$. With $k$ times the rate,
  gradient descent takes for each output exactly the steps that it would take alone.

## The smallest case, by hand

A board hangs on two springs, one at each end, with a mass at each end: two inputs. Three instruments are
read: how far the middle sinks in mm, the force at the ceiling in N, and the tilt in radians. The first two
depend on the sum of the masses, the tilt on their difference.
"""

# %%
import torch

torch.set_printoptions(sci_mode=False)  # millimetres beside hundredths of a radian

x = torch.tensor([[1.0, 1.0], [2.0, 1.5]])  # kg: left, right
weight = torch.tensor([[15.0, 15.0], [9.81, 9.81], [0.03, -0.03]])  # mm/kg, N/kg, rad/kg
bias = torch.zeros(3)  # mm, N, rad

by_hand = [[(row * w).sum() + b for w, b in zip(weight, bias, strict=True)] for row in x]
print(torch.tensor(by_hand))
print(x @ weight.T + bias)

# %% [markdown]
r"""
Axis by axis:

| | shape | axis 0 | axis 1 |
| --- | --- | --- | --- |
| `x` | `(n, d)` | the rows | the inputs |
| `weight` | `(k, d)` | the outputs | the inputs |
| `weight.T` | `(d, k)` | the inputs | the outputs |
| `x @ weight.T` | `(n, k)` | the rows | the outputs |
| `bias` | `(k,)` | the outputs | |

The inputs meet in the middle and are summed away. The bias has the axis that comes *last* in the predictions, so
broadcasting adds it to every row. Targets must have the shape<!-- term --> `(n, k)`, too.

## All at once, and each alone

::: course.linear.outputs.gradient

[`gradient`][course.linear.outputs.gradient] divides by `y.numel()`, which is $n k$;
[`predict`][course.linear.outputs.predict] is the product above, and
[`descend_outputs`][course.linear.outputs.descend_outputs] steps. The board is loaded sixty times, with nearly equal
masses; twenty measurements are kept to test on.
"""

# %%
from course.linear.convergence import largest_lr
from course.linear.exact import solve_least_squares, with_ones
from course.linear.multiple import descend_weights, mean_and_std
from course.linear.outputs import descend_outputs, explained, in_target_units, predict

generator = torch.Generator().manual_seed(0)
noise = torch.randn(60, 3, generator=generator) * torch.tensor([1.0, 1.0, 0.003])
load = 1 + 3 * torch.rand(60, 1, generator=generator)
masses = (load + 0.3 * torch.randn(60, 2, generator=generator)).double()  # kg
y = predict(masses, weight.double(), bias.double()) + noise  # mm, N, rad

mean, std = mean_and_std(masses[:40])
x = (masses - mean) / std
x_train, y_train, x_test, y_test = x[:40], y[:40], x[40:], y[40:]

best = solve_least_squares(with_ones(x_train), y_train).T  # one row per output, the bias last
lr = 0.5 * largest_lr(with_ones(x_train))
together = descend_outputs(x_train, y_train, lr=3 * lr, steps=400)
alone = [descend_weights(x_train, y_train[:, j], lr=lr, steps=400) for j in range(3)]
print("weights and bias of each output, per standard deviation of the mass:")
print(together[-1])

# %% tags=["claim", "always"]
from sklearn.linear_model import LinearRegression

for j in range(3):
    single = solve_least_squares(with_ones(x_train), y_train[:, j])
    assert torch.allclose(best[j], single, atol=1e-9), (
        "least squares finds for each output what it finds for this output alone"
    )
    assert torch.allclose(together[:, j], alone[j], atol=1e-9), (
        "at three times the rate, each output's path is the path that it takes alone, step by step"
    )
model = LinearRegression().fit(x_train.numpy(), y_train.numpy())
known = torch.cat([torch.tensor(model.coef_), torch.tensor(model.intercept_).unsqueeze(1)], dim=1)
assert torch.allclose(best, known, atol=1e-9), "scikit-learn's LinearRegression agrees"

# %% tags=["claim", "here"]
assert torch.allclose(together[-1], best, atol=1e-6), (
    "descent ends within a millionth of the exact answer"
)

# %% [markdown]
r"""
So the outputs neither help nor hinder each other. Whoever wants three regressions may train them in one
layer, which is one matrix product instead of three, and shorter code.

## The PyTorch way

`nn.Linear(d, k)` keeps its weight as `(k, d)`, one row per output, and answers `(n, k)`.
"""

# %%
from torch import nn

torch.manual_seed(0)
layer = nn.Linear(2, 3).double()
optimizer = torch.optim.SGD(layer.parameters(), lr=3 * lr)
criterion = nn.MSELoss()
for _ in range(400):
    optimizer.zero_grad()
    loss = criterion(layer(x_train), y_train)
    loss.backward()
    optimizer.step()

for name, tensor in {"weight": layer.weight, "bias": layer.bias, "answers": layer(x_test)}.items():
    print(f"{name:8}{tuple(tensor.shape)}")
with torch.no_grad():
    print("R² of each output on test rows:", explained(layer(x_test), y_test))

# %% tags=["claim", "always"]
parts = torch.stack([criterion(layer(x_train)[:, j], y_train[:, j]) for j in range(3)])
assert torch.allclose(criterion(layer(x_train), y_train), parts.mean()), (
    "`nn.MSELoss` of all outputs is the mean of those of each output"
)

# %% tags=["claim", "here"]
assert torch.allclose(layer.weight, best[:, :2], atol=1e-3), "the layer ends at least squares, too"
assert (explained(layer(x_test), y_test) > 0.8).all(), (
    "on test rows it explains more than 0.8 of each output"
)

# %% [markdown]
r"""
[`explained`][course.linear.outputs.explained] gives R² for each output. One number for all of them
would hide which one is predicted badly, as you see next.

## What outputs do share

They share the loss, so they share whatever looks at the loss. Stop as soon as a step lowers it by less than a
hundredth of its value, a rule that saves steps:
"""


# %%
def train(targets, improvement=0.01):
    """Return weights and biases when a step lowers the loss by too little, and how many steps."""
    path = descend_outputs(x_train, targets, lr=3 * lr, steps=400)
    errors = x_train @ path[:, :, :2].mT + path[:, None, :, 2] - targets
    losses = errors.square().mean(dim=(1, 2))
    steps = int((losses[1:] > (1 - improvement) * losses[:-1]).nonzero()[0]) + 1
    return path[steps, :, :2], path[steps, :, 2], steps


weight, bias, steps = train(y_train)
in_own_units = predict(x_test, weight, bias)

mean, std = mean_and_std(y_train)
*scaled, longer = train((y_train - mean) / std)
standardised = predict(x_test, *in_target_units(*scaled, mean, std))

for name, answers, count in (
    ("own units", in_own_units, steps),
    ("standardised", standardised, longer),
):
    print(
        f"{name:13}{count:3d} steps, R²", [round(r, 3) for r in explained(answers, y_test).tolist()]
    )

# %% alt="Three panels of predictions against true values, each with a diagonal line. In those of the sinking and of the force, circles and crosses of both trainings lie on the diagonal. In that of the tilt the crosses, from standardised targets, lie along the diagonal; the circles, from targets in their own units, form a much flatter band: their tilts are too small." lead="One layer predicts three quantities; trained in their own units, it misses the third."
from course import plotting

plotting.agreement(
    y_test,
    {"own units": in_own_units, "standardised": standardised},
    labels=["sinking in mm", "force in N", "tilt in rad"],
)

# %% tags=["claim", "here"]
start = y_train.square().mean(dim=0)
assert start[2] / start.sum() < 1e-5, (
    "at the start, the tilt is less than a hundred-thousandth of the loss"
)
early, late = explained(in_own_units, y_test), explained(standardised, y_test)
assert (early[:2] > 0.95).all(), "stopped early, sinking and force are nearly perfect"
assert early[2] < late[2] - 0.1, (
    "the tilt is not: with standardised targets, its R² is more than 0.1 higher"
)
assert (late > 0.8).all(), "with standardised targets, all three are above 0.8"

# %% [markdown]
r"""
The tilt is measured in hundredths of a radian, so its squares are next to nothing in a sum with
squares of millimetres. When sinking and force are done, the loss is level, and nobody looks at the tilt, which
depends on the difference of the masses and needs more steps. **The largest numbers decide when to stop**, and the unit
decides how large a number is. For a loss that is the same in every unit, standardise the targets, with the mean and deviation of the training rows. Each
output then begins with the same share of the loss.

::: course.linear.outputs.in_target_units

[`in_target_units`][course.linear.outputs.in_target_units] turns the layer back into one that answers in mm, N and
radians. The rule to stop is not the only thing that looks at the loss: so does a choice among settings<!-- term -->.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

in_milliradians = y_train * torch.tensor([1.0, 1.0, 1000.0])
other = descend_outputs(x_train, in_milliradians, lr=3 * lr, steps=400)
same = torch.allclose(other[:, :2], together[:, :2])
thousandfold = torch.allclose(other[:, 2], 1000 * together[:, 2])
Question(
    "Give the tilt in milliradians, numbers a thousand times as large, and descend from zeros with the same "
    "rate for 400 steps, without stopping early. What becomes of the three paths?",
    Choice(
        "all change: they share one loss",
        not same,
        "They share a number, not a weight. No gradient of one output contains the target of another.",
    ),
    Choice(
        "the tilt diverges: its gradient is a thousand times as large",
        not thousandfold,
        "The gradient is, and so is the way to go. The border depends on the inputs alone.",
    ),
    Choice(
        "the tilt's is a thousand times as large, the others stay",
        same and thousandfold,
        "In the unit of its own target each takes the same steps as before.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: targets of another shape

One instrument is chosen, and its column handed over, shape `(40,)`. PyTorch warns of what it is about to
broadcast, and then stops, because 3 and 40 do not fit:
"""

# %% tags=["raises-exception", "warns"] cause="The targets have the shape of one output, and the model has three: hand over a column for each."
nn.functional.mse_loss(layer(x_train), y_train[:, 2])

# %% [markdown]
r"""
The accident to fear is the one that fits. The column keeps its axis, `(40, 1)`, and is broadcast to all three outputs:
"""

# %% tags=["warns"] symptom="All outputs of the model learn the same: the rows of `weight` are equal" cause="The targets have one column, `(n, 1)`, and it is broadcast to all outputs."
wrong = nn.Linear(2, 3).double()
optimizer = torch.optim.SGD(wrong.parameters(), lr=3 * lr)
for _ in range(400):
    optimizer.zero_grad()
    loss = criterion(wrong(x_train), y_train[:, 2:])
    loss.backward()
    optimizer.step()
print(f"loss {loss.item():.2e}")
print(wrong.weight.detach())

# %% tags=["claim", "here"]
assert torch.allclose(wrong.weight, best[2, :2].expand(3, 2), atol=1e-3), (
    "all three outputs have learned the one column"
)

# %% [markdown]
r"""
A small loss, a warning, and three copies of the tilt. And a table with rows and columns exchanged, `(k, n)`, is not noticed
at all in a batch of just $k$ rows. **The repair**: hand over `(n, k)`, one column per output, and let a function check it.
**The symptom**: rows of `weight` that are equal.
"""

# %% tags=["claim", "always"]
from course.linear.outputs import gradient
from course.notes.claims import outcome

tables = y_train[:, 2], y_train[:, 2:], y_train.T
refused = [outcome(gradient, x_train, table, layer.weight, layer.bias) for table in tables]
assert all("give both the shape (n, k)" in message for message in refused), (
    "our `gradient` refuses all three: (n,), (n, 1) and (k, n)"
)

# %% [markdown]
r"""
## Going deeper: where outputs share weights

In a network with a layer between inputs and outputs, a *hidden* one, the outputs share its weights. There the largest numbers decide
the path as well, because the gradients of all outputs are added up:
"""

# %%
torch.manual_seed(0)
network = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 3)).double()


def hidden_gradient(outputs, targets):
    loss = (network(x_train)[:, outputs] - targets[:, outputs]).square().sum() / targets.numel()
    return torch.autograd.grad(loss, network[0].weight)[0]


ratios = {}
for name, targets in {"own units": y_train, "standardised": (y_train - mean) / std}.items():
    whole, of_tilt = hidden_gradient([0, 1, 2], targets), hidden_gradient([2], targets)
    ratios[name] = of_tilt.norm() / whole.norm()
    print(f"{name:13} gradient of the tilt / of all: {ratios[name]:.4f}")

# %% tags=["claim", "here"]
assert ratios["own units"] < 0.01 < 0.05 < ratios["standardised"], (
    "at these first weights, in own units the tilt adds less than a hundredth to the gradient of the "
    "shared weights; standardised, more than a twentieth"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.linear.exercises import outputs as exercises

exercises.separate

# %% tags=["hide-input"]
exercises.shares

# %% tags=["fold"]
from course.linear.exercises import outputs as exercises

before = exercises.shares_of_loss(torch.zeros_like(y_train), y_train)
after = exercises.shares_of_loss(predict(x_train, best[:, :2], best[:, 2]), y_train)

# %% [markdown]
r"""
??? success "What you find"
    A layer of zeros owes {{ 100 * before[0]:.0f }} % of its loss to the sinking and
    {{ 100 * before[1]:.0f }} % to the force; the tilt has a part of {{ before[2]:.0e }}. At the lowest loss they are
    {{ 100 * after[0]:.0f }} %, {{ 100 * after[1]:.0f }} % and {{ after[2]:.0e }}: what is left then is noise, in the
    unit of each.
"""

# %% tags=["hide-input"]
exercises.joint_border

# %% [markdown]
r"""
## What to remember

- `nn.Linear(d, k)` has a weight `(k, d)` and a bias `(k,)`: each row is a regression of its own.
- `nn.MSELoss` averages over $n k$ numbers. With $k$ times the rate, each output takes the steps that it takes alone.
- Shared are the loss and what looks at it, such as the rule to stop. There the largest numbers rule: standardise the
  targets, and measure each output for itself.
- Targets have the shape `(n, k)`. `(n, 1)` is broadcast, and all outputs learn one column.

Reference: [`predict`][course.linear.outputs.predict], [`gradient`][course.linear.outputs.gradient],
[`descend_outputs`][course.linear.outputs.descend_outputs], [`explained`][course.linear.outputs.explained],
[`in_target_units`][course.linear.outputs.in_target_units], [`agreement`][course.plotting.drawings.agreement.agreement]. The test that
proves the first five is `tests/linear/test_outputs.py`. Next: [what a weight can mean](identifiability.py).
"""
