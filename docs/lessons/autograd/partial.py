# ---
# title: Partial derivatives and vectors
# description: >-
#   All derivatives of one number at once: the gradient, the sum trick, and why gradients add up.
# needs: >-
#   [derivatives](derivatives.py) and [vectors](../tensors/vectors.py)
# ---

# %% [markdown]
r"""
**The question.** The error of a model depends on thousands of numbers. Each can go up or down. Which
change of all of them together makes the error rise fastest, so that the opposite one makes it fall?
"""

# %% [markdown]
r"""
## The idea

Take a function of two numbers, $f(x)$ with $x = (x_0, x_1)$. Hold one of them still, and what is left is
a function of the other, with a derivative as you know it: the *partial derivative*, written
$\partial f / \partial x_0$. All partial derivatives together are the *gradient*, a vector with one
element for each element of $x$. A small step in any direction changes $f$ by the dot product of the
step and the gradient, nearly. Among steps of one length, this product is largest for the step that
[goes the same way](../tensors/vectors.py#going-deeper-vectors-as-arrows) as the gradient. So the gradient
points uphill, the steepest way.
"""

# %% [markdown]
r"""
## The smallest case, by hand

Take $f(x) = x_0^2 - x_0 x_1 + x_1^2$. With $x_1$ held still,
$\partial f / \partial x_0 = 2 x_0 - x_1$, and with $x_0$ held still,
$\partial f / \partial x_1 = 2 x_1 - x_0$. At $x = (3, 1)$ these are 5 and −1. Autograd finds both in one
way back, whether the two numbers are two tensors or one.
"""

# %%
import torch

x0 = torch.tensor(3.0, requires_grad=True)
x1 = torch.tensor(1.0, requires_grad=True)
y = x0**2 - x0 * x1 + x1**2
y.backward()
print(f"{x0.grad = }, {x1.grad = }")


def bowl(x):
    return x[0] ** 2 - x[0] * x[1] + x[1] ** 2


x = torch.tensor([3.0, 1.0], requires_grad=True)
bowl(x).backward()
print(f"{x.grad = }")

# %% [markdown]
r"""
As a function, [`gradient`][course.autograd.partial.gradient] is these three lines and two checks. The
rest of this page is made of it.

::: course.autograd.partial.gradient

Is that the steepest way? On the map below, each line connects points of equal height, and from six
points an arrow follows the gradient. (`meshgrid` gives the coordinates of all points of the map.)
"""

# %% alt="Tilted ellipses around the origin, each a line of equal height. From six points an arrow leads outwards, at a right angle to the ellipse that it starts from. Where the ellipses are close together the arrow is long, where they are far apart it is short." lead="The gradient points straight uphill, and it is long where the ground is steep."
from course import plotting
from course.autograd.partial import gradient

axis = torch.linspace(-4, 4, 81)
heights = bowl(torch.stack(torch.meshgrid(axis, axis, indexing="ij")))
points = torch.tensor([[2.0, 0.5], [0.5, 2.0], [-1.5, 1.5], [-2.0, -1.0], [-1, -2.5], [1.5, -1.5]])
slopes = torch.stack([gradient(bowl, point) for point in points])
plotting.gradients({"first element": axis, "second element": axis}, heights, points, slopes)

# %% [markdown]
r"""
Along a line of equal height nothing changes, so the gradient has no part in that direction: it stands at a
right angle. Where the lines are close, the way up is steep and the gradient long.

The check with [differences](derivatives.py#without-any-rule-the-central-difference) carries over: move one element
at a time. That takes two values of the function for each element, where autograd needs one way back for
all of them. For a model with a million numbers to turn, that is two million against one.
"""

# %%
from course.autograd.partial import partial_differences

at = torch.tensor([3.0, 1.0], dtype=torch.float64)
print(f"{gradient(bowl, at) = }")
print(f"{partial_differences(bowl, at, step=1e-5) = }")

# %% tags=["claim", "always"]
by_hand = torch.tensor([2 * at[0] - at[1], 2 * at[1] - at[0]])
steps = torch.randn(200, 2, generator=torch.Generator().manual_seed(0)).double()
steps = 0.001 * steps / steps.norm(dim=1, keepdim=True)
climbs = torch.stack([bowl(at + step) - bowl(at) for step in steps])
along = bowl(at + 0.001 * by_hand / by_hand.norm()) - bowl(at)
assert torch.allclose(gradient(bowl, at), by_hand), "by hand and by autograd are the same"
assert torch.allclose(partial_differences(bowl, at, 1e-5), by_hand), "and so it is by differences"

# %% tags=["claim", "here"]
assert (climbs <= along).all(), (
    "of 200 short steps in all directions, none climbs higher than the one along the gradient"
)

# %% [markdown]
r"""
## Many points at once: the sum trick

You want the slope of $\sin x$ at five points. Five numbers go in, five come out:
"""

# %% tags=["raises-exception"] cause="A gradient belongs to one number, and the result has several: take their sum or their mean first."
x = torch.linspace(0, torch.pi, 5, requires_grad=True)
torch.sin(x).backward()

# %% [markdown]
r"""
A gradient belongs to *one* number. **The repair** is to make one: add the results up. Each of them depends on
its own point and on no other, so the derivative of the sum by one point is the derivative of that
point's result.
"""

# %%
torch.sin(x).sum().backward()
print(f"{x.grad = }")
print(f"{torch.cos(x.detach()) = }")

# %% [markdown]
r"""
This is the *sum trick*, and [`derivatives`][course.autograd.partial.derivatives] is it as a function.

::: course.autograd.partial.derivatives
"""

# %% tags=["claim", "always"]
from course.autograd.partial import derivatives

assert torch.allclose(derivatives(torch.sin, x), x.detach().cos(), atol=1e-6), (
    "the sum trick gives the cosine, the derivative of the sine by hand"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

logits = torch.tensor([2.0, -1.0, 0.5, 0.0])
shares = torch.softmax(logits, dim=0)
tricked = derivatives(lambda z: torch.softmax(z, dim=0), logits)
own = shares * (1 - shares)
Question(
    "`torch.softmax` turns numbers, here 2, −1, 0.5 and 0, into positive shares that add up to 1. What does the sum trick say "
    "about it?",
    Choice(
        "How each share changes with its own number",
        torch.allclose(tricked, own, atol=1e-6),
        f"That would be `{own}`. But a share depends on the other numbers too, and the sum mixes all "
        "of that.",
    ),
    Choice(
        "Zero everywhere",
        torch.allclose(tricked, torch.zeros(4), atol=1e-6),
        "The shares always add up to 1, so their sum changes with nothing. No error: the trick "
        "is for functions that work element by element, and you have to know that yours does.",
    ),
    Choice(
        "One everywhere",
        torch.allclose(tricked, torch.ones(4), atol=1e-6),
        "The sum itself is 1. Its derivative says how it changes.",
    ),
)

# %% [markdown]
r"""
## Gradients add up

`backward` does not write to `grad`, it *adds*.
"""

# %%
x = torch.tensor(3.0, requires_grad=True)
for _ in range(3):
    (x**2).backward()
    print(f"{x.grad = }")

# %% [markdown]
r"""
Within one way back this is a must: a number that is used twice gets a share of its derivative from each
use. Between two ways back it is a choice of PyTorch: several ways back can [make up one
gradient](#going-deeper-small-batches-as-one-large-one). Mostly you want each to stand alone.
"""

# %% [markdown]
r"""
## What goes wrong: forgetting zero_grad

The gradient points uphill, so a small step against it leads down. An *optimizer* takes such steps for you:
from each tensor that it was given, `SGD` subtracts `lr`, a small number that you choose, times its `grad`.
Its `zero_grad` removes what is in these `grad`. Descend into the bowl, once with `zero_grad` before each
`backward` and once without.
"""


# %% alt="Height in the bowl against the step, on a logarithmic axis. With zero_grad it falls in a nearly straight line by several powers of ten. Without it, it falls at first, then swings up and down again and again without getting lower." symptom="The loss swings up and down and does not settle" cause="`zero_grad` is missing, so each step follows the sum of all gradients so far; with `zero_grad` in place, the momentum or the learning rate is too large."
def descend(clear, steps=40):
    x = torch.tensor([3.0, 1.0], requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    heights = []
    for _ in range(steps):
        if clear:
            optimizer.zero_grad()
        height = bowl(x)
        height.backward()
        optimizer.step()
        heights.append(height.item())
    return heights


walks = {"with zero_grad": descend(clear=True), "without": descend(clear=False)}
plotting.curves(walks, xlabel="step", ylabel="height", log=True)

# %% tags=["claim", "here"]
cleared, gathered = (torch.tensor(walk) for walk in walks.values())
assert (cleared[1:] < cleared[:-1]).all(), "with `zero_grad`, each step goes down"
assert cleared[-1] < 0.01, "and the last one is nearly at the bottom"
assert gathered[20:].max() > 1, "without, the second half of the way still comes up above 1"

# %% [markdown]
r"""
Without `zero_grad`, each step follows the sum of all gradients so far, also of those from the other side of
the bowl, and so it runs past the bottom with all it has gathered. No error, no warning. **The symptom** is an
error that swings instead of settling.
"""

# %% [markdown]
r"""
## Going deeper: many results: the vector–Jacobian product

In general each of $k$ results depends on each of $d$ numbers. Their partial derivatives are a table, the
*Jacobian* $D$: a row for each result, a column for each number. What does `backward` do with such a
function? It wants to know how much each result counts, a vector $v$, and leaves in `grad` the gradient of the
weighted sum: $v$ times the table,

$$
(v D)_i = \sum_j v_j \frac{\partial y_j}{\partial x_i} .
$$

This *vector–Jacobian product* is the one thing that `backward` computes, going back through one operation
after the other. The sum trick is $v = (1, \ldots, 1)$; a vector of zeros with a single 1 picks one row.

::: course.autograd.partial.vector_jacobian

[`jacobian`][course.autograd.partial.jacobian] calls it once for each row. In the product that
[`vector_jacobian`][course.autograd.partial.vector_jacobian] gives, weights of 1, 10 and 100 let you read
off which entries of the table went into it.
"""

# %%
from course.autograd.partial import jacobian, vector_jacobian


def three(x):
    return torch.stack([x[0] ** 2, x[0] * x[1], x[1] ** 3])


v = torch.tensor([1.0, 10.0, 100.0])
x = torch.tensor([3.0, 1.0], requires_grad=True)
three(x).backward(v)
print(f"{jacobian(three, x) = }")
print(f"{x.grad = }")
print(f"{vector_jacobian(three, x, v) = }")

# %% tags=["claim", "always"]
from torch.autograd import functional

by_hand = torch.tensor([[2 * 3.0, 0.0], [1.0, 3.0], [0.0, 3 * 1.0**2]])
assert torch.equal(jacobian(three, x), by_hand), "the Jacobian is the one by hand"
assert torch.equal(functional.jacobian(three, x), by_hand), "and torch's `functional.jacobian`"
assert torch.allclose(partial_differences(three, at, 1e-5).float(), by_hand, atol=1e-4), (
    "differences give the same table, column by column"
)
assert torch.equal(x.grad, v @ by_hand), "`backward(v)` leaves v D in `grad`"

# %% [markdown]
r"""
Why the product, and not the table? A layer that turns a thousand numbers into a thousand has a million
partial derivatives. The loss at the end is one number, so coming from there the only thing ever needed is
one vector times each table. `backward` never writes a table down.
"""

# %% [markdown]
r"""
## Going deeper: ReLU, and its derivative at 0

Many networks use a function that is bent: $\operatorname{relu}(a) = \max(a, 0)$. To the right of 0 it
climbs with slope 1, to the left with slope 0.
"""

# %% alt="Two functions between minus 2 and 2. ReLU lies at 0 up to the origin and climbs from there in a straight line. Its derivative, dashed, lies on it at 0 to the left of the origin, and at 1 to the right, with nothing between the two."
from course.autograd.partial import relu_derivative

a = torch.linspace(-2, 2, 81)
without_0 = torch.where(a.abs() < 1e-6, torch.nan, relu_derivative(a))
plotting.functions(a, {"relu": torch.relu(a), "derivative": without_0}, xlabel="a", ylabel="")

# %% [markdown]
r"""
At 0 the two parts meet in a corner, and a corner has no slope. A line through it with any slope from 0 to 1 is
nowhere above the curve, and torch has to take one of them. It takes 0, and so does [`relu_derivative`][course.autograd.partial.relu_derivative]. But the choice
belongs to the operation, not to the function. Here is ReLU, spelled in three ways.
"""

# %%
spellings = {
    "relu": torch.relu,
    "maximum": lambda a: torch.maximum(a, torch.zeros_like(a)),
    "where": lambda a: torch.where(a >= 0, a, 0.0),
}
a = torch.tensor([-2.0, 0.0, 2.0])
for name, function in spellings.items():
    print(f"{name:8} {function(a).tolist()}  derivative {derivatives(function, a).tolist()}")

# %% tags=["claim", "always"]
assert all(torch.equal(function(a), torch.relu(a)) for function in spellings.values()), (
    "the three agree in every value"
)
at_0 = [derivatives(function, a)[1].item() for function in spellings.values()]
assert at_0 == [0.0, 0.5, 1.0], "at 0 their derivatives are 0, a half, and 1"
assert torch.equal(derivatives(torch.relu, a), relu_derivative(a)), (
    "`relu_derivative` is torch's derivative of ReLU, at 0 as well"
)

# %% tags=["hide-input"]
from course.autograd.derivatives import central_difference

zero = torch.tensor(0.0, dtype=torch.float64)
tried = [central_difference(torch.relu, zero, step).item() for step in (1e-1, 1e-3, 1e-5)]
Question(
    "You check ReLU at 0 with a central difference. What does it say?",
    Choice(
        "0, as autograd does",
        tried == [0.0] * 3,
        "It sees the climb on the right: it knows nothing of what torch chose.",
    ),
    Choice(
        "A half, whatever the step",
        tried == [0.5] * 3,
        "It goes one step to each side, and only one of the two climbs. So a check at a corner "
        "reports a gap where nothing is wrong: move the point a little.",
    ),
    Choice(
        "It depends on the step",
        len(set(tried)) > 1,
        "Both sides of the corner are straight, so every step sees the same.",
    ),
)

# %% [markdown]
r"""
## Going deeper: small batches as one large one

That gradients add up has a good side. An error is mostly a mean over rows, and not all rows may fit into memory at once. But
the gradient of a sum is the sum of the gradients. So take the rows in batches, call `backward` for each, and
let `grad` do the adding. What counts is that each batch of $n_j$ rows weighs $n_j / n$, its part of all:

$$
J = \sum_j \frac{n_j}{n}\, J_j .
$$

::: course.autograd.partial.gradient_in_batches

[`gradient_in_batches`][course.autograd.partial.gradient_in_batches] keeps what the way back needs for one
batch only. The result is the same as long as each row's cost depends on that row alone; batch
normalisation, for one, mixes the rows of a batch. Here are ten rows in batches of four, so the last batch
has two.
"""

# %%
from course.autograd.partial import gradient_in_batches


def cost(weights, x, y):
    return ((x @ weights - y) ** 2).mean()


generator = torch.Generator().manual_seed(0)
x = torch.randn(10, 3, generator=generator)
y = torch.randn(10, generator=generator)
weights = torch.zeros(3)

whole = gradient(lambda weights: cost(weights, x, y), weights)
print(f"{whole = }")
print(f"{gradient_in_batches(cost, weights, x, y, size=4) = }")

# %% tags=["claim", "always"]
assert all(
    torch.allclose(gradient_in_batches(cost, weights, x, y, size), whole, atol=1e-6)
    for size in range(1, 12)
), "batches of any size, from 1 row to more than there are, give the gradient of all rows"

# %% tags=["hide-input"]
batches = zip(x.split(4), y.split(4), strict=True)
parts = [gradient_in_batches(cost, weights, *batch, size=4) for batch in batches]
plain = torch.stack(parts).mean(dim=0)
without_division = torch.stack(parts).sum(dim=0)
Question(
    "Someone calls `backward` on the mean of each batch as it is and divides the gathered gradient by "
    f"{len(parts)}, the number of batches. Is it the gradient of all rows?",
    Choice(
        "Yes: a mean of means is a mean",
        torch.allclose(plain, whole, atol=1e-3),
        "It is when all batches have the same number of rows. Here the last one has half as many.",
    ),
    Choice(
        "Nearly: each row of the last batch counts too much",
        not torch.allclose(plain, whole, atol=1e-3),
        f"It is `{plain}`. Every batch counts a third, so each of the last two rows counts as much as "
        "two of the others.",
    ),
    Choice(
        f"No: it is {len(parts)} times too large",
        torch.allclose(plain, len(parts) * whole, atol=1e-3),
        f"So it would be without the division, and even then only nearly: `{without_division}`.",
    ),
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing. [Many results](#going-deeper-many-results-the-vectorjacobian-product) says what a row of
partial derivatives is; the last exercise is about [small
batches](#going-deeper-small-batches-as-one-large-one).
"""

# %% tags=["hide-input"]
from course.autograd.exercises import partial as exercises

exercises.uphill

# %% tags=["hide-input"]
exercises.row

# %% tags=["fold"]
from course.autograd.exercises import partial as exercises

logits = torch.tensor([2.0, -1.0, 0.5, 0.0])
shares = torch.softmax(logits, dim=0)
of_first = exercises.one_row(lambda z: torch.softmax(z, dim=0), logits, 0)
expected = shares[0] * (torch.tensor([1.0, 0.0, 0.0, 0.0]) - shares)
assert torch.allclose(of_first, expected, atol=1e-6)
assert abs(of_first.sum()) < 1e-6

# %% [markdown]
r"""
??? success "What you find"
    For the four numbers of the question above, the row of the first share is <code>{{ of_first }}</code>. It
    grows with its own number and shrinks with each of the others, and the row adds up to 0: add the same
    to all numbers, and no share changes.
"""

# %% tags=["hide-input"]
exercises.small_batches

# %% [markdown]
r"""
## What to remember

- A gradient belongs to one number, has the shape<!-- term --> of what it is taken by, and points the steepest way up.
- Many points at once: add the results up, and call `backward` on the sum. That is right for functions that
  work element by element.
- `backward` adds to `grad`. So call `zero_grad` once per step, before its first `backward`.

Reference: [`gradient`][course.autograd.partial.gradient],
[`partial_differences`][course.autograd.partial.partial_differences],
[`derivatives`][course.autograd.partial.derivatives],
[`vector_jacobian`][course.autograd.partial.vector_jacobian],
[`jacobian`][course.autograd.partial.jacobian],
[`relu_derivative`][course.autograd.partial.relu_derivative],
[`gradient_in_batches`][course.autograd.partial.gradient_in_batches]. The test that proves them is
`tests/autograd/test_partial.py`. Next: [the computation graph](graph.py).
"""
