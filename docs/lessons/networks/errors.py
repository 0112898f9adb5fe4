# ---
# title: Errors that raise
# description: >-
#   Read a traceback from its last line, look at one of five things, and let a function say what
#   PyTorch's messages mean.
# needs: >-
#   [the first network](workflow.py), [shapes](../tensors/matrices.py), and
#   [what a gradient needs](../autograd/partial.py)
# ---

# %% [markdown]
r"""
**The question.** Your program stops, with forty lines of red. Which of them do you read?

## The idea

Two. A *traceback* is the way from your line down into PyTorch. Its **last line** says *what* could not be done. The
**last line that is your own** says *where*. All that stands between is PyTorch at work.

Then ask about the tensors in your line. Nearly every message is about one of five things, and its words tell which.
"""

# %% tags=["fold"] alt="Six boxes. From the first, the last line of the message, five arrows lead down, each with the words that it may contain: size, shape, multiplied; dtype, Float, Long; index, Target, bounds; grad, graph, in-place; device, cuda. They lead to five boxes that say what to print: x dot shape, x dot dtype, y dot max, grad_fn, and x dot device." lead="The last line names one of five things. Print that of every tensor in your own line."
from course import plotting

boxes = ["the last line", "x.shape", "x.dtype", "y.max()", "grad_fn", "x.device"]
words = ["shape\nsize", "dtype\nLong", "index\nTarget", "grad\nin-place", "device\ncuda"]
plotting.diagram(boxes, [(0, k) for k in range(1, 6)], words)

# %% [markdown]
r"""
## The smallest case, by hand

A batch of 32 images of 28 × 28 pixels, and a layer for 784 inputs. It should fit, since 28 · 28 = 784.
"""

# %%
import torch
from torch import nn

images = torch.zeros(32, 28, 28)
layer = nn.Linear(784, 10)
try:
    layer(images)
except RuntimeError as error:
    print(error)

# %% [markdown]
r"""
`mat1` is what arrives, `mat2` are the weights, turned. The layer reads the **last axis** as one row. So it sees
32 · 28 = {{ 32 * 28 }} rows of 28 numbers, and wants rows of 784. Nobody has told it that 28 rows are one image. **The repair:**
`images.flatten(1)` leaves the first axis, and makes one of all others.

## A function that says so

The numbers of a message can be picked out by a pattern:
"""

# %%
import re

pattern = re.compile(r"\((\d+)x(\d+) and (\d+)x(\d+)\)")
print(pattern.search("shapes cannot be multiplied (896x28 and 784x10)").groups())

# %% [markdown]
r"""
[`explain`][course.networks.errors.explain] has such a pattern for each message of a long list, and puts the numbers into
sentences of its own: what the message says, why it usually comes, what to do, and which line of yours it was.
"""

# %%
from course.networks.errors import explain

try:
    layer(images)
except RuntimeError as error:
    print(explain(error))

# %% [markdown]
r"""
Use it where you have caught an error, or at the end of a notebook cell that failed, with the last error:
`import sys; print(explain(sys.last_value))`.

**The PyTorch way** is the message itself. Most say what was expected and what came; what they cannot know is why you
did it.

## Ten slips, and their repairs

Each of these happens to everybody. Guess what PyTorch says before you open the answer.
"""

# %%
from torch.nn import functional as F

x, y = torch.randn(4, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 2, 1, 2])
w = torch.ones(3, requires_grad=True)
model = nn.Linear(3, 3)


def added_in_place():
    h = w.exp()
    h += 1
    h.sum().backward()


def backward_twice():
    loss = (x @ w).square().mean()
    loss.backward()
    loss.backward()


def anew_each_time():
    for _ in range(2):
        (x @ w).square().mean().backward()


def stepped():
    with torch.no_grad():
        w.sub_(0.1)


slips = {  # what one writes, and what one should
    "rows as float64": (lambda: model(x.double()), lambda: model(x.double().float())),
    "one class too few": (
        lambda: F.cross_entropy(model(x)[:, :2], y),
        lambda: F.cross_entropy(model(x), y),
    ),
    "classes as numbers": (
        lambda: F.cross_entropy(model(x), y.float()),
        lambda: F.cross_entropy(model(x), y),
    ),
    "labels as a column": (
        lambda: F.cross_entropy(model(x), y.unsqueeze(1)),
        lambda: F.cross_entropy(model(x), y.unsqueeze(1).squeeze(1)),
    ),
    "a step on a leaf": (lambda: w.sub_(0.1), stepped),
    "changed what backward needs": (added_in_place, lambda: (w.exp() + 1).sum().backward()),
    "backward twice": (backward_twice, anew_each_time),
    "a loss for each row": (
        lambda: (x @ w).square().backward(),
        lambda: (x @ w).square().mean().backward(),
    ),
    "the loss of an answer": (
        lambda: F.mse_loss(model(x).argmax(dim=1).float(), y.float()).backward(),
        lambda: F.cross_entropy(model(x), y).backward(),
    ),
    "rows left behind": (
        lambda: nn.Linear(3, 3, device="meta")(x),
        lambda: nn.Linear(3, 3, device="meta")(x.to("meta")),
    ),
}


def caught(function):
    """Return the error that a function raises, or None."""
    try:
        function()
    except Exception as error:
        return error
    return None


errors = {name: caught(slip) for name, (slip, _) in slips.items()}

# %% tags=["hide-input"]
from IPython.display import Markdown

lines = []
for name, error in errors.items():
    told, message = explain(error), str(error).strip().splitlines()[0].replace("`", "'")
    lines += [
        f'??? success "{name[0].upper()}{name[1:]}"',
        f"    `{type(error).__name__}: {message[:110]}`",
        "",
        f"    {told.says} {told.cause}",
        "",
        f"    **To do:** `{told.repair}`"
        if "(" in told.repair[:12]
        else f"    **To do:** {told.repair}",
        "",
    ]
Markdown("\n".join(lines))

# %% tags=["claim", "always"]
assert all(explain(error).known for error in errors.values()), (
    "each of the ten slips raises an error, and `explain` knows it"
)
assert all(caught(repair) is None for _, repair in slips.values()), (
    "each of the ten repairs repairs it: nothing is raised"
)

# %% [markdown]
r"""
(The device is `meta` here, one without memory that every machine has. On a graphics card the message names `cuda:0`.)

Three of them are worth seeing as they come. A label that the model has no logit for:
"""

# %% tags=["raises-exception"] cause="A label is larger than the number of outputs allows: classes are counted from 0, so with k outputs the last is k − 1."
F.cross_entropy(torch.zeros(4, 3), torch.tensor([0, 1, 2, 3]))

# %% [markdown]
r"""
On a graphics card this one is worse: “device-side assert triggered”, lines later, and no number. **Run the batch once on the
CPU**, where the message says which label it is.

## What goes wrong: the line that did nothing wrong

Some errors are raised far from their cause. This one comes from `backward`:
"""

# %% tags=["raises-exception"] cause="A value that backward needs was changed in place after it was computed, by `+=`, an index, or a function whose name ends in `_`: make a new tensor instead."
h = w.exp()
h += 1
h.sum().backward()

# %% [markdown]
r"""
The derivative of $e^w$ is $e^w$, so `exp` keeps its *result* for the way back, and `h += 1` has overwritten it. Each tensor
counts its changes, the *version*. `backward` compares and refuses, which is better than a wrong gradient.

The traceback names the line of `backward`, and that one is right. Ask torch to remember where each operation was called:
"""

# %%
import warnings

with warnings.catch_warnings(record=True) as heard, torch.autograd.set_detect_anomaly(True):
    warnings.simplefilter("always")
    caught(added_in_place)
trace = next(
    str(each.message) for each in heard if "Traceback of forward call" in str(each.message)
)
print(trace.splitlines()[0])
print(*(line for line in trace.splitlines() if "h = w.exp()" in line))

# %% tags=["claim", "always"]
assert any("h = w.exp()" in line for line in trace.splitlines()), (
    "with anomaly detection, a warning shows the line whose result was changed"
)

# %% [markdown]
r"""
It is slow, so switch it on to search and off to train. The same is done for `nan`: it names the operation that made the first one.

And an error that stops the second step, never the first:
"""

# %% tags=["raises-exception"] cause="Something was computed once and `backward` called twice: a loss, or a hidden state or total that is kept over steps. Compute it anew, or `detach()` what is kept."
total = torch.zeros(())
for _ in range(2):
    total = total + (x @ w).square().mean()
    total.backward()

# %% [markdown]
r"""
`total` still holds the first loss and the way back through it, whose values were let go. **The repair** is
`total += loss.item()`: a number has no history. It also keeps memory from growing in every step.

## Going deeper: what it does not know

`explain` knows the messages that it was written for, in the words of the versions of PyTorch that this course supports. Another one
gets this answer:
"""

# %%
print(explain(caught(lambda: torch.zeros(3).rows)))

# %% [markdown]
r"""
An error inside a worker of a `DataLoader` comes with a second traceback in its message; the error of the worker is the one that is
explained. And the errors of this course's own functions need no explanation: they say what was expected, what came and what to do.

Errors that raise are the kind ones. What goes wrong without one is told by what you see: [What went wrong?](../../start/what-went-wrong.md) begins there.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

column = caught(lambda: nn.Linear(1, 1)(torch.zeros(5)))
rows, inputs = (int(number) for number in str(column).split("(")[1].split(" ")[0].split("x"))
Question(
    "`nn.Linear(1, 1)(torch.zeros(5))`: five plants, one number each. PyTorch says “mat1 and mat2 shapes "
    "cannot be multiplied (1x5 and 1x1)”. What did it take the five numbers for?",
    Choice(
        "Five rows of one number",
        (rows, inputs) == (5, 1),
        "That is what you meant, and it would fit.",
    ),
    Choice(
        "One row of five numbers",
        (rows, inputs) == (1, 5),
        "A vector is one row. `torch.zeros(5).unsqueeze(-1)` makes five rows of it.",
    ),
    Choice(
        "Nothing: a vector has no rows",
        column is None,
        "A layer takes a vector, as one row without the axis of the rows.",
    ),
)

# %% tags=["hide-input"]
from course.networks.exercises import errors as exercises

exercises.outputs_needed

# %% tags=["hide-input"]
exercises.first_misfit

# %% tags=["hide-input"]
exercises.four_slips

# %% [markdown]
r"""
## What to remember

- Read two lines: the last one, and the last one of your own.
- Print shape, dtype and device of every tensor in that line, before you think.
- `mat1` is what arrives, `mat2` what the layer was made for.
- On a graphics card, run the failing batch once on the CPU.
- For errors of `backward`, `torch.autograd.set_detect_anomaly(True)` names the line of the way forward.

Reference: [`explain`][course.networks.errors.explain],
[`Explanation`][course.networks.errors.Explanation]. The test that proves them is
`tests/networks/test_errors.py`. All messages that lessons show stand under [What went wrong?](../../start/what-went-wrong.md).
Back to the [theme](index.md) and its key takeaway.
"""
