# ---
# title: Broadcasting
# description: >-
#   Which shapes fit together, what comes out, and what happens when shapes fit that should not.
# needs: >-
#   [vectors](vectors.py) and [matrices](matrices.py)
# ---

# %% [markdown]
r"""
**The question.** You add two tensors of different shapes<!-- term -->. Sometimes torch refuses. Sometimes it
answers, in a shape that neither of them has, and you get a wrong result without an error. When does it
answer, and what?
"""

# %% [markdown]
r"""
## The idea

`x + 1` adds the 1 to every element, as if it were repeated until it had the shape of `x`. That is
*broadcasting*, and it works for more than numbers. Write the two shapes below each other, **aligned
at the right**, and compare the sizes axis<!-- term --> by axis, from the right to the left:

- They are equal: that is the size of the result.
- One is 1, or one shape has no axis left: the result has the size of the other, and the tensor is
  *repeated* along that axis.
- Anything else is an error.

Why from the right? The last axis of a table is that of its columns. One number for each column, `(d,)`, then
fits a table of any number of rows, `(n, d)`.
"""

# %% [markdown]
r"""
## The smallest case

Three days have their mean temperatures, in a column, and all days have the same pattern: at four
hours of the day, so much colder or warmer than the mean.
"""

# %%
import torch

from course import plotting
from course.tensors.broadcasting import broadcast_shape, explain_broadcast
from course.tensors.broadcasting import residuals

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
a 1 where a shape has no axis left: so “is 1” and “has no axis left” are one case.
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

**The PyTorch way** is `torch.broadcast_shapes`. Do both agree? For small shapes, you can try them all.
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

# %% tags=["raises-exception"] cause="Shapes are compared from the right, and `mean(dim=1)` has removed an axis: keep it with `keepdim=True`."
temperatures - temperatures.mean(dim=1)

# %% [markdown]
r"""
That is the failure from above, in torch's words: dimension 1 of the result is axis −1, and
“non-singleton” means that the size is not 1. **The repair** is to keep the axis that the mean removes, with the
size 1: `keepdim=True`. For a tensor that is there already, `unsqueeze(-1)` adds such an axis at the
end.
"""

# %%
means = temperatures.mean(dim=1)
print(f"{temperatures.mean(dim=1, keepdim=True).shape = }")
print(f"{means.unsqueeze(-1).shape = }")
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
## What goes wrong: `(n,)` minus `(n, 1)`

You want to know how wrong some predictions are. They come in a column, `(n, 1)`, as the layers of a
network give them. The true values, the *targets*, come as a vector, `(n,)`. Here are three predictions
that are all exactly right.
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
The three differences that you wanted, all zero, are on the diagonal. The others compare a prediction
with the target of *another* example. Nothing stops, nothing warns. How far are the predictions off on
average?
"""

# %%
print(f"{differences.abs().mean() = }")

# %% tags=["claim", "always"]
assert differences.diagonal().abs().max() == 0, "on the diagonal all differences are 0"
assert differences.abs().mean() > 0.5, "and their average over the table is more than a half"

# %% [markdown]
r"""
Zero would be right. And {{ targets.numel() }} examples have made {{ differences.numel() }} differences:
{{ f"{10_000:,}" }} make {{ f"{10_000**2:,}" }}, which takes memory as well.

**The symptom**: an average that is too large even when each prediction is right, and a program that
needs far more memory than its data. Train with the mean of all these squared, and a model [learns nothing but the mean of the
targets](../linear/multiple.py). **The repair** is one shape for both, and a check in your own formula,
as in [`residuals`][course.tensors.broadcasting.residuals].

::: course.tensors.broadcasting.residuals
"""

# %% tags=["raises-exception"] cause="The model answers with a column, `(n, 1)`, and the targets are `(n,)`."
residuals(predictions, targets)

# %%
print(f"{residuals(predictions.squeeze(-1), targets) = }")

# %% [markdown]
r"""
Write `squeeze(-1)` and not `squeeze()`: the latter removes *every* axis of size 1, so a batch with a
single example would lose that axis too, and become `()`.
"""

# %% [markdown]
r"""
## Going deeper: nothing is copied

[`stretch`][course.tensors.broadcasting.stretch] repeats elements for real. It is there to be read, and
to be compared with.

::: course.tensors.broadcasting.stretch

torch's `expand` gives the same values without repeating them. The
[stride](matrices.py#where-an-element-lies) of the repeated axis is 0: who goes on along it stays in the
same cell, so all positions there are the same element.
"""

# %%
from course.tensors.broadcasting import stretch

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

# %% cause="The result is larger than the tensor that it is to be written to: in place, only the other one can be stretched."
try:
    pattern += temperatures
except RuntimeError as error:
    print(f"RuntimeError: {error}")

# %% [markdown]
r"""
## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` says what is missing.
"""

# %% tags=["hide-input"]
from course.tensors.exercises import broadcasting as exercises

exercises.rows_centered

# %% tags=["hide-input"]
exercises.paired_off

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
    The result is small, what it is made from is not. (On the device `"meta"` torch computes shapes
    without numbers, so that you can ask for any size.) For {{ f"{len(places):,}" }} rows of
    {{ places.shape[1] }} numbers, the distances take {{ all_distances.nbytes / 1e6:.0f }} MB and the
    differences of all pairs {{ all_differences.nbytes / 1e6:,.0f }} MB. `torch.cdist` does without them.
"""

# %% [markdown]
r"""
## What to remember

- Align the shapes at the right. Sizes fit if they are equal, or if one is 1 or missing.
- To have a number for each row, keep the axis: `keepdim=True`, or `unsqueeze(-1)`.
- `(n, 1)` minus `(n,)` is `(n, n)`, without a word: give both one shape.

Reference: [`broadcast_shape`][course.tensors.broadcasting.broadcast_shape],
[`explain_broadcast`][course.tensors.broadcasting.explain_broadcast],
[`stretch`][course.tensors.broadcasting.stretch],
[`residuals`][course.tensors.broadcasting.residuals], [`stretched`][course.plotting.drawings.stretched.stretched]. The test
that proves the first four is `tests/tensors/test_broadcasting.py`. Next:
[derivatives](../autograd/derivatives.py), or back to the [theme](index.md) and its key takeaway.
"""
