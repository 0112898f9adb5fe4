# ---
# title: When does it converge?
# description: >-
#   The largest learning rate that works, computed from the inputs, and why inputs are scaled.
# needs: >-
#   [slope and bias together](slope_and_bias.py) and [the exact answer](exact.py), and you have met
#   eigenvectors
# ---

# %% [markdown]
r"""
**The question.** A learning rate can be too large. Where exactly is the border, and can you know it
before the first step?

## The idea

What matters is not where you stand, but how far you are from the best parameters: the **error**
$\theta - \theta^\star$. The gradient of the mean squared error is the error times a fixed matrix,

$$
\nabla J = H\,(\theta - \theta^\star) ,
\qquad
H = \frac2n A^\top A ,
$$

the *Hessian*, which holds the second derivatives. So a step of descent multiplies the error by
$I - \text{lr}\,H$. Along an eigenvector of $H$ that is a plain number: with the eigenvalue $\lambda$,

$$
\text{each step multiplies the error by}\quad 1 - \text{lr}\,\lambda .
$$

The error shrinks if this factor lies between −1 and 1, that is, if $\text{lr}$ is below $2/\lambda$. An
eigenvalue is the *curvature* in its direction, and the steepest direction has the largest. It sets the
border for all:

$$
\text{lr} < \frac{2}{\lambda_{\max}} .
$$

## The smallest case, by hand

One parameter, the slope, and two masses. The curvature is a single number, twice the mean square of the
inputs.
"""

# %%
import torch

x = torch.tensor([1.0, 3.0])  # kg
curvature = 2 * (x**2).mean()
border = 2 / curvature
print(f"curvature {curvature:.0f}, border {border:.1f}")

for part in (0.5, 0.9, 1.0, 1.1):
    error = 8.0
    errors = [error := error * (1 - part * border * curvature) for _ in range(4)]
    print(f"{part:.1f} of the border:", "".join(f"{error:8.2f}" for error in errors))

# %% [markdown]
r"""
Half of the border leads to the bottom in one step: the factor is 0. Near the border the error changes
sides and hardly shrinks. At the border it only changes sides, and beyond it grows. The targets have
not been mentioned: they decide where the bottom is, not how curved the bowl is.

## The border as a function

::: course.linear.convergence.hessian

::: course.linear.convergence.largest_lr

[`largest_lr`][course.linear.convergence.largest_lr] asks the
[`hessian`][course.linear.convergence.hessian] for its largest eigenvalue. Run descent on slope and bias
just below and just above what it says, with the twenty lengths:
"""

# %%
from course.linear.convergence import error_factors, hessian, largest_lr, predicted_path
from course.linear.exact import solve_least_squares, with_ones
from course.linear.slope_and_bias import descend_line

generator = torch.Generator().manual_seed(0)
x = torch.linspace(0.1, 2, 20).double()  # mass in kg
y = 3 * x + 8 + 0.5 * torch.randn(20, generator=generator).double()  # length in cm

columns = with_ones(x)
best = solve_least_squares(columns, y)
border = largest_lr(columns)
print(f"border {border:.4f}")


def errors_at(lr, steps=300):
    path = descend_line(x, y, weight=-10.0, bias=15.0, lr=lr, steps=steps)
    return (path - best).norm(dim=1)


parts = {"half": 0.5, "1 % below": 0.99, "1 % above": 1.01}
runs = {name: errors_at(part * border) for name, part in parts.items()}

# %% alt="Distance to the best parameters on a log scale over 300 steps. All three fall for a few steps. Then the run at half of the border goes on falling in a straight line, the one below it bends and falls in a flatter line, and the one above it turns and rises in a straight line." lead="Three learning rates: one arrives soon, one late, one never, and the border between them can be computed."
from course import plotting

plotting.curves(runs, xlabel="step", ylabel="distance to the best", log=True)

# %% [markdown]
r"""
Two per cent apart, and opposite fates. For the whole picture, run descent at two hundred learning rates and
note what is left after 100 steps.
"""

# %% alt="What is left after 100 steps against the learning rate, both on log scales. From the left the curve falls, more and more steeply, to a sharp lowest point a little before an upright dotted line, the border. From there it rises almost vertically, and where it crosses the line it is nearly as high as at its left end."
rates = torch.logspace(-2, 0, 200, dtype=torch.float64) * 1.05 * border
left = torch.stack([errors_at(lr, steps=100)[-1] for lr in rates.tolist()])
plotting.functions(
    rates,
    {"after 100 steps": left},
    xlabel="learning rate",
    ylabel="distance to the best",
    log=True,
    borders={"2 / largest curvature": border},
)

# %% tags=["claim", "here"]
lowest_at = left.argmin()
assert (left[1 : lowest_at + 1] < left[:lowest_at]).all(), (
    "up to the best rate, every larger rate comes closer"
)
assert 0.8 * border < rates[lowest_at] < border, "the best rate lies shortly before the border"
assert (errors_at(1.03 * border).diff()[100:] > 0).all(), "above the border, descent moves away"
below, above = errors_at(0.999 * border, 4000), errors_at(1.001 * border, 4000)
assert below[-1] < 0.01, "a thousandth below the border, descent arrives, given 4,000 steps"
assert above[-1] > 10, "a thousandth above, it moves away"

# %% [markdown]
r"""
## Every direction for itself

The line has two parameters, so there are two directions, and each has its own factor. If that is the whole
truth, the path can be computed without a single step: split the error at the start along the eigenvectors,
multiply each part by its factor, once for each step.

::: course.linear.convergence.predicted_path
"""

# %%
lr = 0.9 * border
start = torch.tensor([-10.0, 15.0]).double()
path = descend_line(x, y, weight=-10.0, bias=15.0, lr=lr, steps=300)
predicted = predicted_path(columns, best, start, lr, steps=300)
flattest, steepest = error_factors(columns, lr)
print(f"largest difference {(path - predicted).abs().max():.0e}")
print(f"factor of the flattest direction {flattest:.4f}, of the steepest {steepest:.4f}")

# %% tags=["claim", "always"]
assert torch.allclose(path, predicted, atol=1e-9), "the path of descent is the predicted one"

# %% tags=["claim", "here"]
assert flattest > steepest.abs(), "at this rate the flattest direction is the slowest"

# %% [markdown]
r"""
[`error_factors`][course.linear.convergence.error_factors] tells why descent is slow even at a good rate.
The steepest direction sets the border, and the *flattest* one has to live with it: below the border, its
factor is at least

$$
1 - \frac{2}{\lambda_{\max}}\,\lambda_{\min} = 1 - \frac{2}{\kappa} ,
\qquad
\kappa = \frac{\lambda_{\max}}{\lambda_{\min}} .
$$

The ratio $\kappa$ is the condition number of $H$. With $\kappa = 1{,}000$, each step leaves at least 998
thousandths of the error along the valley. Such a valley is not that long: along an eigenvector a contour of the
cost reaches as far as $1 / \sqrt\lambda$ says, so it is $\sqrt\kappa$ times as long as it is wide, here
{{ 1000**0.5:.0f }} times. The number of steps goes with the *square* of that. (The
[exact answer](exact.py#what-goes-wrong-calendar-years) had the condition number of the table $A$: that is the
root, too.)
"""

# %% tags=["claim", "always"]
curvatures, directions = torch.linalg.eigh(hessian(columns))
kappa = curvatures[-1] / curvatures[0]
reach = 1 / (columns @ directions).square().mean(dim=0).sqrt()  # where the cost has risen by 1
assert torch.isclose(reach[0] / reach[-1], kappa.sqrt()), (
    "a contour of the cost is longer than wide by the root of the condition number of `H`"
)
assert torch.isclose(torch.linalg.cond(columns), kappa.sqrt()), (
    "and that root is the condition number of the table itself"
)

# %% [markdown]
r"""

## The PyTorch way

Nothing changes when PyTorch takes the steps: the border belongs to the data. Autograd finds the same Hessian.
"""

# %%
from torch import nn


def cost(parameters):
    return nn.functional.mse_loss(columns @ parameters, y)


print(torch.autograd.functional.hessian(cost, start))
print(hessian(columns))

ends = {}
for part in (0.99, 1.01):
    torch.manual_seed(0)
    layer = nn.Linear(1, 1).double()
    optimizer = torch.optim.SGD(layer.parameters(), lr=part * border)
    for _ in range(2000):
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(layer(x.unsqueeze(1)), y.unsqueeze(1))
        loss.backward()
        optimizer.step()
    ends[part] = loss.item()
print(
    "; ".join(f"at {part} of the border the cost ends at {end:.4g}" for part, end in ends.items())
)

# %% tags=["claim", "always"]
lowest = cost(best).item()
assert torch.allclose(torch.autograd.functional.hessian(cost, start), hessian(columns)), (
    "autograd and the formula give one Hessian"
)

# %% tags=["claim", "here"]
assert abs(ends[0.99] - lowest) < 1e-6, "SGD just below the border ends at the lowest cost"
assert not ends[1.01] < 1e6 * lowest, "just above, its cost is beyond a million times that"

# %% [markdown]
r"""
## Scaling the inputs

The border depends on the inputs, so you can move it. To *standardise* an input is to subtract its mean and to
divide by its standard deviation. Subtracting the mean makes the inputs orthogonal to the column of ones;
dividing gives all columns the same length. Real data now: age, body mass index and blood pressure of
442 patients, each in its own unit, and how far their disease went on.
"""

# %%
from sklearn.datasets import load_diabetes

patients = load_diabetes(scaled=False)
chosen = [patients.feature_names.index(name) for name in ("age", "bmi", "bp")]
table = torch.tensor(patients.data[:, chosen])
progress = torch.tensor(patients.target)

mean, std = table.mean(dim=0), table.std(dim=0)
scaled = (table - mean) / std
tables = {"as they are": table, "centred": table - mean, "standardised": scaled}
numbers = {}
for name, inputs in tables.items():
    curvatures = torch.linalg.eigvalsh(hessian(with_ones(inputs)))
    numbers[name] = largest_lr(with_ones(inputs)), (curvatures[-1] / curvatures[0]).item()
    print(f"{name:13} border {numbers[name][0]:.6f}, condition number {numbers[name][1]:9,.0f}")

# %% [markdown]
r"""
What that means in steps: descend at nine tenths of each border, until the *predictions* are within a thousandth of
the targets' spread of the best ones.
"""


# %%
def steps_until_close(inputs, limit):
    features = with_ones(inputs)
    answer = solve_least_squares(features, progress)
    curvature, lr = hessian(features), 0.9 * largest_lr(features)
    parameters = torch.zeros(4).double()
    for step in range(limit):
        error = parameters - answer
        if (features @ error).square().mean().sqrt() < 0.001 * progress.std():
            return step
        parameters = parameters - lr * (curvature @ error)
    return limit


limit = 20_000
steps = {name: steps_until_close(inputs, limit) for name, inputs in tables.items()}
for name, count in steps.items():
    print(f"{name:13} {'more than ' if count == limit else ''}{count:,} steps")

# %% tags=["claim", "here"]
assert (
    numbers["standardised"][1] < 10 < 1000 < numbers["centred"][1] * 10 < numbers["as they are"][1]
), "each of the two parts of standardising lowers the condition number"
assert steps["standardised"] < 50 < steps["centred"] < steps["as they are"] == limit, (
    "and with it the steps: from more than 20,000 to fewer than 50"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

tens = table * torch.tensor([10.0, 1.0, 1.0])
moved = largest_lr(with_ones(tens)) / numbers["as they are"][0]
same = abs(largest_lr(with_ones((tens - tens.mean(0)) / tens.std(0))) - numbers["standardised"][0])
Question(
    "Somebody measures the age in tenths of a year, so that all ages are ten times as large. What happens "
    "to the two borders, that of the inputs as they are and that of the standardised ones?",
    Choice(
        "both stay: it is the same age",
        abs(moved - 1) < 0.01,
        "The best predictions stay, but the curvature along the weight of the age does not: its column "
        "has grown.",
    ),
    Choice(
        "the first falls, the second stays",
        moved < 0.5 and same < 1e-9,
        f"The first falls to {100 * moved:.0f} % of what it was. Standardised ages are the same numbers in "
        "any unit.",
    ),
    Choice(
        "both fall",
        same > 1e-9,
        "Dividing by the standard deviation removes the unit, whatever it was.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: the rate that worked yesterday

Half of the border is a good rate for the standardised patients. Keep it, and forget to standardise.
"""

# %% tags=["raises-exception"] cause="The learning rate is too large for inputs that are not standardised."
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.loop import fit

rate = numbers["standardised"][0] / 2


def trained(inputs):
    dataset = TensorDataset(inputs.float(), progress.float())
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    return fit(model, Batches(dataset, len(dataset)), nn.MSELoss(), optimizer, epochs=100)


trained(table)

# %% [markdown]
r"""
The rate is {{ rate / numbers["as they are"][0]:,.0f}} times the border of the inputs as they are. **The
repair** is one line, `(table - mean) / std`. Keep `mean` and `std`: new patients must be scaled by these
numbers, and not by their own. **The symptom:** the loss is `inf` or `nan` within a few steps, and a rate
ten thousand times smaller does not explode but does not arrive, either.
"""

# %%
history = trained(scaled)
lowest = (
    (with_ones(scaled) @ solve_least_squares(with_ones(scaled), progress) - progress)
    .square()
    .mean()
)
print(
    f"first loss {history.training[0]:,.0f}, last {history.training[-1]:,.1f}, lowest {lowest:,.1f}"
)

# %% tags=["claim", "here"]
assert history.training[-1] < 1.001 * lowest, "standardised, the same rate ends at the lowest loss"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.linear.exercises import convergence as exercises

exercises.border_of_all

# %% tags=["hide-input"]
exercises.how_long

# %% tags=["fold"]
from course.linear.exercises import convergence as exercises

slowest = {
    name: float(error_factors(with_ones(inputs), 0.9 * numbers[name][0]).max())
    for name, inputs in tables.items()
}
needed = {name: exercises.steps_needed(factor, 0.01) for name, factor in slowest.items()}

# %% [markdown]
r"""
??? success "What you find"
    For a hundredth of the error along the flattest direction, at nine tenths of the border, the patients as they are
    take {{ needed["as they are"]:,}} steps, centred {{ needed["centred"]:,}}, and standardised
    {{ needed["standardised"]:,}}.
"""

# %% tags=["hide-input"]
exercises.fastest

# %% [markdown]
r"""
## What to remember

- Along each eigenvector of the Hessian, a step multiplies the error by $1 - \text{lr}\,\lambda$.
- Descent arrives below $2/\lambda_{\max}$ and moves away above it. Inputs decide that, targets do not.
- The steepest direction sets the rate, the flattest one waits. The number of steps grows in proportion to
  the ratio of their curvatures, the condition number: the square of how long the valley is for its width.
- Standardise the inputs, with mean and standard deviation of the training rows.

For networks the Hessian is not fixed, but near a lowest point much of this still holds, and it is the reason
for scaled inputs, and for [momentum and Adam](../training/optimizers.py).

Reference: [`hessian`][course.linear.convergence.hessian],
[`largest_lr`][course.linear.convergence.largest_lr],
[`error_factors`][course.linear.convergence.error_factors],
[`predicted_path`][course.linear.convergence.predicted_path], [`functions`][course.plotting.drawings.functions.functions]. The
test that proves the first four is `tests/linear/test_convergence.py`. Next: [several inputs](multiple.py).
"""
