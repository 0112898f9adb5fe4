# ---
# title: How wrong is a line?
# description: >-
#   The mean squared error, as a curve over the slope, and as a surface and contours over slope and
#   bias.
# needs: >-
#   [prediction](prediction.py)
# ---

# %% [markdown]
r"""
**The question.** Two lines run past the same measurements, and neither meets them all. Which one
fits better, and is there a best one? You need one number that says how wrong a line is. All training, of a line or of a
network, is the search for parameters that make such a number small.

## The idea

Ask every measurement how far the line misses it. The difference between prediction and target,
$\hat y_i - y_i$, is a *residual*; it is positive where the line is too high. (Books on statistics
mostly subtract the other way round, which changes no square.) To compare lines you need one number
for all residuals, the *cost*. The *mean squared error* takes their squares and averages them over
the $n$ measurements:

$$
J = \frac1n \sum_i (\hat y_i - y_i)^2 .
$$

Why squares? A square is never negative, so a line cannot hide a miss above behind a miss below.
Twice the miss costs four times as much, so no single large miss is cheap. And a square has a
derivative everywhere, which will show the way downhill in the [next lesson](descent.py).

## The smallest case, by hand

Three measurements, and a line through the origin: $\hat y = w x$ with $w = 3$.
"""

# %%
import torch

x = torch.tensor([1.0, 2.0, 3.0])
y = torch.tensor([3.0, 5.0, 10.0])

residuals = 3 * x - y
print("residuals", residuals.tolist())
print("squares  ", (residuals**2).tolist())

# %% tags=["hide-input"]
from course.practice import Choice, Question

by_definition = torch.nn.functional.mse_loss(3 * x, y)
averaged, added, signed = (residuals**2).mean(), (residuals**2).sum(), residuals.mean()
Question(
    "What is the cost of this line?",
    Choice(
        f"{signed:.0f}",
        bool(signed == by_definition),
        "That is the mean of the residuals themselves, as if the line met every point: the miss above "
        "hides the one below.",
    ),
    Choice(
        f"{averaged:.3f}",
        bool(averaged == by_definition),
        f"The squares add up to {added:.0f}, divided by {len(x)}.",
    ),
    Choice(
        f"{added:.0f}",
        bool(added == by_definition),
        "That is the sum of the squares, which grows with every measurement you add, however well "
        "the line fits. The cost is their mean.",
    ),
)

# %% [markdown]
r"""
## The cost as a function

::: course.linear.cost.mean_squared_error

The body of [`mean_squared_error`][course.linear.cost.mean_squared_error] is two lines. The check
before them is there for a mistake that is easy to make and hard to see; you meet it below.

Now take twenty measurements of a spring, simulated as in the lesson before. First measure the
*extension*, which is the length less the length without a load. No mass, no extension: the line
goes through the origin, and the slope is its only parameter.
"""

# %%
from course.linear.cost import mean_squared_error

generator = torch.Generator().manual_seed(0)
x = torch.linspace(0.1, 2, 20)  # mass in kg
true_weight = 3
y = true_weight * x + 0.5 * torch.randn(len(x), generator=generator)  # extension in cm

for slope in (-2, 0, 3):
    print(f"slope {slope:2d}: cost {mean_squared_error(slope * x, y).item():6.2f} cm²")

# %% [markdown]
r"""
The residuals are in cm, so the cost is in cm².

## The cost of every slope

Try not three slopes but many, and draw their cost.

::: course.linear.cost.cost_curve

The picture below shows two of the slopes: on the left the line with its residuals, on the right the
place of that slope on the curve that [`cost_curve`][course.linear.cost.cost_curve] computes.
"""

# %% alt="Two rows. On the left, measured points rise from the origin, with a line and thin vertical residuals between the two. On the right, a bowl-shaped curve of the cost over the slope, with one dot on it. In the first row the line falls, the residuals are long and the dot is high on the left side of the bowl. In the second the line runs through the points, the residuals are hardly visible and the dot is at the bottom." lead="How wrong is a line? Its residuals on the left, their cost on the right."
from course import plotting
from course.linear.cost import cost_curve

weights = torch.linspace(-4, 10, 141)
costs = cost_curve(x, y, weights)

two = {"slope −2": torch.tensor([-2.0]), "slope 3": torch.tensor([3.0])}
grid = {"slope in cm per kg": weights}
plotting.paths(x, y, two, grid, costs, "mass in kg", "extension in cm", "cost in cm²")

# %% [markdown]
r"""
The curve is a parabola, because the slope appears in the cost at most as a square. Multiply out:

$$
\begin{aligned}
J(w) &= \frac1n \sum_i (w x_i - y_i)^2 \\
     &= \frac1n \left( w^2 \sum_i x_i^2 - 2 w \sum_i x_i y_i + \sum_i y_i^2 \right) .
\end{aligned}
$$

Unless all inputs are zero, this parabola opens upwards. Then it has one lowest point, where its
derivative is zero: $w^\star = \sum_i x_i y_i \,/\, \sum_i x_i^2$. So for a line through the
origin there is a best slope, and only one.
"""

# %%
best = (x @ y) / (x @ x)
lowest = mean_squared_error(best * x, y)
print(f"best slope {best.item():.2f} cm per kg, cost {lowest.item():.3f} cm²")

# %% tags=["claim", "always"]
parabola = weights**2 * (x**2).mean() - 2 * weights * (x * y).mean() + (y**2).mean()
spacing = (weights[1] - weights[0]).item()
assert torch.allclose(costs, parabola, rtol=1e-4, atol=1e-4), "the curve is the parabola"
assert (costs >= lowest).all(), "no slope that was tried costs less than the best slope"
assert abs(weights[costs.argmin()] - best) <= 0.51 * spacing, (
    "the lowest point of the curve is the slope next to the best one"
)

# %% tags=["hide-input"]
of_truth = mean_squared_error(true_weight * x, y)
Question(
    f"The spring was simulated with slope {true_weight}, and the best slope is {best:.2f}. On these "
    f"{len(x)} measurements, does the true slope cost less than the best one?",
    Choice(
        "Less: it is the truth.",
        bool(of_truth < lowest),
        "The cost knows the measurements and nothing else. No line passes through them all, and the "
        "one that fits these best leans towards their reading errors.",
    ),
    Choice(
        "The same: both are right.",
        bool(of_truth == lowest),
        "A parabola has one lowest point. Any other slope costs more, if only a little.",
    ),
    Choice(
        "More.",
        bool(of_truth > lowest),
        f"It costs {of_truth:.3f} cm², the mean square of the reading errors, against {lowest:.3f} cm² "
        "for the best slope. No line passes through all points, and the one that fits these best "
        "leans towards their errors. That is why it is another line, and why its cost is not zero.",
    ),
)

# %% [markdown]
r"""
## The cost of every line

Now measure whole lengths. The unloaded spring has a length too, the bias, and the cost depends on
two numbers. For each pair of a slope and a bias it has a value: a surface.

::: course.linear.cost.cost_surface
"""

# %%
from course.linear.cost import cost_surface

y = y + 8  # length in cm

weights = torch.linspace(-10, 16, 53)
biases = torch.linspace(-2, 18, 41)
costs = cost_surface(x, y, weights, biases)
print(costs.shape, "lowest", f"{costs.min().item():.3f} cm²")

# %% alt="A surface over slope and bias, shaped like a sheet that hangs between two raised corners. It is high where slope and bias are both small and where both are large. Between these corners runs a long, flat valley, from small slope with large bias to large slope with small bias."
grid = {"slope in cm per kg": weights, "bias in cm": biases}
plotting.landscape(grid, costs, costlabel="cost in cm²")

# %% [markdown]
r"""
Seen from above, [the surface][course.linear.cost.cost_surface] becomes a map, with a *contour* wherever
it has one of a few chosen heights. Every point on a contour is a line with the same cost. The contours of
this bowl are ellipses around its lowest point. Do not read steepness from how close they are: from one
contour to the next the cost rises by ever more, so that they do not crowd at the edge.

Two lines are marked on the map. One is flatter than the best line and starts higher; the other is
steeper and starts lower, by the same amounts.
"""

# %% alt="Two rows. On the right of each, tilted ellipses around the lowest point, long from upper left to lower right. In the first row the dot lies close to the long axis at the upper left, and the line on the left is flat and starts too high. In the second row the dot lies opposite, at the lower right, and the line is too steep and starts too low. Both lines cross the middle of the points."
columns = torch.stack([x, torch.ones_like(x)], dim=1)
best = torch.linalg.lstsq(columns, y.unsqueeze(1)).solution.squeeze(1)  # slope and bias
aside = torch.tensor([4.0, -4 * x.mean().item()])

flat, steep = best - aside, best + aside

two = {"flatter, higher start": flat[None], "steeper, lower start": steep[None]}
pictured = plotting.paths(x, y, two, grid, costs, "mass in kg", "length in cm")
plotting.demo(
    "cost",
    pictured,
    "Leave the bias as it is, and find the lowest cost with the slope alone. Is this the slope of "
    "the best line?",
    {
        "x": x,
        "y": y,
        "best": best,
        "given": flat,
        "lowest": mean_squared_error(best[0] * x + best[1], y),
    },
    [
        *((mean_squared_error, w * x + b, y) for w, b in (flat, steep, best)),
        (cost_surface, x, y, weights[::4], biases[::4]),
    ],
)

# %% tags=["claim", "here"]
flat, steep = (mean_squared_error(w * x + b, y) for w, b in (flat, steep))
lowest = mean_squared_error(best[0] * x + best[1], y)
i, j = divmod(costs.argmin().item(), len(biases))
assert torch.allclose(flat, steep, rtol=1e-3), "the two lines have the same cost"
assert abs(weights[i] - best[0]) < 1, "the lowest pair's slope is within 1 cm per kg of the best"
assert abs(biases[j] - best[1]) < 1, "and its bias within 1 cm"

# %% tags=["claim", "always"]
assert (costs >= lowest - 1e-5).all(), "no pair that was tried costs less than the best line"

# %% [markdown]
r"""
Both cost {{ flat.item():.1f }} cm², against {{ lowest.item():.2f }} cm² for the best line. Why is the
bowl a valley? A line that is too steep can make up for it by starting lower: it then still crosses
the middle of the data. Along the valley the two mistakes nearly cancel, and the cost changes little;
across it they add up. This shape decides how fast [descent](slope_and_bias.py) will be.

The code takes the best line from `torch.linalg.lstsq`, which computes it directly
([how](exact.py)).

## The PyTorch way

PyTorch's name for this cost is `nn.MSELoss`; *loss* is the other word for cost.
"""

# %%
from torch import nn

criterion = nn.MSELoss()
predictions = best[0] * x + best[1]
print(f"ours    {mean_squared_error(predictions, y).item():.6f}")
print(f"PyTorch {criterion(predictions, y).item():.6f}")

# %% tags=["claim", "always"]
assert torch.allclose(criterion(predictions, y), mean_squared_error(predictions, y)), (
    "`nn.MSELoss` gives what `mean_squared_error` gives"
)

# %% [markdown]
r"""
## What goes wrong: a column meets a row

`nn.Linear` answers with a column, shape `(n, 1)`. The targets are `(n,)`. Put both into the formula
above, and leave out the check.
"""

# %% symptom="The model learns nothing but the mean of the targets" cause="Predictions `(n, 1)` meet targets `(n,)`, and broadcasting compares every prediction with every target."
column = predictions.unsqueeze(-1)  # the shape in which nn.Linear answers
differences = column - y
print(tuple(column.shape), "minus", tuple(y.shape), "is", tuple(differences.shape))
print(
    f"cost {(differences**2).mean():.3f} cm² instead of {mean_squared_error(predictions, y):.3f} cm²"
)

# %% [markdown]
r"""
No error. Broadcasting repeats the column along each row and the row along each column, so every
prediction is compared with **every** target, {{ differences.numel() }} pairs in all. The number that
comes out looks like a cost. Look for the line that makes it smallest.
"""

# %% alt="The measured points rise from lower left to upper right. One line runs through them. The other is horizontal, at their mean height, and misses nearly all of them."
wrong = torch.stack(
    [((w * x + b).unsqueeze(-1) - y).square().mean() for w in weights for b in biases]
)
i, j = divmod(wrong.argmin().item(), len(biases))
preferred = weights[i] * x + biases[j]

lines = {"lowest cost": (x, predictions), "lowest broadcast cost": (x, preferred)}
plotting.fits(x, y, lines, xlabel="mass in kg", ylabel="length in cm")

# %% tags=["claim", "always"]
import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    silent = criterion(column, y)
assert weights[i] == 0, "the broadcast cost prefers a line with slope 0"
assert abs(biases[j] - y.mean()) <= 0.26, (
    "its bias is the grid's nearest to the mean of the targets"
)
assert torch.allclose(silent, (differences**2).mean()), (
    "`nn.MSELoss` computes the same wrong number"
)
assert "target size" in str(caught[0].message), "it warns, but it does not stop"

# %% [markdown]
r"""
When every prediction has to please every target, the best it can do is to be their mean: a spring
that no mass can stretch. Training with this cost would end there. Our function stops instead:
"""

# %% tags=["raises-exception"] cause="The model answers with a column, `(n, 1)`, and the targets are `(n,)`: take the axis away with `squeeze(-1)`."
mean_squared_error(column, y)

# %% [markdown]
r"""
**The repair** is `squeeze(-1)` on the predictions, as in the lesson before. **The symptom**: a model
that learns nothing but the mean of the targets.
"""

# %% tags=["claim", "always"]
squeezed = mean_squared_error(column.squeeze(-1), y)
assert torch.isclose(squeezed, lowest), "squeezed, the cost is right again"

# %% [markdown]
r"""
## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` tells you whether it is right,
and if not, what to look at.
"""

# %% tags=["hide-input"]
from course.linear.exercises import cost as exercises

exercises.lowest_point

# %% tags=["fold"]
from course.linear.exercises import cost as exercises

extension = y - 8
guesses = (
    exercises.best_slope(x, extension),
    (extension / x).mean(),  # the mean of the single slopes
    extension.mean() / x.mean(),  # where the residuals add up to zero
)
costs_of_guesses = [mean_squared_error(slope * x, extension) for slope in guesses]
assert costs_of_guesses[0] < min(costs_of_guesses[1:])
assert abs((guesses[2] * x - extension).mean()) < 1e-5

# %% [markdown]
r"""
??? success "What you find"
    | For the twenty extensions | slope in cm per kg | cost in cm² |
    | --- | --- | --- |
    | the best slope | {{ guesses[0].item():.2f }} | {{ costs_of_guesses[0].item():.3f }} |
    | the mean of the single slopes | {{ guesses[1].item():.2f }} | {{ costs_of_guesses[1].item():.3f }} |
    | where the residuals add up to zero | {{ guesses[2].item():.2f }} | {{ costs_of_guesses[2].item():.3f }} |

    The mean of the single slopes counts the lightest mass, where a reading error weighs most, as much
    as the heaviest. Where the residuals add up to zero, misses above and below cancel, whatever their
    size.
"""

# %% tags=["hide-input"]
tried = (-10, -1000)
low, lower = ((slope * x - extension).mean().item() for slope in tried)
lowest_square, _, balanced = guesses
Question(
    "Take the mean of the residuals themselves as the cost, for a line through the origin. Which slope "
    "has the smallest?",
    Choice(
        f"{lowest_square:.2f}, the best slope",
        bool((lowest_square * x - extension).mean() < lower),
        "This one has the smallest mean *square*.",
    ),
    Choice(
        f"{balanced:.2f}, where it is zero",
        bool((balanced * x - extension).mean() < lower),
        "Zero is not the smallest number: where the line runs below the points, the residuals are "
        "negative.",
    ),
    Choice(
        "none",
        0 > low > lower,
        f"The slope {tried[0]} gives {low:.1f} cm, the slope {tried[1]} gives {lower:.0f} cm, and so on "
        "without end. A cost needs a bottom.",
    ),
)

# %% tags=["hide-input"]
exercises.absolute_cost

# %% [markdown]
r"""
For the heaviest mass, write down ten times the extension. How far does the best slope move with
squares, and how far with your cost?
"""

# %% tags=["fold"]
spoilt = extension.clone()
spoilt[-1] *= 10
slopes = torch.linspace(0, 10, 1001)


def best_by(cost, targets):
    return slopes[torch.stack([cost(slope * x, targets) for slope in slopes]).argmin()]


squared_move, absolute_move = (
    (best_by(cost, spoilt) - best_by(cost, extension)).item()
    for cost in (mean_squared_error, exercises.mean_absolute_error)
)
assert squared_move > 5 * abs(absolute_move)

# %% [markdown]
r"""
??? success "What you find"
    With squares by {{ squared_move:.2f }} cm per kg, with absolute values by
    {{ absolute_move:.2f }}. The square lets one large miss outweigh all others. That is right if
    large errors really do matter most, and wrong if they are slips of the pen.
"""

# %% tags=["hide-input"]
exercises.surface

# %% tags=["hide-input"]
exercises.wrong_number

# %% [markdown]
r"""
Now take horizontal lines only. Which one has the lowest cost, and what does your expression say of it?
"""

# %% tags=["fold"]
levels = torch.linspace(8, 16, 801)
flat_costs = cost_surface(x, y, torch.zeros(1), levels)[0]
level = levels[flat_costs.argmin()]
assert abs(level - y.mean()) < 0.01
assert abs(flat_costs.min() - y.var(correction=0)) < 1e-3
assert torch.isclose(exercises.broadcast_cost(predictions, y), (differences**2).mean())
flat_line = level.expand_as(y)
assert torch.isclose(exercises.broadcast_cost(flat_line, y), mean_squared_error(flat_line, y))

# %% [markdown]
r"""
??? success "What you find"
    The line at the mean of the targets, {{ level.item():.2f }} cm; its cost
    {{ flat_costs.min().item():.2f }} cm² is their variance (the one that divides by $n$). For a horizontal line the
    wrong number is the right one, and every line that is not horizontal has the variance of its predictions added. This
    variance is also the number to beat: a model whose cost is not below it predicts no better than a line that
    never looks at $x$.

## What to remember

- The cost turns all residuals into one number; lower is better. Its unit is that of the target,
  squared.
- Over one slope the mean squared error is a parabola. Over slope and bias it is a bowl with
  elliptic contours, and there is one best line (if the inputs are not all equal).
- When slope and bias can make up for each other, the bowl is a valley.
- Predictions and targets must have the same shape. `(n, 1)` against `(n,)` gives a wrong number.

Reference: [`mean_squared_error`][course.linear.cost.mean_squared_error],
[`cost_curve`][course.linear.cost.cost_curve], [`cost_surface`][course.linear.cost.cost_surface]. The
test that proves them is `tests/linear/test_cost.py`. Next: [go downhill](descent.py).
"""
