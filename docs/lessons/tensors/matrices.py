# ---
# title: Matrices, images, batches
# description: >-
#   Tensors with several axes: what an index takes, where it lies in memory, two ways to multiply, and
#   how images become a batch.
# needs: >-
#   [vectors](vectors.py)
# ---

# %% [markdown]
r"""
**The question.** Data come as tables, and images as stacks of tables. How do you take a row, a column or
one image out of them, and how do you rearrange them without spoiling them?

## The idea

A tensor with two axes<!-- term -->, a *matrix*, has the shape<!-- term --> `(n, d)`: `n` rows and `d` columns. Its
elements have two positions, the row first: $x_{i,j}$ stands in row $i$ and column $j$, both counted from
0. More axes work the same way. A batch of images has three, and an element of it has three positions:
which image, which row, which column. So an index is **one position or slice for each axis**, in the order
of the shape.

Memory has only one direction. The elements lie in it in *reading order*, row after row, like the words
of a page.

## The smallest case, by hand

In this matrix, each element names its row and its column: 12 stands in row 1, column 2.
"""

# %%
import torch

from course import plotting
from course.tensors.matrices import matmul, place
from course.tensors.vectors import describe

x = torch.tensor([[0, 1, 2, 3], [10, 11, 12, 13], [20, 21, 22, 23]])
print(describe(x))
print(f"{x[1, 2] = }")
print(f"{x[1][2] = }")

# %% [markdown]
r"""
The *rank*, `ndim`, is the number of axes: two. The two lines give the same element in two ways, of which
more below.
"""

# %% [markdown]
r"""
## Taking a part

In one pair of brackets, an index for each axis: a position, which uses up the axis, or a slice, which
keeps it. Axes that you do not mention stay whole, and `:` alone means all of an axis.
[`memory`][course.plotting.drawings.memory.memory] draws what an index takes, what comes out, and below,
in one strip, where it lies in memory. Its arrows say how far it is there to
the next element along each axis: these are the [strides](#where-an-element-lies) in its titles.
"""

# %% alt="Three blocks, each with x as a table, the result, and the memory. x[1] takes the second row: four cells next to each other, from place 4 on. x[:, 1] takes the second column: the places 1, 5 and 9, with an arrow of 4 between the first two. x[1:, ::2] takes the numbers 10, 12, 20 and 22 at places 4, 6, 8 and 10, with arrows of 2 and of 4." lead="Three parts of a table: what each takes, and where it lies in memory."
plotting.memory(x, ["x[1]", "x[:, 1]", "x[1:, ::2]"])

# %% [markdown]
r"""
Blue is the memory of `x` itself. Nothing was collected or copied: each part is a *view*, and who writes to
it writes to `x`.

That `x[1][2]` gives the same as `x[1, 2]` looks like another way to write it. It is another
computation: first the row `x[1]`, then the element 2 of that row. With a slice in the first brackets,
this matters.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

trap = x[0:2][1]
Question(
    "What is `x[0:2][1]`?",
    Choice(
        "Of rows 0 and 1, the elements in column 1: `[1, 11]`",
        trap.tolist() == [1, 11],
        f"That is `x[0:2, 1]`. What you get is `{trap.tolist()}`: `x[0:2]` is a matrix again, and the "
        "next brackets start over with *its* axis 0, the rows.",
    ),
    Choice(
        "Row 1: `[10, 11, 12, 13]`",
        trap.tolist() == [10, 11, 12, 13],
        "`x[0:2]` is a matrix again, of two rows, and the next brackets start over with *its* axis 0. "
        "For the column, write one pair of brackets: `x[0:2, 1]`.",
    ),
    Choice(
        "The element 1",
        trap.tolist() == 1,
        f"That is `x[0, 1]`. A slice keeps its axis, so `x[0:2]` is a matrix, and what you get is its "
        f"row 1, `{trap.tolist()}`.",
    ),
)

# %% alt="Two blocks. x[0:2][1] takes the four numbers of the second row, 10 to 13. x[0:2, 1] takes two numbers of the second column, 1 and 11."
plotting.memory(x, ["x[0:2][1]", "x[0:2, 1]"])

# %% tags=["claim", "always"]
y = x.clone()
y[0:2][1] = 0
z = x.clone()
z[[0, 1]][1] = 0
assert torch.equal(x[0:2][1], x[1]), "`x[0:2][1]` is row 1"
assert torch.equal(y[1], torch.zeros(4)), "`x[0:2][1] = 0` clears row 1: a slice is a view"
assert torch.equal(z, x), "`x[[0, 1]][1] = 0` changes nothing: it writes to a copy that is lost"

# %% [markdown]
r"""
## Where an element lies

How can a column be a view, if its elements do not lie side by side? Number the cells of memory: each has
a *place*. Beside its shape, a tensor keeps a *stride* for each axis: from an element it is $s_0$ cells to
the one in the next row, and $s_1$ cells to the one in the next column. Then

$$
\text{place} = \text{offset} + i\, s_0 + j\, s_1 ,
$$

where the offset is the place of the first element. For `x` it is {{ x.stride(0) }} cells to the next row,
because a row has {{ x.shape[1] }} elements, and 1 to the next column. So `x[1, 2]` lies in place
$0 + 1 \cdot 4 + 2 \cdot 1 = 6$. To take a column, torch moves no number: it writes down another offset
and other strides<!-- term -->.

::: course.tensors.matrices.place
"""

# %%
column = x[:, 1]
print(f"{x.stride() = }")
print(f"{place((1, 2), strides=(4, 1)) = }")
print(f"{column.stride() = }, {column.storage_offset() = }")

# %% tags=["claim", "always"]
cells = x.view(-1).tolist()
assert all(
    x[i, j] == cells[place((i, j), x.stride(), x.storage_offset())]
    for i in range(3)
    for j in range(4)
), "`place` finds all twelve elements of x"

# %% [markdown]
r"""
## Two ways to multiply

The [Hadamard product](vectors.py#two-ways-to-multiply) is what it was: `*` multiplies elements in the same place. The *matrix product*
takes the dot product of each row of the first with each column of the second. It needs rows as long
as the columns: `(n, d)` times `(d, k)` is `(n, k)`.

::: course.tensors.matrices.matmul

`b.T` is `b` with rows and columns exchanged, so the inner loop goes through the columns of `b`.
"""

# %%
a = torch.tensor([[1, 2], [3, 4]])
swap = torch.tensor([[0, 1], [1, 0]])
print(f"{a * swap = }")
print(f"{a @ swap = }")
print(f"{swap @ a = }")

# %% [markdown]
r"""
From the right, `swap` exchanges columns; from the left, rows: the order of the factors matters.

The most frequent product of this course: inputs $x$ of shape `(n, d)`, one row for each example, times
weights of shape `(d, k)`, one column for each output. In row $i$ and column $j$ of the result stands the
dot product of example $i$ with the weights<!-- term --> of output $j$: all outputs for all examples at once.

**The PyTorch way** is `@`. [`matmul`][course.tensors.matrices.matmul] is written to be read, and computes
the same.
"""

# %%
inputs = torch.tensor([[1.0, 2.0], [0.0, 1.0], [3.0, 0.0]])  # 3 examples, 2 inputs
weights = torch.tensor([[1.0, 0.5, 0.0, 1.0], [1.0, -0.5, 2.0, 0.0]])  # 2 inputs, 4 outputs
print(f"{inputs @ weights = }")

# %% tags=["claim", "always"]
generator = torch.Generator().manual_seed(0)
left, right = torch.randn(5, 7, generator=generator), torch.randn(7, 3, generator=generator)
assert torch.allclose(matmul(left, right), left @ right, atol=1e-5), (
    "`matmul` and `@` give the same, up to rounding"
)
assert torch.equal(torch.mm(left, right), left @ right), "for matrices, `mm` is `@`"
assert not torch.equal(a @ swap, swap @ a), "the order of the factors matters"

# %% [markdown]
r"""
## Images and batches

A gray image is a matrix of pixels. Here is one of the digits that come with scikit-learn (Alpaydin and
Kaynak, 1998), from 0, paper, to 16, ink; the pictures below show ink as light.
"""

# %%
from sklearn.datasets import load_digits

pixels = torch.tensor(load_digits().images, dtype=torch.float32)
images = list(pixels[:6])
print(images[0].int())

# %% [markdown]
r"""
`stack` puts tensors of one shape beside each other along a *new* axis, `cat` along one that they
have. Both copy. Images along a new first axis are a *batch*.
"""

# %%
batch = torch.stack(images)
print(f"{batch.shape = }")
print(f"{torch.cat(images).shape = }")
print(f"{torch.cat([batch, batch]).shape = }")

# %% [markdown]
r"""
The first index is the image, `batch[2]`; `batch[:, 0]` is the top row of each. Functions that make one number of many take
the axis as `dim`, and this axis is gone afterwards: the mean along axis 0 is an image again.
"""

# %% alt="Seven small gray images in a row. The first six are handwritten digits, 0 to 5, light on dark. The last one, their mean, is blurred, brightest in the two columns in the middle."
mean = batch.mean(dim=0)
plotting.gallery([*images, mean], [*"012345", "mean"], limits=(0, 16))

# %%
print(f"{batch.flatten(1).shape = }")
print(f"{batch.unsqueeze(1).shape = }")

# %% [markdown]
r"""
`flatten(1)` merges all axes from axis 1 on: one row of pixels per image, as a layer takes it. It copies
nothing where the elements lie in reading order, which is called *contiguous*.
`unsqueeze(1)` adds an axis of size 1 there. Colours need that axis: it holds the *channels*, red, green
and blue. torch's order is (images, channels, rows, columns), and a gray image has one channel.
"""

# %% tags=["claim", "always"]
from course.tensors.matrices import may_share_memory

assert torch.equal(batch[2], images[2]), "`stack` puts each image behind the others"
assert not may_share_memory(batch, images[0]), "`stack` copies"
assert may_share_memory(batch, batch.flatten(1)), "`flatten` of a contiguous batch is a view"
assert mean.shape == (8, 8), "the mean along axis 0 has the shape of one image"

# %% [markdown]
r"""
## What goes wrong: the order in memory

Some files keep a batch with the images along the *last* axis. You want them along the first. Two calls
give the shape that you want: `permute` names the old axes in their new order, and `reshape` names the
new sizes.
"""

# %% alt="Two rows of six images. In the row named permute they are the digits 0 to 5. In the row named reshape, each is a scatter of light and dark blocks in which no digit can be read." symptom="The shapes are right and the results poor, because images are scrambled" cause="Axes were exchanged with `reshape` or `view`, which read on in the old order: `permute` moves axes."
stored = torch.stack(images, dim=2)
print(f"{stored.shape = }")
moved = stored.permute(2, 0, 1)
read_on = stored.reshape(6, 8, 8)
plotting.gallery([*moved, *read_on], columns=6, rows=["permute", "reshape"], limits=(0, 16))

# %% tags=["claim", "always"]
assert moved.shape == read_on.shape, "both have the same shape"
assert torch.equal(moved, batch), "`permute` gives the images"
assert not torch.equal(read_on, batch), "`reshape` does not"
assert torch.equal(read_on[0].flatten()[:48], batch[:, 0].T.flatten()), (
    "the first image of `reshape` begins with the top rows of all six, pixel by pixel in turn"
)

# %% [markdown]
r"""
`permute` exchanges axes, and each number keeps its image, its row and its column. `reshape` reads on
in the old order and breaks the line after every eight numbers, so that each of its images mixes pixels
of all six. No error message says so, and a network would train on them. **The symptom** to remember:
right shapes, poor results. So look at your data after you have rearranged them.
"""

# %% [markdown]
r"""
## Going deeper: view or copy

`x.T` exchanges the axes: rows become columns. `view` and `reshape` keep the reading order, row by row, and give it another
shape.
"""

# %% alt="Three blocks. x.T is a view of shape 4 by 3: the memory is that of x, in its order, and the strides are 1 and 4. x.view(2, 6) is a view as well, with strides 6 and 1. x.T.reshape(2, 6) is drawn in another colour, as a copy: its memory holds 0, 10, 20, 1, 11, 21 and so on, in a new order."
plotting.memory(x, ["x.T", "x.view(2, 6)", "x.T.reshape(2, 6)"])

# %% [markdown]
r"""
Blue is the memory of `x`; orange is memory of its own, whose places count from 0 again.

To transpose, torch exchanges the strides and touches no element. Afterwards the elements do not lie in
reading order any more: `x.T` is not *contiguous*, which means that its strides are not those of
a new tensor of its shape. These, [`contiguous_strides`][course.tensors.matrices.contiguous_strides]
computes. (The stride of an axis with one element plays no part.) For `x.T` in two rows of six there are no strides at all that would fit. So
`reshape` had to copy.

- `view` gives a view, or stops.
- `reshape` gives a view where that is possible, and a copy where it is not.
- `contiguous` gives the tensor itself where it is contiguous, and else a copy that is.
- `clone` always copies.

::: course.tensors.matrices.contiguous_strides

To see whether two tensors share memory, [`may_share_memory`][course.tensors.matrices.may_share_memory]
compares their addresses.
"""

# %%
from course.tensors.matrices import contiguous_strides, may_share_memory

print(f"{contiguous_strides((3, 4)) = }")
print(f"{contiguous_strides((2, 3, 4)) = }")
results = {
    "x.T": x.T,
    "x.view(2, 6)": x.view(2, 6),
    "x.reshape(2, 6)": x.reshape(2, 6),
    "x.T.reshape(2, 6)": x.T.reshape(2, 6),
    "x.contiguous()": x.contiguous(),
    "x.T.contiguous()": x.T.contiguous(),
    "x.clone()": x.clone(),
}
for code, result in results.items():
    shares, ordered = may_share_memory(x, result), result.is_contiguous()
    print(f"{code:17}  shares memory {shares!s:5}  contiguous {ordered}")

# %% [markdown]
r"""
You may want all elements of the transpose in one row.
"""

# %% tags=["raises-exception"] cause="The elements do not lie one behind the other in this order: `reshape` copies them where it must."
x.T.view(12)

# %% [markdown]
r"""
No single stride leads from 0 to 10, 20, and then back to 1. The repair is in the message: `reshape`, or
`contiguous()` before `view`, both of which copy.
"""

# %% tags=["hide-input"]
y = x.clone()
y.reshape(-1)[1] = 99
straight = y[0, 1].item() == 99
y.T.reshape(-1)[1] = 77
turned = bool((y == 77).any())
Question(
    "Which of these two assignments changes `x`: `x.reshape(-1)[1] = 99` or "
    "`x.T.reshape(-1)[1] = 77`?",
    Choice(
        "Both",
        straight and turned,
        "For `x.T` no single stride would fit, so this `reshape` is a copy, and the 77 goes there.",
    ),
    Choice(
        "The first",
        straight and not turned,
        "`x` is contiguous, so its `reshape` is a view. For `x.T` no single stride would fit: a copy. "
        "Nothing in the code shows the difference: do not write to what `reshape` gives.",
    ),
    Choice(
        "The second",
        turned and not straight,
        "It is the other way round: `x` is contiguous, so `x.reshape(-1)` is a view.",
    ),
    Choice(
        "Neither: `reshape` copies",
        not straight and not turned,
        "It copies only where it has to, and for a contiguous tensor it has not.",
    ),
)

# %% tags=["claim", "always"]
assert all(
    torch.zeros(shape).stride() == contiguous_strides(shape)
    for shape in [(), (5,), (3, 4), (2, 3, 4), (2, 1, 3), (6, 3, 28, 28)]
), "`contiguous_strides` gives the strides of a new tensor, from zero axes to four"
assert x.T.stride() == x.stride()[::-1], "transposing exchanges the strides"
assert not x.T.is_contiguous(), "the transpose is not contiguous"
assert x.contiguous() is x, "`contiguous` gives a contiguous tensor back as it is"
assert not torch.equal(x.T, x.reshape(4, 3)), "`x.reshape(4, 3)` is not the transpose"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.tensors.exercises import matrices as exercises

exercises.column_part

# %% tags=["hide-input"]
exercises.rows

# %% tags=["fold"]
from course.tensors.exercises import matrices as exercises

everyone = pixels.flatten(1)
lengths = exercises.row_products(everyone, everyone).sqrt()
assert torch.allclose(lengths, everyone.norm(dim=1))
needed = len(everyone)

# %% [markdown]
r"""
??? success "What you find"
    With itself, a row gives its squared length. For all {{ needed:,}} digits of scikit-learn, each a row
    of 64 pixels, `a @ a.T` would compute {{ needed**2:,}} dot products, of which you need
    {{ needed:,}}. The lengths lie between {{ lengths.min().item():.0f }} and
    {{ lengths.max().item():.0f }}.
"""

# %% tags=["hide-input"]
exercises.channels

# %% tags=["hide-input"]
exercises.sheet

# %% tags=["fold"]
sheet = exercises.collage(batch, 3)
assert sheet.shape == (16, 24)
assert torch.equal(sheet[8:, 8:16], batch[4])
views = [batch.view(2, 3, 8, 8), batch.view(2, 3, 8, 8).permute(0, 2, 1, 3)]
assert [may_share_memory(batch, each) for each in [*views, sheet]] == [True, True, False]

# %% [markdown]
r"""
??? success "What you find"
    Six digits with three columns make a sheet of {{ sheet.shape[0] }} × {{ sheet.shape[1] }} pixels. Of the three
    calls, `reshape` and `permute` only write down other numbers; the last `reshape` has to copy,
    because a line of the sheet goes from image to image.
"""

# %% [markdown]
r"""
## What to remember

- A tensor is memory, and a description of how to read it: shape, strides, offset. A new one lies in reading order. Slices and `permute`
  change the description and share the memory; index lists, `stack` and `cat` copy.
- One pair of brackets, one index per axis: `x[0:2, 1]`. Each further pair starts over with axis 0.
- `*` goes element by element; `@` takes rows with columns: `(n, d)` times `(d, k)` is `(n, k)`.
- `permute` exchanges axes. `reshape` splits or merges neighbouring ones and keeps the reading order.

Reference: [`place`][course.tensors.matrices.place],
[`contiguous_strides`][course.tensors.matrices.contiguous_strides],
[`may_share_memory`][course.tensors.matrices.may_share_memory],
[`matmul`][course.tensors.matrices.matmul], [`memory`][course.plotting.drawings.memory.memory],
[`gallery`][course.plotting.drawings.gallery.gallery]. The test that proves the first four is
`tests/tensors/test_matrices.py`. Next: [broadcasting](broadcasting.py).
"""
