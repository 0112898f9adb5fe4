# ---
# title: What a weight can mean
# description: >-
#   Columns that say the same: the valley of equal solutions, the shortest of them, and ridge regression.
# needs: >-
#   [the exact answer](exact.py), [convergence](convergence.py) and [several inputs](multiple.py)
# ---

# %% [markdown]
r"""
**The question.** A model predicts well, and one of its weights<!-- term --> says that more cholesterol makes a disease better. Can
you believe it, if another column of your data says nearly the same?

## The idea

A model is *identifiable* if the data determine its parameters. Suppose that one column is made of others.
Then there is a **free direction** $v$, along which the parameters can be changed without changing a single
prediction:

$$
A v = 0
\qquad\Longrightarrow\qquad
A(\theta + c\,v) = A\theta \quad\text{for every number } c .
$$

The cost<!-- term --> has no lowest point any more but a valley with a level floor, and every point on it is as
good as every other. Something else must then choose: the start of the descent, the solver, or you.

## The smallest case, by hand

One column, twice. Any two weights with the sum 3 predict the same.
"""

# %%
import torch

columns = torch.tensor([[1.0, 1.0], [2.0, 2.0]])
for weights in ((3.0, 0.0), (1.5, 1.5), (-97.0, 100.0)):
    print(weights, (columns @ torch.tensor(weights)).tolist())

# %% [markdown]
r"""
Which of the two inputs matters? The question has no answer, though each row of weights pretends to give
one.

## The free directions as a function

::: course.linear.identifiability.free_directions

::: course.linear.identifiability.minimum_norm

The *singular value decomposition* splits a table into directions, each with a scale: how much a
step along it changes the predictions. A scale of 0 belongs to a free direction.
[`free_directions`][course.linear.identifiability.free_directions] collects these, and
[`minimum_norm`][course.linear.identifiability.minimum_norm] does not go along them. So of all parameters with
the lowest cost it finds the shortest: those with the smallest sum of squares.

A case that happens: the energy that an ice rink needs, predicted from the temperature outside in
°C, and from the same temperature in °F. The units differ, so nobody notices; standardised, the columns
are the same numbers.
"""

# %%
from course.linear.identifiability import free_directions, minimum_norm, ridge

generator = torch.Generator().manual_seed(0)
celsius = 15 + 8 * torch.randn(60, generator=generator).double()
fahrenheit = 1.8 * celsius + 32
energy = 2 * celsius + 5 * torch.randn(60, generator=generator).double()  # kWh


def standardised(x):
    return (x - x.mean(dim=0)) / x.std(dim=0)


columns = standardised(torch.stack([celsius, fahrenheit], dim=1))
targets = energy - energy.mean()
shortest = minimum_norm(columns, targets)
print("free directions", [[round(v, 3) for v in row] for row in free_directions(columns).tolist()])
print("shortest", [round(weight, 3) for weight in shortest.tolist()])

# %% [markdown]
r"""
## The valley

Descent from four starts, over the contours of the cost.
"""

# %%
from course.linear.convergence import largest_lr


def descend(columns, targets, start, lr, steps=200):
    path = [torch.tensor(start).double()]
    for _ in range(steps):
        gradient = 2 / len(targets) * columns.T @ (columns @ path[-1] - targets)
        path.append(path[-1] - lr * gradient)
    return torch.stack(path)


starts = [(0.0, 0.0), (-15.0, 20.0), (25.0, -12.0), (26.0, 10.0)]
lr = 0.2 * largest_lr(columns)
paths = {f"from {start}": descend(columns, targets, start, lr) for start in starts}

# %% alt="Straight parallel contours that run from the upper left to the lower right: a valley. Four paths, each from a ring, one of them at the origin, run straight across the contours and end in dots at four different places, all on one line along the floor. A cross for the shortest weights lies where the path from the origin ends." lead="Four starts, four answers, one cost: the data do not decide between them."
from course import plotting

grid = torch.linspace(-20, 30, 41).double()
pairs = torch.cartesian_prod(grid, grid)
cost = (pairs @ columns.T - targets).square().mean(dim=1).view(41, 41)
weights = {"weight of °C": grid, "weight of °F": grid}
plotting.contours(weights, cost, paths, points={"shortest": shortest}, equal=True)

# %% tags=["claim", "always"]
ends = torch.stack([path[-1] for path in paths.values()])
predictions = ends @ columns.T
assert torch.allclose(predictions, predictions[0].expand_as(predictions), atol=1e-9), (
    "all four descents end with the same predictions"
)
assert torch.allclose(ends.sum(dim=1), shortest.sum()), "and with the same sum of weights"
assert torch.allclose(ends[0], shortest, atol=1e-9), "the descent from zeros ends at the shortest"
gaps = [(ridge(columns, targets, s) - shortest).norm() for s in (1e-2, 1e-4)]
assert gaps[1] < gaps[0] / 50, "a vanishing penalty chooses the shortest, too"

# %% tags=["claim", "here"]
assert ends[:, 0].max() - ends[:, 0].min() > 30, "the weights of °C end more than 30 apart"

# %% [markdown]
r"""
Every descent crosses the valley at a right angle and stops on the floor. How far it came along the floor
was decided by the start: the gradient has no part in a free direction. Only the sum of the weights is
determined, {{ shortest.sum():.2f }}, and whoever reads that °F "lowers" the energy has read
the start.

## Columns that are nearly the same

Exact copies are rare, relatives are common. Among the ten measurements of 442 patients with diabetes are total
cholesterol and its part LDL, with a correlation of nearly 0.9. <!-- number: the claim below holds it -->
The parameters are determined, so there is one best answer. How firmly? Draw the 442 patients again, with
replacement, 200 times (a *bootstrap*). Fit each time, once by least squares and once by *ridge regression*,
which also wants the weights to be small; the next section explains it.
"""

# %%
from sklearn.datasets import load_diabetes

patients = load_diabetes(scaled=False)
table = standardised(torch.tensor(patients.data))
progress = torch.tensor(patients.target)
progress = progress - progress.mean()
total, ldl = patients.feature_names.index("s1"), patients.feature_names.index("s2")

drawn = [torch.randint(442, (442,), generator=generator) for _ in range(200)]
plain = torch.stack([minimum_norm(table[rows], progress[rows]) for rows in drawn])
pulled = torch.stack([ridge(table[rows], progress[rows], 0.05) for rows in drawn])

# %% alt="A cloud of 200 dots that forms a long narrow band from the upper left, where the weight of total cholesterol is about -80 and that of LDL about 55, to the lower right, where both have changed their sign. The crosses of ridge form a small round cloud near minus six and minus two."
pair = [total, ldl]
plotting.clouds(
    {"least squares": plain[:, pair], "ridge": pulled[:, pair]},
    xlabel="weight of total cholesterol",
    ylabel="weight of LDL",
)

# %% tags=["claim", "here"]
correlation = torch.corrcoef(table[:, pair].T)[0, 1]
apart, together = plain[:, pair].std(dim=0), plain[:, pair].sum(dim=1).std()
assert 0.85 < correlation < 0.95, "total cholesterol and LDL have a correlation of about 0.9"
assert together < 0.5 * apart.min(), (
    "over the bootstrap, the sum of the two weights moves less than half as much as either"
)
assert torch.corrcoef(plain[:, pair].T)[0, 1] < -0.9, "where one is higher, the other is lower"
assert pulled[:, total].std() < 0.3 * apart[0], "ridge moves less than a third as much"


def r_squared(weights):
    return 1 - (table @ weights - progress).square().mean() / progress.square().mean()


best, calm = minimum_norm(table, progress), ridge(table, progress, 0.05)
assert r_squared(best) - r_squared(calm) < 0.01, "and explains nearly as much of the progress"

# %% [markdown]
r"""
The band is the valley again, seen through the data: not level now, but so flat that another draw of the
same patients moves the answer far along it. The weight of total cholesterol is
{{ best[total]:.0f}} with a standard deviation of {{ apart[0]:.0f }}, that of LDL
{{ best[ldl]:.0f }} with one of {{ apart[1]:.0f }}. Their sum is firm. So "LDL makes it worse, total
cholesterol makes it better" is not what the data say. They say something about the two together.

## What regularisation chooses

::: course.linear.identifiability.ridge

[`ridge`][course.linear.identifiability.ridge] adds a *penalty* to the cost, the strength times the sum of the
squared parameters. That bends the floor of the valley: of all weights that predict about
equally well, it takes small ones, and shares the effect among relatives. That is a *choice*: it makes the
weights steadier (here R² falls from {{ r_squared(best):.3f }} to {{ r_squared(calm):.3f }} on the
rows it has seen), and it makes them shorter than those of least squares, at the price of a pull towards 0.

How strong should it be? Fit with each of several strengths on training rows, and keep the one with the lowest error on
[validation rows](../training/selection.py), which no fit has seen.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

copies = table[:, [2]].repeat(1, 4)
alone = minimum_norm(table[:, [2]], progress)
shared = ridge(copies, progress, 1e-6)
equal = torch.allclose(shared, shared[0].expand(4), atol=1e-3)
sum_kept = torch.isclose(shared.sum(), alone[0], rtol=1e-3).item()
Question(
    "A table holds the body mass index four times, and nothing else. With a tiny penalty, what weights do the four copies "
    "get?",
    Choice(
        "one gets all, the others nothing",
        not equal,
        "The squares of the weights count: four quarters have a smaller sum of squares than one whole.",
    ),
    Choice(
        "each the weight that a single one has",
        equal and not sum_kept,
        "Then the prediction would be four times as large.",
    ),
    Choice(
        "each a quarter of it",
        equal and sum_kept,
        f"{shared[0]:.1f} each, {alone[0]:.1f} in all. So the weight of a column shrinks when relatives "
        "of it join, although it matters as much as before.",
    ),
)

# %% [markdown]
r"""
## The PyTorch way

`weight_decay` of `SGD` adds a multiple of each parameter to its gradient. That is the derivative of
a penalty: `weight_decay` is twice the strength of ridge. (`AdamW` applies it apart from the gradient, which
is not ridge.)
"""

# %%
from torch import nn

strength = 0.05
layer = nn.Linear(table.shape[1], 1, bias=False).double()
optimizer = torch.optim.SGD(layer.parameters(), lr=0.2, weight_decay=2 * strength)
for _ in range(1000):
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(layer(table).squeeze(1), progress)
    loss.backward()
    optimizer.step()
decayed = layer.weight.detach().squeeze(0)
calm = ridge(table, progress, strength)
print(f"SGD and ridge differ by {(decayed - calm).abs().max():.0e}")

# %% tags=["claim", "always"]
assert torch.allclose(decayed, calm, atol=1e-4), "SGD with weight decay ends at ridge regression"

# %% [markdown]
r"""
## What goes wrong: an answer is asked for all the same

The solver of [the exact answer](exact.py) does not choose for you. Ask it about the two temperatures:
"""

# %% tags=["raises-exception"] cause="One column is a multiple or a sum of others, so no answer is the only one: leave it out, or add a penalty."
from course.linear.exact import solve_least_squares

solve_least_squares(columns, targets)

# %% [markdown]
r"""
**The repair** depends on what you want. To *predict*, take the shortest weights or a penalty. To say
*what matters*, leave one of the copies out, or speak of them together. **The symptom** of nearly equal columns
is large weights of opposite signs, which change when a few rows do: look at the bootstrap before you
explain a weight.

## Going deeper: nearer to the truth?

Are the smaller weights nearer to the truth? Where you know it you can tell. Take the fit above for the truth, draw noise of its size
many times, fit with each strength, and average the squared distances of the weights from the truth.
"""

# %%
generator = torch.Generator().manual_seed(1)
best = minimum_norm(table, progress)
noise = ((table @ best - progress).square().sum() / (len(table) - 11)).sqrt()  # 11 parameters
distances = {0.0: [], 0.0005: [], 0.002: [], 0.01: [], 0.05: []}
for _ in range(500):
    again = table @ best + noise * torch.randn(len(table), generator=generator).double()
    again = again - again.mean()
    for strength, found in distances.items():
        fitted = ridge(table, again, strength) if strength else minimum_norm(table, again)
        found.append((fitted - best).square().sum())
for strength, found in distances.items():
    print(f"strength {strength:<6} mean squared distance {torch.stack(found).mean():5.0f}")

# %% tags=["claim", "in-general"]
gained = torch.stack(distances[0.0]) - torch.stack(distances[0.002])
lost = torch.stack(distances[0.05]) - torch.stack(distances[0.0])
assert all(each.mean() > 1.96 * each.std() / 500**0.5 for each in (gained, lost)), (
    "a small strength brings the weights nearer to the truth on average, and a large one takes them "
    "further away: both differences are above their 95 % margin"
)

# %% [markdown]
r"""
There is always a strength that brings weights nearer to the truth on average (Hoerl and Kennard, 1970), and
a very strong one ends at weights of 0, which is further away unless the true weights are smaller than
the noise in their estimates. Which one it is depends on the truth that you do not know. So
choose it on validation rows: that is an error of predictions, the only one that can be seen.

## Going deeper: what `lstsq` chooses

On the CPU, `torch.linalg.lstsq` has four drivers. Three give the shortest
solution: `gelsd` and `gelss`, which leave out singular values that are zero up to rounding, and the default `gelsy`,
which finds the rank by a QR decomposition that takes the columns in an order of its own, without a singular value. `gels`
takes for granted that no column is made of others, and says nothing if one is.
"""

# %%
largest = {}
for driver in ("gelsy", "gelsd", "gelss", "gels"):
    answer = torch.linalg.lstsq(columns, targets.unsqueeze(1), driver=driver).solution.squeeze(1)
    largest[driver] = (answer - shortest).abs().max()
    print(f"{driver:5} and the shortest differ by {largest[driver]:.0e}")

# %% tags=["claim", "always"]
assert max(largest[driver] for driver in ("gelsy", "gelsd", "gelss")) < 1e-9, (
    "`lstsq` gives the shortest with gelsy, gelsd and gelss"
)

# %% tags=["claim", "here"]
assert not largest["gels"] < 1e6, "with gels it gives weights that are millions away from it"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.linear.exercises import identifiability as exercises

exercises.more_rows

# %% tags=["hide-input"]
exercises.inflated

# %% tags=["fold"]
from course.linear.exercises import identifiability as exercises

factors = {
    name: exercises.inflation(table, j).item() for j, name in enumerate(patients.feature_names)
}
ranked = sorted(factors, key=factors.get)

# %% [markdown]
r"""
??? success "What you find"
    For the patients, {{ ranked[0] }} has the smallest factor, {{ factors[ranked[0]]:.1f }}, and
    {{ ranked[-1] }} (total cholesterol) the largest, {{ factors["s1"]:.0f }}; LDL has
    {{ factors["s2"]:.0f }}. The standard deviation of a weight is inflated by the root of that.

## What to remember

- A column made of others gives a free direction: parameters move, predictions stay.
- Descent from zeros finds the shortest solution; from elsewhere, one that depends on the start.
- Nearly equal columns make a flat valley. Predictions stay firm, single weights do not.
- Ridge regression, which is weight decay in `SGD`, chooses small weights. A suitable strength [brings them nearer to
  the truth](#going-deeper-nearer-to-the-truth) on average, a far larger one mostly does not: choose it on validation rows.

Reference: [`free_directions`][course.linear.identifiability.free_directions],
[`minimum_norm`][course.linear.identifiability.minimum_norm],
[`ridge`][course.linear.identifiability.ridge], [`contours`][course.plotting.drawings.contours.contours]. The test that
proves the first three is `tests/linear/test_identifiability.py`. Back to the [theme](index.md) and its key
takeaway.
"""
