# ---
# title: Broadcasting
# description: >-
#   Which shapes fit together and what comes out, and what it costs when shapes fit that should not.
# needs: >-
#   [vectors](vectors.py), and strides from [matrices](matrices.py)
# ---

# %% [markdown]
r"""
**The question.** You add two tensors of different shapes<!-- term -->. Sometimes torch refuses; sometimes it
answers, in a shape that neither of them has. When does it answer, and when is the answer not the
one you meant?

## The idea

`x + 1` adds the 1 to every element, as if it were repeated until it had the shape of `x`. That is
*broadcasting*, and it works for more than numbers. Write the two shapes below each other, **aligned
at the right**, and compare the sizes axis<!-- term --> by axis, from the right to the left:

- They are equal: that is the size of the result.
- One is 1, or one shape has no axis left: the result has the size of the other, and the tensor is
  *repeated* along that axis.
- Anything else is an error.

Why from the right? The last axis holds what belongs together: the columns of a table, the inputs of
one example. One number for each column, `(d,)`, then fits a table of any number of rows, `(n, d)`.

## The smallest case

Three days have their mean temperatures, in a column, and all days have the same pattern: at four
hours of the day, so much colder or warmer than the mean.
"""

# %%
import torch

from course import plotting
from course.tensors.broadcasting import broadcast_shape, explain_broadcast
from course.tensors.broadcasting import residuals, stretch

days = torch.tensor([[15.0], [12.0], [18.0]])
pattern = torch.tensor([-4.0, -1.0, 4.0, 1.0])
temperatures = days + pattern

# %% [markdown]
r"""
By hand: `(3, 1)` stands over `(4,)`. At the last axis, 1 meets 4, so the column is repeated four
times. At the axis before, 3 meets nothing, so the row is repeated three times. The result is
`(3, 4)`: every day with every hour. [`stretched`][course.plotting.drawings.stretched.stretched] draws it.
"""

# %% alt="Three grids of three rows and four columns. In the first, days, only the first column is filled; dashed cells to its right repeat it. In the second, pattern, only the first row is filled; dashed cells below repeat it. In the third, days + pattern, all cells are filled: each is the sum of the cells in its place in the other two." lead="A column plus a row: each is repeated where the other has more."
plotting.stretched({"days": days, "pattern": pattern, "days + pattern": temperatures})

# %% [markdown]
r"""
## The rule as a function

[`broadcast_shape`][course.tensors.broadcasting.broadcast_shape] is the rule, and
[`explain_broadcast`][course.tensors.broadcasting.explain_broadcast] tells it, an axis per line.

::: course.tensors.broadcasting.broadcast_shape

The loop starts at the last axis, −1, and goes to the left. `_from_the_right` pairs the sizes, and puts
a 1 where a shape has no axis left, so that both cases of the rule are one.
"""

# %%
print(explain_broadcast(days.shape, pattern.shape))

# %%
print(explain_broadcast((8, 1, 6), (7, 1)))

# %%
print(explain_broadcast((3, 4), (3,)))

# %% [markdown]
r"""
The last one is the most frequent failure, and its reason is the alignment: `(3,)` stands under the
4, not under the 3.

torch has the rule too, as `torch.broadcast_shapes`. Do both agree? For shapes this small, you can try
them all.
"""

# %% tags=["claim", "always"]
import itertools

shapes = [shape for rank in range(4) for shape in itertools.product(range(4), repeat=rank)]


def outcome(rule, a, b):
    try:
        return tuple(rule(a, b))
    except (RuntimeError, ValueError):
        return "an error"


def last_line(a, b):
    return explain_broadcast(a, b).splitlines()[-1]


pairs = list(itertools.product(shapes, shapes))
ours = [outcome(broadcast_shape, *pair) for pair in pairs]
torchs = [outcome(torch.broadcast_shapes, *pair) for pair in pairs]
told = [last_line(*pair) for pair in pairs]
assert ours == torchs, (
    f"`broadcast_shape` and `torch.broadcast_shapes` agree on all {len(pairs):,} pairs of shapes "
    "with up to three axes and sizes from 0 to 3"
)
assert all(
    line.startswith("no result") if shape == "an error" else line == f"result: {shape}"
    for line, shape in zip(told, torchs, strict=True)
), "so does the last line of `explain_broadcast`"

# %% [markdown]
r"""
## A number for each row

Subtract from each day its own mean. `mean(dim=1)` removes axis 1, the hours, and leaves a number for
each day.
"""

# %% tags=["raises-exception"]
temperatures - temperatures.mean(dim=1)

# %% [markdown]
r"""
That is the failure from above, in torch's words: dimension 1 of the result is axis −1, and
“non-singleton” means that the size is not 1. **The repair** is to keep the axis that the mean removes, with the
size 1: `keepdim=True`. For a tensor that is there already, `unsqueeze(-1)` adds such an axis at the
end; `None` between the brackets does the same.
"""

# %%
means = temperatures.mean(dim=1)
print(f"{temperatures.mean(dim=1, keepdim=True).shape = }")
print(f"{means.unsqueeze(-1).shape = }")
print(f"{means[:, None].shape = }")
print(temperatures - means.unsqueeze(-1))

# %% alt="Three grids of three rows and four columns. Temperatures is filled. Of the means only the first column is filled; dashed cells to its right repeat each. Temperatures minus means is filled with the same row three times: minus 4, minus 1, 4, 1."
left_over = temperatures - means.unsqueeze(-1)
subtracted = plotting.stretched(
    {
        "temperatures": temperatures,
        "means": means.unsqueeze(-1),
        "temperatures − means": left_over,
    }
)
drawn = torch.Generator().manual_seed(0)
lengths = torch.randint(0, 5, (90,), generator=drawn).tolist()
sizes = torch.tensor([1, 2, 12])
picked = [tuple(sizes[torch.randint(0, 3, (n,), generator=drawn)].tolist()) for n in lengths]
plotting.demo(
    "broadcasting",
    subtracted,
    "Change the shape of `b` so that each *row* of `a` gets a number of its own. Which single change "
    "does it?",
    {"a": "(3, 4)", "b": "(3,)", "wanted": "(3, 1)"},
    [
        *((explain_broadcast, a, b) for a, b in zip(picked[::2], picked[1::2], strict=True)),
        *((broadcast_shape, a, (1, *a[1:])) for a in picked[:12] if a),
    ],
)

# %% [markdown]
r"""
What is left is the pattern, three times. Now comes a fourth day, so that the table is square.
"""

# %%
square = torch.cat([temperatures, 20 + pattern.unsqueeze(0)])
difference = square - square.mean(dim=1)

# %% tags=["hide-input"]
from course.practice import Choice, Question

of_rows = square - square.mean(dim=1, keepdim=True)
by_columns = torch.stack(
    [square[:, j] - square[j].mean() for j in range(4)], dim=1
)  # from column j the mean of row j
Question(
    "What is `square - square.mean(dim=1)`, for four days and four hours?",
    Choice(
        "An error, as before",
        difference.shape != square.shape,
        "`(4, 4)` and `(4,)` fit: at the last axis, 4 meets 4.",
    ),
    Choice(
        "Each day minus its own mean",
        torch.equal(difference, of_rows),
        f"At the first hour of the first day that would be {of_rows[0, 0]:.0f}. So it is, but for the "
        "last day it would be the same, and torch gives "
        f"{difference[3, 0]:.0f}: `(4,)` is read as a row.",
    ),
    Choice(
        "Each hour minus the mean of some day",
        torch.equal(difference, by_columns),
        "`(4,)` is read as a row, so the mean of the first day is subtracted from the first hour of all "
        "days, and so on. No error, because the table is square. `keepdim=True` is right for "
        "every shape.",
    ),
)

# %% [markdown]
r"""
## The PyTorch way: nothing is copied

[`stretch`][course.tensors.broadcasting.stretch] repeats elements for real. It is there to be read, and
to be compared with.

::: course.tensors.broadcasting.stretch

torch's `expand` gives the same values without repeating them. The stride of the repeated axis is 0:
who goes on along it stays in the same cell, so all positions there are the same element.
"""

# %%
column = days.expand(3, 4)
print(f"{column.shape = }")
print(f"{column.stride() = }")
print(f"{column.untyped_storage().nbytes() // column.element_size() = }")

# %% tags=["claim", "always"]
assert torch.equal(column, stretch(days, (3, 4))), "`expand` gives the values that `stretch` gives"
assert column.data_ptr() == days.data_ptr(), "`expand` copies nothing"
assert torch.equal(temperatures, stretch(days, (3, 4)) + stretch(pattern, (3, 4))), (
    "adding with broadcasting is repeating both, and then adding"
)

# %% [markdown]
r"""
`+` does to both tensors what `expand` does, before it adds. So a repeated tensor takes no memory; the
**result** does, because it has an element for every pair.

One thing cannot be stretched: the place to write to. `temperatures += pattern` is fine, while the
other way round the result would have no room.
"""

# %%
try:
    pattern += temperatures
except RuntimeError as error:
    print(f"RuntimeError: {error}")

# %% [markdown]
r"""
## What goes wrong: `(n,)` minus `(n, 1)`

`nn.Linear`, PyTorch's line, answers $n$ examples with a column, `(n, 1)`. The targets come as a
vector, `(n,)`. Here are three examples and predictions that are all exactly right.
"""

# %%
targets = torch.tensor([1.0, 2.0, 3.0])
predictions = targets.unsqueeze(-1)
differences = predictions - targets

# %% tags=["hide-input"]
shape = tuple(differences.shape)
Question(
    "What is the shape of `predictions - targets`?",
    Choice(
        "`(3,)`", shape == (3,), "That would be the shape if both had it: compare from the right."
    ),
    Choice(
        "`(3, 1)`",
        shape == (3, 1),
        "At the last axis, 1 meets 3: the result has the size 3 there.",
    ),
    Choice(
        "`(3, 3)`",
        shape == (3, 3),
        "At the last axis, 1 meets 3; at the axis before, 3 meets nothing. Both are repeated.",
    ),
)

# %% alt="Three grids of three rows and three columns. Predictions has its first column filled, 1, 2, 3, repeated to the right; targets has its first row filled, 1, 2, 3, repeated downwards. Predictions minus targets is filled with nine numbers: zeros on the diagonal, and numbers from minus 2 to 2 beside it."
plotting.stretched(
    {
        "predictions": predictions,
        "targets": targets,
        "predictions − targets": differences,
    }
)

# %% [markdown]
r"""
The three differences you wanted, all zero, are on the diagonal. The others compare a prediction with
the target of *another* example. Nothing stops, nothing warns. Three things follow.

**Memory.** {{ targets.numel() }} examples make {{ differences.numel() }} differences. On the device
`"meta"` torch computes shapes without numbers, so you can ask for any size.
"""

# %%
for n in (100, 10_000, 100_000):
    column = torch.empty(n, 1, device="meta")
    vector = torch.empty(n, device="meta")
    meant, made = vector.nbytes / 1e3, (column - vector).nbytes / 1e3
    print(f"{n:7,d} examples: {meant:5.1f} kB meant, {made:12,.1f} kB made")

# %% [markdown]
r"""
This is the friendly one: with enough examples the program stops for lack of memory, and you look for
the reason. Batches of a hundred go on.

**A wrong loss.** The mean of the squared differences should be 0 for predictions that are right.
"""

# %%
loss = differences.square().mean()
print(f"{loss = }")
print(f"{targets.var(correction=0) = }")

# %% [markdown]
r"""
Where does that number come from? Multiply out the mean over all pairs. With $\bar y$ for the mean of
the targets, $\bar{\hat y}$ for that of the predictions, and variances that divide by $n$,

$$
\frac1{n^2} \sum_i \sum_j (\hat y_i - y_j)^2
= \left(\bar{\hat y} - \bar y\right)^2 + \operatorname{var}(\hat y) + \operatorname{var}(y) .
$$

Nothing in it says which prediction belongs to which target. The last term is beyond the model's
reach. The other two are smallest, namely zero, when **all predictions are the mean of the targets**.
Predictions that are right pay for their variance.

**A training that learns the mean.** So what a model learns is known before it is trained. Here are
days with so many hours of sun, and their temperatures. You will write the loop below yourself, in
[descent](../linear/descent.py); here it is enough that it moves a line until the loss hardly falls.
"""

# %%
generator = torch.Generator().manual_seed(0)
sun = torch.linspace(0, 10, 30).unsqueeze(-1)  # hours, shape (n, 1)
noise = torch.randn(30, generator=generator)
warmth = 8 + 1.2 * sun.squeeze(-1) + noise  # °C, shape (n,)


def train(squeeze):
    """Return a line's predictions after 3,000 steps, and the last loss."""
    line = torch.nn.Linear(1, 1)
    for parameter in line.parameters():
        torch.nn.init.zeros_(parameter)
    optimizer = torch.optim.SGD(line.parameters(), lr=0.01)
    for _ in range(3000):
        predictions = line(sun).squeeze(-1) if squeeze else line(sun)
        loss = (predictions - warmth).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return line(sun).detach().squeeze(-1), loss.item()


meant, loss_meant = train(squeeze=True)
silent, loss_silent = train(squeeze=False)
print(f"(n,)   minus (n,): loss {loss_meant:5.2f}")
print(f"(n, 1) minus (n,): loss {loss_silent:5.2f}")
print(f"variance of the targets: {warmth.var(correction=0):5.2f}")

# %% alt="Measured points rise from lower left to upper right. One line runs through them. The other is dashed and horizontal, at their mean height."
hours = sun.squeeze(-1)
lines = {"(n,) minus (n,)": (hours, meant), "(n, 1) minus (n,)": (hours, silent)}
plotting.fits(hours, warmth, lines, "hours of sun", "temperature in °C")

# %% tags=["claim", "always"]
parts = (silent.mean() - warmth.mean()) ** 2, silent.var(correction=0), warmth.var(correction=0)
pairwise = (meant.unsqueeze(-1) - warmth).square().mean()
of_meant = (meant.mean() - warmth.mean()) ** 2 + meant.var(correction=0) + parts[2]
assert torch.isclose(pairwise, of_meant), "the formula gives the loss of all pairs"
assert torch.allclose(silent, warmth.mean().expand(30), atol=0.02), (
    "trained on all pairs, the line predicts the mean of the targets for every day"
)
assert abs(loss_silent - parts[2]) < 1e-2, "its loss is the variance of the targets"

import warnings

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    torch.nn.MSELoss()(predictions, targets)
assert len(caught) == 1, "`nn.MSELoss` warns when the shapes differ, and goes on"

# %% tags=["claim", "here"]
assert pairwise > 1.5 * loss_silent, (
    "by the loss of all pairs, the line through the points is the worse one"
)

# %% [markdown]
r"""
The loss fell, so the training seemed to work. But the line has learned that no sun matters, and the
better line would have a loss of {{ pairwise.item():.2f }} by the same measure.

**The symptom**: predictions that are all the same, and a loss that stops at the variance of the
targets. **The repair** is one shape for both. `nn.MSELoss` warns when they differ, and goes on; a
formula of your own does not even warn, unless you check, as [`residuals`][course.tensors.broadcasting.residuals] does.

::: course.tensors.broadcasting.residuals
"""

# %% tags=["raises-exception"]
residuals(predictions, targets)

# %%
print(f"{residuals(predictions.squeeze(-1), targets) = }")

# %% [markdown]
r"""
Write `squeeze(-1)` and not `squeeze()`: the latter removes *every* axis of size 1, so a batch with a
single example would lose that axis too, and become `()`.

## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` says what is missing.
"""

# %% tags=["hide-input"]
from course.tensors.exercises import broadcasting as exercises

exercises.rows_centered

# %% tags=["hide-input"]
exercises.comparison

# %% tags=["hide-input"]
exercises.distances

# %% tags=["fold"]
from course.tensors.exercises import broadcasting as exercises

places = torch.empty(4_000, 64, device="meta")
all_differences = places.unsqueeze(1) - places
all_distances = exercises.squared_distances(places, places)
assert all_differences.nbytes == 64 * all_distances.nbytes

# %% [markdown]
r"""
??? success "What you find"
    The result is small, what it is made from is not. For {{ f"{len(places):,}" }} rows of
    {{ places.shape[1] }} numbers, the distances take {{ all_distances.nbytes / 1e6:.0f }} MB and the
    differences of all pairs {{ all_differences.nbytes / 1e6:,.0f }} MB. `torch.cdist` does without them.

## What to remember

- Align the shapes at the right. Sizes fit if they are equal, or if one is 1 or missing.
- Repeating takes no memory, the result does: it has an element for every pair.
- To have a number for each row, keep the axis: `keepdim=True`, or `unsqueeze(-1)`.
- `(n, 1)` minus `(n,)` is `(n, n)`, without a word. A loss made of it teaches the mean.

Reference: [`broadcast_shape`][course.tensors.broadcasting.broadcast_shape],
[`explain_broadcast`][course.tensors.broadcasting.explain_broadcast],
[`stretch`][course.tensors.broadcasting.stretch],
[`residuals`][course.tensors.broadcasting.residuals], [`stretched`][course.plotting.drawings.stretched.stretched]. The test
that proves the first four is `tests/tensors/test_broadcasting.py`. Next: [NumPy
and pandas](interop.py).
"""
