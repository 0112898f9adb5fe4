# ---
# title: When does it converge?
# description: >-
#   The largest learning rate that works, computed from the inputs, and why inputs are scaled.
# needs: >-
#   [slope and bias together](slope_and_bias.py) and [the exact answer](exact.py)
# ---

# %% [markdown]
r"""
**The question.** With a learning rate that is too large, descent ends in `nan`; with one that is too small, you
wait. Where exactly is the border, and can you know it before the first step?

## The idea

Over one parameter the cost<!-- term --> is a parabola. How strongly it bends is one number, its *curvature*: the second
derivative, written $\lambda$. At $w$, such a parabola has the derivative $\lambda\,(w - w^\star)$, where $w^\star$ is its lowest
point. So a step of descent changes the distance from there, the **error**, to

$$
(w - w^\star) - \text{lr} \cdot \lambda\,(w - w^\star) = (1 - \text{lr}\,\lambda)\,(w - w^\star) .
$$

Every step multiplies the error by the same factor. The error shrinks if this factor lies between −1 and 1, that is, if

$$
\text{lr} < \frac{2}{\lambda} .
$$

A strongly bent bowl asks for short steps. With several parameters, a bowl bends differently in different directions. Each has
its own factor, and the most strongly bent one sets the border for all.

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

## Two parameters: the axes of the bowl

The cost of slope and bias is a bowl over two numbers. Take the twenty lengths. Two straight ways through the lowest
point are special: the one along the valley, and the one across it. (The code finds them with `eigh` and
`hessian`, which are explained below the pictures.)
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
curvatures, directions = torch.linalg.eigh(hessian(columns))
for name, curvature, direction in zip(("along", "across"), curvatures, directions.T, strict=True):
    way = ", ".join(f"{part:+.2f}" for part in direction * direction[0].sign())
    print(f"{name:6} curvature {curvature:.2f}, direction (slope, bias) {way}")

# %% alt="A map of slope and bias with tilted ellipses, the contours of the cost. Two straight lines cross at their centre at a right angle: one along the long axis of the ellipses, from upper left to lower right, and a short one across them."
from course import plotting

reach = torch.linspace(-8, 8, 65).double()
weights, biases = best[0] + reach, best[1] + reach
pairs = torch.cartesian_prod(weights, biases)
costs = (pairs @ columns.T - y).square().mean(dim=1).view(65, 65)
axes = {
    name: best + torch.tensor([[-end], [end]]) * direction
    for name, end, direction in zip(
        ("along the valley", "across the valley"), (8.0, 4.0), directions.T, strict=True
    )
}
grid = {"slope in cm per kg": weights, "bias in cm": biases}
plotting.contours(grid, costs, axes, points={"best line": best}, equal=True)

# %% alt="Two curves of the cost above the lowest against the distance from the best line. Both are parabolas with their lowest point at zero. The one across the valley is narrow and steep, the one along it so wide that it looks nearly level."
away = torch.linspace(-3, 3, 121).double()


def rise(direction):
    errors = away.unsqueeze(1) * direction
    return (errors @ columns.T).square().mean(dim=1)


plotting.functions(
    away,
    {
        f"{name}, λ = {curvature:.2f}": rise(direction)
        for name, curvature, direction in zip(
            ("along the valley", "across the valley"), curvatures, directions.T, strict=True
        )
    },
    xlabel="distance from the best line",
    ylabel="cost above the lowest in cm²",
)

# %% [markdown]
r"""
Walk along each, and the cost is a parabola, as over one parameter. Its curvature is the $\lambda$ of this direction. What is special:
from a point on one of the two ways, the steepest way down leads straight along it, to the lowest point. From anywhere else it leads
aside. Such a direction is called an *eigenvector*, and its curvature an *eigenvalue*, of the table of all second derivatives, the *Hessian*

$$
H = \frac2n A^\top A ,
$$

where $A$ holds the [columns](exact.py#the-idea), here the masses and the ones. `torch.linalg.eigh` finds both, the smallest
eigenvalue first.

## The border as a function

::: course.linear.convergence.hessian

::: course.linear.convergence.largest_lr

[`largest_lr`][course.linear.convergence.largest_lr] asks the
[`hessian`][course.linear.convergence.hessian] for its largest eigenvalue. Run descent on slope and bias
just below and just above what it says:
"""

# %%
border = largest_lr(columns)
print(f"border {border:.4f}")


def errors_at(lr, steps=300):
    path = descend_line(x, y, weight=-10.0, bias=15.0, lr=lr, steps=steps)
    return (path - best).norm(dim=1)


parts = {"half": 0.5, "1 % below": 0.99, "1 % above": 1.01}
runs = {name: errors_at(part * border) for name, part in parts.items()}

# %% alt="Distance to the best parameters on a log scale over 300 steps. All three fall for a few steps. Then the run at half of the border goes on falling in a straight line, the one below it bends and falls in a flatter line, and the one above it turns and rises in a straight line." lead="Three learning rates: one arrives soon, one late, one never, and the border between them can be computed."
plotting.curves(runs, xlabel="step", ylabel="distance to the best", log=True)

# %% [markdown]
r"""
Two per cent apart, and opposite fates. Shortly below the border the run swings *across* the valley, from wall to wall, and
loses little each time. At half of it there is no swinging, and what takes long is the way *along* the valley: a rate that suits the steep
way is small for the flat one. Even at the border, the factor of the flattest direction is

$$
1 - \frac{2}{\lambda_{\max}}\,\lambda_{\min} = 1 - \frac{2}{\kappa} ,
\qquad
\kappa = \frac{\lambda_{\max}}{\lambda_{\min}} .
$$

The ratio $\kappa$ is the *condition number* of $H$, here {{ (curvatures[1] / curvatures[0]).item():.0f }}. With
$\kappa = 1{,}000$, each step leaves 998 thousandths of the error along the valley.

## The PyTorch way

Nothing changes when PyTorch takes the steps: the border belongs to the data.
"""

# %%
from torch import nn

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
    print(f"at {part} of the border the cost ends at {loss.item():.4g}")

# %% tags=["claim", "here"]
lowest = (columns @ best - y).square().mean().item()
assert abs(ends[0.99] - lowest) < 1e-6, "SGD just below the border ends at the lowest cost"
assert not ends[1.01] < 1e6 * lowest, "just above, its cost is beyond a million times that"

# %% [markdown]
r"""
## Scaling the inputs

The border depends on the inputs, so you can move it. To *standardise* an input is to subtract its mean and to
divide by its standard deviation. Then the bowl is rounder, and $\kappa$ smaller. Real data now: age, body mass index and blood pressure of
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
What that means in steps: descend at nine tenths of each border, until the *predictions* differ from the best
ones by less than a thousandth of the targets' standard deviation. (The gradient is the Hessian times the error.)
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

# %% symptom="The loss grows from step to step, until it is inf and nan" cause="The learning rate is too large for inputs that are not standardised."
from course.linear.slope_and_bias import descend_model

rate = numbers["standardised"][0] / 2


def losses(inputs):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 1), nn.Flatten(0)).double()
    path = descend_model(model, inputs, progress, rate, steps=100)
    return (path @ with_ones(inputs).T - progress).square().mean(dim=1)


forgotten, standard = losses(table), losses(scaled)
print("step   forgotten   standardised")
for step in (0, 1, 2, 3, 40, 100):
    print(f"{step:4d}{forgotten[step]:12.3g}{standard[step]:15,.1f}")

# %% tags=["claim", "here"]
answer = solve_least_squares(with_ones(scaled), progress)
lowest = (with_ones(scaled) @ answer - progress).square().mean()
assert (forgotten[1:4] > 1000 * forgotten[:3]).all(), (
    "without scaling, each of the first three steps makes the loss over a thousand times as large"
)
assert standard[-1] < 1.001 * lowest, "standardised, the same rate ends at the lowest loss"

# %% [markdown]
r"""
The rate is {{ rate / numbers["as they are"][0]:,.0f}} times the border of the inputs as they are. **The
repair** is one line, `(table - mean) / std`. Keep `mean` and `std`: new patients must be scaled by these
numbers, and not by their own. **The symptom:** the loss grows from step to step, until `inf` and `nan`, and a rate
ten thousand times smaller does not explode, but would need millions of steps to arrive.

## Going deeper: every learning rate

Run descent at two hundred learning rates and note what is left after 100 steps.
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
## Going deeper: the path without a step

If every direction has its own factor, and that is the whole
truth, the path can be computed without a single step: split the error at the start along the eigenvectors,
multiply each part by its factor, once for each step.

::: course.linear.convergence.predicted_path

[`error_factors`][course.linear.convergence.error_factors] gives the factors.
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
How long is the valley? Along an eigenvector a contour of the
cost reaches as far as $1 / \sqrt\lambda$ says, so it is $\sqrt\kappa$ times as long as it is wide, for
$\kappa = 1{,}000$ that is {{ 1000**0.5:.0f }} times. The number of steps goes with the *square* of that. (The
[exact answer](exact.py#what-goes-wrong-calendar-years) had the condition number of the table $A$: that is the
root, too.) And autograd finds the same Hessian as the formula.
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


def cost(parameters):
    return nn.functional.mse_loss(columns @ parameters, y)


assert torch.allclose(torch.autograd.functional.hessian(cost, start), hessian(columns)), (
    "autograd and the formula give one Hessian"
)

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
    name: float(error_factors(with_ones(inputs), 0.9 * numbers[name][0]).abs().max())
    for name, inputs in tables.items()
}
needed = {name: exercises.steps_needed(factor, 0.01) for name, factor in slowest.items()}

# %% [markdown]
r"""
??? success "What you find"
    For a hundredth of the error along the slowest direction, at nine tenths of the border, the patients as they are
    take {{ needed["as they are"]:,}} steps, centred {{ needed["centred"]:,}}, and standardised {{
needed["standardised"]:,}}: there the steepest direction, with its factor of −4/5, is the slow one.
"""

# %% tags=["hide-input"]
exercises.fastest

# %% [markdown]
r"""
## What to remember

- Along each eigenvector of the Hessian, a step multiplies the error by $1 - \text{lr}\,\lambda$, where $\lambda$ is the curvature in its direction.
- Descent arrives below $2/\lambda_{\max}$ and moves away above it. Inputs decide that, targets do not.
- The steepest direction sets the rate, the flattest one waits. The number of steps grows in proportion to
  the ratio of their curvatures, the condition number.
- Standardise the inputs, with mean and standard deviation of the training rows.

For networks the Hessian is not fixed, but near a lowest point much of this still holds, and it is the reason
for scaled inputs, and for [momentum and Adam](../training/optimizers.py).

Reference: [`hessian`][course.linear.convergence.hessian],
[`largest_lr`][course.linear.convergence.largest_lr],
[`error_factors`][course.linear.convergence.error_factors],
[`predicted_path`][course.linear.convergence.predicted_path], [`functions`][course.plotting.drawings.functions.functions]. The
test that proves the first four is `tests/linear/test_convergence.py`. Next: [several inputs](multiple.py).
"""
