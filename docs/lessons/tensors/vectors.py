# ---
# title: Vectors
# description: >-
#   Tensors with one axis: their type, their shape, what an index takes, and two ways to multiply.
# needs: >-
#   Python: lists, slices and loops
# ---

# %% [markdown]
r"""
**The question.** Everything that a network reads, computes and learns is a tensor. A tensor with one
axis looks like a list of numbers. What can it do that a list cannot, and where does it surprise you?

## The idea

A *vector* $x = (x_0, x_1, \ldots, x_{n-1})$ is $n$ numbers in a row. PyTorch keeps it in a
*tensor*: a block of memory with numbers of **one type**, the `dtype`, and a **shape** that says how
to read the block. A vector has the shape $(n)$, written `(n,)` in Python. Each number in a shape
belongs to one *axis*: a vector has one, a table has two, rows and columns. Because all elements
have one type, one operation can work on all of them at once, without a loop of yours.

Here are six temperatures of one day, measured every four hours.
"""

# %%
import torch

from course import plotting
from course.tensors.vectors import describe, dot, hadamard

x = torch.tensor([11.0, 9.5, 14.0, 19.5, 17.0, 12.5])
print(describe(x))

# %% [markdown]
r"""
`torch` is PyTorch's package, `course` that of this site. Its
[`describe`][course.tensors.vectors.describe] says what to know about a tensor before you look at
the values.

::: course.tensors.vectors.describe

In sight are torch's own names: `dtype` for the type, `shape` for the shape, `ndim` for the number of
axes, and `numel()` for the number of elements.
"""

# %% [markdown]
r"""
## Making one

You name the values, or a rule that makes them. (`print(f"{expression = }")` prints an expression and
its value.)
"""

# %%
print(f"{torch.tensor([3, 1, 2]) = }")
print(f"{torch.arange(0, 24, 4) = }")
print(f"{torch.linspace(0, 1, 5) = }")
print(f"{torch.zeros(3) = }")

# %% [markdown]
r"""
`arange` goes from 0 in steps of 4, and stops *before* 24. `linspace` gives five numbers from 0 to 1,
both ends included.
"""

# %% [markdown]
r"""
## The type

The values decide, unless you say otherwise: whole numbers give `int64`, a number with a decimal
point gives `float32`. To convert is to *cast*.
"""

# %%
print(f"{torch.tensor([3, 1, 2]).dtype = }")
print(f"{torch.tensor([3.0, 1, 2]).dtype = }")
print(f"{torch.tensor([3, 1, 2], dtype=torch.float32) = }")
print(f"{torch.tensor([2.7, -2.7]).to(torch.int64) = }")
print(f"{torch.tensor([0, 3, -1]).bool() = }")

# %% [markdown]
r"""
A cast to whole numbers cuts the decimals off; it does not round. A cast to `bool` makes True of
everything but 0.
"""

# %% [markdown]
r"""
## The shape

`reshape` reads the same elements in the same order under another shape. In place of one of its
numbers you may write −1, and torch works it out. `view` does the same, and stops where it would have
to copy the elements ([where that is](matrices.py#going-deeper-view-or-copy)).
"""

# %%
print(f"{x.reshape(2, 3) = }")
print(f"{x.reshape(-1, 1).shape = }")
print(f"{x.view(3, -1).shape = }")

# %% [markdown]
r"""
`tolist` hands all elements to the rest of Python, and `item` the element of a tensor that has one.
An element that you take out is still a tensor, with no axis left.
"""

# %%
print(f"{x.tolist() = }")
print(f"{x[0] = }")
print(f"{x[0].shape = }")
print(f"{x[0].item() = }")

# %% [markdown]
r"""
## Taking elements

Between the brackets stands a position, a slice, or a list of positions.
[`cells`][course.plotting.drawings.cells.cells] draws what each of them takes. Positions from the front
stand above, those from the back below.
"""

# %% alt="Five rows with the six temperatures in cells; in each row the cells that an index takes are filled. x[0] takes the first, x[-1] the last, x[1:4] the second to the fourth, x[::2] every other one from the first on, and x[[0, 3]] the first and the fourth." lead="Five ways to take a part of a vector."
import numpy as np

plotting.cells(x, np.s_[0, -1, 1:4, ::2, [0, 3]])

# %% [markdown]
r"""
A slice ends *before* its second number, so `1:4` takes three elements; `::2` takes every other one.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

position, short = tuple(x[1].shape), tuple(x[1:2].shape)
Question(
    "Do `x[1]` and `x[1:2]` have the same shape?",
    Choice(
        "Yes: each takes one element, so the shape is `(1,)`",
        position == short == (1,),
        f"One element each, but a position uses up the axis: `x[1]` has shape `{position}`.",
    ),
    Choice(
        "Yes: a single number is left, so the shape is `()`",
        position == short == (),
        f"A slice keeps the axis, however short it is: `x[1:2]` has shape `{short}`.",
    ),
    Choice(
        "No: `()` and `(1,)`",
        (position, short) == ((), (1,)),
        "A position uses up the axis, a slice keeps it, however short it is. That difference is "
        "the start of many bugs.",
    ),
)

# %% [markdown]
r"""
## Changing elements

Whatever stands between the brackets can also be assigned to: a single number for all the places, or
one number for each. A comparison gives a *mask*, a tensor of truth values, which is an index too.
"""

# %%
y = x.clone()  # so that x stays as it is
y[0] = 10.0
y[1:3] = 0.0
y[[3, 5]] = torch.tensor([20.0, 12.0])
print(f"{y = }")

y[y < 11] = 11.0
print(f"{y = }")

# %% [markdown]
r"""
Now take two elements of a copy twice, by a slice and by a list, and overwrite what you took.
"""

# %%
original = x.clone()
by_slice, by_list = original[1:3], original[[1, 2]]
by_list[:] = 99.0
after_list = original.clone()
by_slice[:] = 0.0

# %% tags=["hide-input"]
by_list_reached = not torch.equal(after_list, x)
by_slice_reached = not torch.equal(original, after_list)
Question(
    "Which of the two assignments changed `original`?",
    Choice(
        "The one to `by_list`",
        by_list_reached and not by_slice_reached,
        f"After it, `original` was still `{after_list}`: an index list makes a copy.",
    ),
    Choice(
        "The one to `by_slice`",
        by_slice_reached and not by_list_reached,
        f"It is now `{original}`: a slice is a *view* of the same memory, an index list makes a "
        "copy. Write `x[1:3].clone()` when you want a copy.",
    ),
    Choice(
        "Both",
        by_list_reached and by_slice_reached,
        f"After the one to `by_list` it was still `{after_list}`: an index list makes a copy.",
    ),
    Choice(
        "Neither",
        not by_list_reached and not by_slice_reached,
        "So it is with lists of Python, whose slices are copies. A slice of a tensor is a *view* "
        f"of the same memory: `original` is now `{original}`.",
    ),
)

# %% [markdown]
r"""
[`memory`][course.plotting.drawings.memory.memory] draws both: the vector and what is taken, and below them the memory
in which the result lies, each cell with its place. ([The next lesson](matrices.py#where-an-element-lies)
explains the strides in its titles.)
"""

# %% alt="Two blocks. x[1:3] is drawn in blue, as a view: the memory below it has six cells, those of x, and the two at places 1 and 2 are filled. x[[1, 2]] is drawn in orange, as a copy: the memory below it has two cells of its own, at places 0 and 1."
plotting.memory(x, ["x[1:3]", "x[[1, 2]]"])

# %% tags=["claim", "always"]
assert torch.equal(after_list, x), "writing to elements taken by a list leaves the original alone"
assert torch.equal(original[1:3], torch.zeros(2)), "writing to a slice changes the original"

# %% [markdown]
r"""
## One number from many

Arithmetic and comparisons work on all elements at once, *element by element*.
"""

# %%
print(f"{1.8 * x + 32 = }")
print(f"{x > 13 = }")

# %% [markdown]
r"""
Other functions make one number of all: a tensor without an axis, of shape `()`.
"""

# %%
print(f"{x.mean() = }")
print(f"{x.std() = }")
print(f"{x.max() = }")
print(f"{x.argmax() = }")

# %% [markdown]
r"""
The *mean* $\bar x$ is the sum, divided by $n$. The *standard deviation*, `std`, says how far the elements
typically lie from it, here in degrees; its formula is [below](#going-deeper-the-standard-deviation).
`argmax` is the position of the maximum, not its value.
"""

# %% [markdown]
r"""
## Two ways to multiply

What do 3 apples at 1 euro and 1 melon at 2 euros cost? Multiply amount by price, for each fruit, and add
up. The first step is the *Hadamard product*: it multiplies elements in the same place and gives a vector.
Both steps together are the *dot product*: it adds these products up and gives a number:

$$
\begin{aligned}
u \odot v &= (u_0 v_0, \ldots, u_{n-1} v_{n-1}) \\
u \cdot v &= u_0 v_0 + \cdots + u_{n-1} v_{n-1}
\end{aligned}
$$

::: course.tensors.vectors.hadamard

::: course.tensors.vectors.dot

These two are written out so that you can read what they do. **The PyTorch way** is `*` for the first, and
`@` or `torch.dot` for the second.
"""

# %%
u = torch.tensor([3.0, 1.0])  # amounts
v = torch.tensor([1.0, 2.0])  # prices
print(f"{hadamard(u, v) = }")
print(f"{u * v = }")
print(f"{dot(u, v) = }")
print(f"{u @ v = }")

# %% tags=["claim", "always"]
a = torch.randn(100, generator=torch.Generator().manual_seed(0))
b = torch.linspace(-1, 1, 100)
assert torch.equal(hadamard(a, b), a * b), "for 100 elements, `hadamard` and `*` give the same"
assert torch.allclose(dot(a, b), torch.dot(a, b), atol=1e-5), (
    "`dot` and `torch.dot` give the same, up to rounding"
)
assert torch.allclose(torch.dot(a, b), a @ b), "`torch.dot(a, b)` is `a @ b`"

# %% [markdown]
r"""
Such a weighted sum is what every unit of a network first computes from its inputs: the dot product of
the inputs with its weights. The mean is one too, with all weights equal to $\frac1n$.
"""

# %% [markdown]
r"""
## What goes wrong: whole numbers

You time three runs in minutes, and ask for the mean.
"""

# %% tags=["raises-exception"] cause="Numbers without a decimal point make a tensor of whole numbers, `int64`: give `dtype=torch.float32`."
minutes = torch.tensor([12, 7, 30])
minutes.mean()

# %% [markdown]
r"""
The list had no decimal point, so the tensor is `int64`. The mean of whole numbers need not be one,
and torch does not guess which type you want. This was the friendly case; here is the other. You
find a better value for the first run, and write it down.
"""

# %% symptom="A value that is assigned loses its decimals" cause="The tensor is of whole numbers, and what is assigned is cast to its type."
better = 12.9
minutes[0] = better
print(f"{minutes = }")

# %% [markdown]
r"""
No error, no warning, and {{ better }} has become {{ minutes[0].item() }}: what you assign is cast to
the type of the tensor that is there. **The repair** for both is to choose the type when you make
the tensor. **The symptom** to remember: elements printed without a decimal point.
"""

# %%
minutes = torch.tensor([12, 7, 30], dtype=torch.float32)
minutes[0] = better
print(f"{minutes = }")
print(f"{minutes.mean() = }")

# %% [markdown]
r"""
## Going deeper: the standard deviation

How far do the elements lie from their mean $\bar x$? Square the *deviations*
$x_i - \bar x$ and average them: that is the *variance*, in squared degrees. Its root, in degrees again, is the
*standard deviation*

$$
s = \sqrt{\frac{1}{n - 1} \sum_i (x_i - \bar x)^2} .
$$

Why $n - 1$? The mean was made from these same elements, so they lie closer to it than to the mean of all that could
have been measured. The squares are a little small, and dividing by one less makes up for it: on average, for the variance, and if the elements were drawn independently of each other. For the spread of these
elements and no others, divide by $n$, with `correction=0`. NumPy does so by itself.
"""

# %%
print(f"{x.var() = }")
print(f"{x.std() = }")
print(f"{x.std(correction=0) = }")
print(f"{x.numpy().std() = }")

# %% tags=["claim", "always"]
squares = (x - x.mean()).square()
assert torch.isclose(x.var(), squares.sum() / (len(x) - 1)), "`var` divides the squares by n − 1"
assert torch.isclose(x.std(), x.var().sqrt()), "and `std` is its root"
import numpy as np

assert np.isclose(x.numpy().std(), x.std(correction=0)), "NumPy's `std` divides by n"
assert torch.isclose(x.var(correction=0), squares.mean()), "with `correction=0`, it divides by n"

# %% [markdown]
r"""
## Going deeper: a table of a function

Functions such as `torch.sin` work element by element as well, and so does what you build from them.
"""


# %%
def fahrenheit(celsius):
    return 1.8 * celsius + 32


print(f"{fahrenheit(x) = }")
print(f"{torch.sin(torch.linspace(0, torch.pi / 2, 4)) = }")
print(f"{torch.relu(torch.tensor([-2.0, 0.0, 2.0])) = }")

# %% [markdown]
r"""
With `linspace` for the points, that is all you need for a table of a function.
[`tabulate`][course.tensors.vectors.tabulate] also refuses a function that gives something other
than one value per point, such as `torch.sum`.

::: course.tensors.vectors.tabulate
"""

# %%
from course.tensors.vectors import tabulate

points, values = tabulate(fahrenheit, 0, 40, 5)
print(f"{points = }")
print(f"{values = }")

# %% tags=["claim", "always"]
assert torch.equal(values, fahrenheit(points)), "`tabulate` gives the values of the function"

# %% [markdown]
r"""
## Going deeper: vectors as arrows

Two numbers can be read as a way to go: $u = (3, 1)$ is three to the right and one up. Then adding
vectors is walking one way and then the other. Multiplying by a number, a *scalar*, stretches or
shrinks the arrow, and turns it round if the number is negative. [`arrows`][course.plotting.drawings.arrows.arrows]
draws it.
"""

# %%
print(f"{u + v = }")
print(f"{-0.5 * u = }")

# %% alt="Four arrows in the plane. u leads from the origin to the right and a little up; v starts at the tip of u and leads up; u + v leads from the origin to the tip of v. The arrow of minus a half times u leads from the origin the opposite way of u and is half as long."
plotting.arrows({"u": u, "v": v, "u + v": u + v, "−0.5 u": -0.5 * u}, tails={"v": u})

# %% [markdown]
r"""
In the picture the dot product says how far two arrows go the same way: it is positive if they do, negative if they go
against each other, and zero at a right angle. More precisely, it gives the *shadow* of $v$ on the line of $u$, the point of that line closest to $v$:

$$
\frac{u \cdot v}{u \cdot u}\, u .
$$

In code it is [`project`][course.tensors.vectors.project].

::: course.tensors.vectors.project
"""

# %% alt="Four arrows. u leads from the origin to the right and a little up, v more steeply up. The arrow named shadow lies along u and is half as long. The arrow named rest leads from the tip of the shadow to the tip of v and stands at a right angle to u."
from course.tensors.vectors import project

shadow = project(v, onto=u)
rest = v - shadow
vectors = {"u": u, "v": v, "shadow": shadow, "rest": rest}
plotting.arrows(vectors, tails={"rest": shadow})

# %% tags=["hide-input"]
again = project(shadow, onto=u)
factor = (u @ v / (u @ u)).item()
Question(
    "What is the shadow of the shadow, `project(shadow, onto=u)`?",
    Choice(
        f"The shadow, times {factor:.1f} once more",
        torch.allclose(again, factor * shadow),
        f"The shadow of $v$ is {factor:.1f} times $u$, but that number belongs to $v$. The shadow has "
        f"its own, and the formula gives `{again}`.",
    ),
    Choice(
        "The shadow itself",
        torch.allclose(again, shadow),
        "It lies on the line of $u$ already, so no point of the line is closer.",
    ),
    Choice(
        "A vector of zeros: nothing is left to project",
        torch.allclose(again, torch.zeros(2)),
        "A vector of zeros is the shadow of what stands at a right angle to $u$, such as `rest`.",
    ),
)

# %% tags=["claim", "always"]
assert torch.allclose(shadow, u @ v / (u @ u) * u), "the shadow is (u · v) / (u · u) times u"
assert torch.isclose(u @ rest, torch.tensor(0.0), atol=1e-6), (
    "what is left is at a right angle to u"
)
assert torch.isclose(u @ u, u.norm() ** 2), "u · u is the squared length of u"

# %% [markdown]
r"""
## Going deeper: backwards

Python reverses a list with `[::-1]`. Views explain what a tensor makes of that.
"""

# %% tags=["hide-input"]
try:
    backwards, refusal = x[::-1], ""
except ValueError as error:
    backwards, refusal = x, str(error)
shares = backwards.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
Question(
    "What does `x[::-1]` give?",
    Choice(
        "The elements in reverse order, as a view",
        not refusal and shares,
        "NumPy does that. A view in torch cannot run backwards.",
    ),
    Choice(
        "The elements in reverse order, as a copy",
        not refusal and not shares,
        "Python does that with a list. torch makes no copy behind your back here.",
    ),
    Choice(
        "An error",
        bool(refusal),
        f"It stops with “{refusal}”: a slice is a view, and a view in torch cannot run backwards. "
        "`x.flip(0)` takes a copy, and so does an index: `x[torch.arange(len(x) - 1, -1, -1)]`.",
    ),
)

# %% [markdown]
r"""
## Going deeper: from NumPy and pandas

Something that holds numbers already can become a tensor too.
"""

# %% cause="A column of pandas whose labels do not count from 0 is no list: hand over `column.to_numpy()`."
import numpy as np
import pandas as pd

array = np.array([0.5, 1.5])
print(f"{torch.tensor(array) = }")

column = pd.Series([11.0, 9.5, 14.0], index=[0, 4, 8], name="celsius")
print(f"{torch.tensor(column.to_numpy()) = }")
try:
    torch.tensor(column)
except KeyError as error:
    print(f"torch.tensor(column) stops with KeyError: {error}")

# %% tags=["claim", "always"]
copied = torch.tensor(array)
array[0] = 7.0
assert copied[0] == 0.5, "`torch.tensor` copies: a later change of the array does not reach it"

# %% [markdown]
r"""
What comes from NumPy keeps its type, which is mostly `float64`. Go through `to_numpy()` for a column of
pandas. Without it, torch asks the column for its elements 0, 1, 2 and so on, and the column looks for
these among its *labels*; here it has no label 1. Sharing the memory with NumPy is possible too, and has
[traps of its own](../data/interop.py).
"""

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing. (A hint uses `x.data_ptr()`: where in memory the first element of `x` lies.)
"""

# %% tags=["hide-input"]
from course.tensors.exercises import vectors as exercises

exercises.full_rows

# %% tags=["fold"]
from course.tensors.exercises import vectors as exercises

readings = x.clone()
rows = exercises.in_rows(readings, 4)
rows[:] = 0.0
assert torch.equal(readings, torch.cat([torch.zeros(4), x[4:]]))

# %% [markdown]
r"""
??? success "What you find"
    With four columns, the six temperatures fill a single row. Set all of it to zero, as in
    `in_rows(readings, 4)[:] = 0.0`, and the readings become <code>{{ readings }}</code>: slice and
    `view` copy nothing, so whoever gets the rows can change your data. `clone()` at the end
    prevents it.
"""

# %% tags=["hide-input"]
exercises.gaps

# %% tags=["fold"]
measured = x.clone()
measured[[1, 4]] = -999.0
filled = exercises.fill_gaps(measured, -999.0)
known = measured[measured != -999]
assert torch.isclose(filled.mean(), known.mean())
assert filled.std() < known.std()
assert measured.float() is measured

# %% [markdown]
r"""
??? success "What you find"
    The mean is that of all readings, gaps included: it shows whenever one of the readings is a gap. And
    `float()` hands a tensor of `float32` through, so the readings themselves are overwritten; whole
    numbers hide it, because they have to be converted. Write two gaps into the six temperatures.
    Counting them in, the mean would be
    {{ measured.mean().item():.0f }} degrees; filled, it is {{ filled.mean().item():.2f }}, that of the
    four readings that remain. The standard deviation does not stay: {{ filled.std().item():.2f }}
    instead of {{ known.std().item():.2f }}, because values at the mean add no spread.
"""

# %% tags=["hide-input"]
exercises.dot_products

# %% tags=["fold"]
mean, std = exercises.mean_and_std(x)
length = (x - mean).norm()
assert torch.isclose(std, length / (len(x) - 1) ** 0.5)

# %% [markdown]
r"""
??? success "What you find"
    For the six temperatures: mean {{ mean.item():.3f }}, standard deviation {{ std.item():.3f }}.
    The vector of deviations is {{ length.item():.3f }} long, and divided by $\sqrt{n - 1}$ that is
    the standard deviation: spread is a length.
"""

# %% tags=["hide-input"]
exercises.angle

# %% tags=["fold"]
alpha = torch.rad2deg(torch.acos(exercises.cosine(u, v)))
nothing = torch.zeros(2)
undefined = exercises.cosine(u, nothing)
torchs = torch.nn.functional.cosine_similarity(u, nothing, dim=0)
assert torch.isclose(exercises.cosine(u, rest), torch.tensor(0.0), atol=1e-6)
assert undefined.isnan()
assert torchs == 0

# %% [markdown]
r"""
??? success "What you find"
    The angle between $u$ and $v$ is {{ alpha.item():.1f }} degrees. For a vector of zeros there is
    none, and the solution gives <code>{{ undefined.item() }}</code>; torch's `cosine_similarity` keeps its
    divisor away from zero and gives {{ torchs.item():.0f }}.
"""

# %% [markdown]
r"""
## What to remember

- A tensor has one type and one shape. A list of whole numbers makes `int64`, which cuts off the
  decimals of what you write to it.
- Look at `dtype` and `shape` first. The number of axes is `ndim`, the number of elements `numel()`.
- A position uses up the axis, a slice keeps it. A slice shares memory, an index list copies.
- `*` goes element by element and gives a vector; `@` adds up and gives a number.

Reference: [`describe`][course.tensors.vectors.describe],
[`tabulate`][course.tensors.vectors.tabulate], [`hadamard`][course.tensors.vectors.hadamard],
[`dot`][course.tensors.vectors.dot], [`project`][course.tensors.vectors.project],
[`arrows`][course.plotting.drawings.arrows.arrows], [`cells`][course.plotting.drawings.cells.cells],
[`memory`][course.plotting.drawings.memory.memory]. The test that proves the first
five is `tests/tensors/test_vectors.py`. Next:
[matrices, images, batches](matrices.py).
"""
