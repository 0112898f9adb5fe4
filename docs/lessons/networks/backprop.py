# ---
# title: Backpropagation by hand
# description: >-
#   Compute the gradient of every name in a network yourself, and hold each against autograd's.
# needs: >-
#   [the computation graph](../autograd/graph.py), [softmax and its loss](softmax.py), and
#   [products of tables](../tensors/matrices.py)
# ---

# %% [markdown]
r"""
**The question.** `loss.backward()` is one line, and behind it every weight has its gradient. What is computed there,
in which order, and how much work is it? Once you have done it without autograd, a wrong or missing gradient is no
mystery any more.

## The idea

A network is a chain of small steps. You know the derivative of each step alone, its *local derivative*. The
[chain rule](../autograd/graph.py) multiplies them along the way, and *backpropagation* is that, in the order that
wastes nothing: begin at the loss and go back. At each node, each name on the way, you need two numbers only,

$$
\text{gradient} = \text{local derivative} \cdot \text{gradient from above},
$$

and the one from above is there already, because you come from there.

## The smallest case, by hand

One input, one hidden unit, one output: a sum $a = w_1 x + b_1$, bent by ReLU, $h = \operatorname{relu}(a)$, and a
prediction $z = w_2 h + b_2$. The loss is its squared error, $J = (z - y)^2$. With the numbers below, work out
the values first, upwards from $x$. Then go down from the loss.

- $J = (11 - 9)^2 = 4$. Its gradient by itself is 1.
- $z = 11$: the local derivative is $2\,(z - y) = 4$, times 1 is **4**.
- $w_2 = 2$ was multiplied by $h = 5$, so its local derivative is 5, times 4 is **20**. For $b_2$ it is 1: **4**.
- $h = 5$ was multiplied by $w_2 = 2$: 2 times 4 is **8**.
- $a = 5$ is above 0, where ReLU has the slope 1: **8**. Below 0 it would be 0, and nothing would go on.
- $w_1$ was multiplied by $x = 2$: 2 times 8 is **16**. For $b_1$: **8**. For $x$ itself: 3 times 8 is **24**.
"""

# %% alt="Nine boxes in five layers. Above stands the loss, 4. An arrow with the number 4 leads down to z, which is 11 and has the gradient 4. From there arrows lead to w₂, to h and to b₂, from h one to a, and from a three to w₁, x and b₁. In each box stand a value and a gradient: 20 for w₂, 8 for h, a and b₁, 16 for w₁, 24 for x, 4 for b₂. On each arrow stands the local derivative." lead="Values were computed upwards. Gradients come down: in each box that of the box above, times the number on the arrow."
from course import plotting
from course.networks.backprop import one_unit

numbers = {"x": 2, "y": 9, "w1": 3, "b1": -1, "w2": 2, "b2": 1}
nodes = one_unit(**numbers)
formulas = (
    "loss = (z − y)²",
    "z = w₂h + b₂",
    "w₂",
    "h = relu(a)",
    "b₂",
    "a = w₁x + b₁",
    "w₁",
    "x",
    "b₁",
)
above = [(0, 1), (1, 2), (1, 3), (1, 4), (3, 5), (5, 6), (5, 7), (5, 8)]
boxes = [
    f"{formula}\n{node.value:g}\ngrad {node.gradient:g}".replace("-", "−")
    for formula, node in zip(formulas, nodes, strict=True)
]
pictured = plotting.diagram(boxes, above, [f"{node.local:g}" for node in nodes[1:]])
tried = (
    (2, 9, 3, -1, 2, 1),
    (-1.5, 0.5, 2, 0.7, -1.5, 0.3),
    (0.5, 2, 1, -0.5, 3, 1),
    (0.5, 2, 1, 0.25, -1.5, 0.5),
)
plotting.demo(
    "backprop",
    pictured,
    "Go down node by node. Then move $b_1$ until the loss is not 0, and yet only one of the four "
    "parameters can still learn. Which one, and why?",
    {"given": numbers},
    [(one_unit, *each) for each in tried],
)

# %% tags=["claim", "always"]
import torch

leaves = {name: torch.tensor(float(number), requires_grad=True) for name, number in numbers.items()}
hidden = torch.relu(leaves["w1"] * leaves["x"] + leaves["b1"])
((leaves["w2"] * hidden + leaves["b2"] - leaves["y"]) ** 2).backward()
assert all(node.gradient == leaves[node.name].grad for node in nodes if node.name in leaves), (
    "by hand, each of the five gradients of inputs and parameters is autograd's"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

still = {n.name: n.gradient for n in one_unit(**numbers | {"x": 0, "b1": 5})}
silent = [name for name, gradient in still.items() if gradient == 0]
Question(
    "Let the input be 0 and $b_1 = 5$, so that $a$ is 5 as before. Which gradients become 0?",
    Choice(
        "All that lie below $a$",
        set(silent) == {"w1", "b1", "x"},
        f"Nothing stops at $a$: $b_1$ still has the gradient {still['b1']:g}.",
    ),
    Choice(
        "That of $w_1$ alone",
        silent == ["w1"],
        "Its local derivative is the input. **A weight learns nothing from a row whose input is 0**, "
        "whatever the loss; the bias does.",
    ),
    Choice(
        "None: the loss is the same",
        not silent,
        "The gradients of values above stay. That of a weight is multiplied by what came into it.",
    ),
)

# %% [markdown]
r"""
## A whole layer at once

A real layer has many units and works on many rows. For row $i$ and output $j$ it computes

$$
z_{ij} = \sum_l x_{il} W_{jl} + b_j .
$$

Write $dz_{ij}$ for the gradient of the loss by $z_{ij}$, which comes from above, and ask of each number: *where was it
used, and what was it multiplied by?* Where it was used more than once, its gradients add up.

| What | Used for | Local derivative | So the gradient is | As tables |
| --- | --- | --- | --- | --- |
| weight $W_{jl}$ | output $j$ of **every row** | $x_{il}$ | $dW_{jl} = \sum_i dz_{ij}\, x_{il}$ | $dW = dz^\top x$ |
| bias $b_j$ | output $j$ of **every row** | 1 | $db_j = \sum_i dz_{ij}$ | the sum over the rows |
| input $x_{il}$ | **every output** of its row | $W_{jl}$ | $dx_{il} = \sum_j dz_{ij} W_{jl}$ | $dx = dz\, W$ |

A sum over an index that two tables share is a matrix product. No need to learn the three by heart: **a gradient has the shape<!-- term --> of what it belongs to**, and if $n$, $d$ and $k$ differ, only one order
of the product fits. (If you keep $W$ the other way round, as `(d, k)`, you write $x^\top dz$ and
$dz\, W^\top$.)

Two more steps are in the network. ReLU works element by element: $da$ is $dh$ where $a > 0$, and 0
elsewhere, at 0 itself too, [as torch has it](../autograd/partial.py#going-deeper-relu-and-its-derivative-at-0). And softmax with
cross-entropy gives [what the model said, less what is true](softmax.py#the-loss-of-the-true-class), divided by the
number of rows, since the loss is their mean.

## Both ways in code

`forward` keeps everything under its name. This *cache* is what the way back needs, and why training takes more memory
than predicting.

::: course.networks.backprop.forward

::: course.networks.backprop.backward

Read [`backward`][course.networks.backprop.backward] from top to bottom beside
[`forward`][course.networks.backprop.forward] from bottom to top: for each line of `forward` there are lines in `backward`. The
loss is taken apart once more: `z` gets its gradient through `log_p`
([why so](#going-deeper-the-gradient-of-the-logits-in-two-steps)).

Run both, on 150 iris flowers, four lengths of each, three species. In `float64`, two correct ways to a gradient agree to some fifteen
digits, so that nothing wrong can hide behind rounding. (It also keeps this page on the CPU: not every graphics card has
`float64`.) The initial weights are those of a model that is made as usual:
"""

# %%
import torch
from sklearn.datasets import load_iris
from torch import nn

from course.networks.backprop import PARAMETERS, backward, forward

flowers = load_iris()
x, y = torch.from_numpy(flowers.data), torch.from_numpy(flowers.target).long()
x = ((x - x.mean(dim=0)) / x.std(dim=0)).requires_grad_()

torch.manual_seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).double()
start = {
    name: each.detach().clone().requires_grad_()
    for name, each in zip(PARAMETERS, model.parameters(), strict=True)
}
cache = forward(x, y, start)
ours = backward(cache)
print(*ours)

# %% [markdown]
r"""
## Name by name

[`forward`][course.networks.backprop.forward] is made of torch's operations, so autograd has kept a record of it and can be
asked for the gradient by every name, those in the middle included.
[`gradient_table`][course.networks.backprop.gradient_table] compares two sets of gradients:
"""

# %%
from course.networks.backprop import gradient_table

asked = torch.autograd.grad(cache["loss"], [cache[name] for name in ours])
theirs = dict(zip(ours, asked, strict=True))
rows = gradient_table(ours, theirs)
print("name   shape       largest   difference")
for name, shape, largest, difference in rows:
    print(f"{name:6} {shape!s:10} {largest:8.5f}   {difference:.0e}")

# %% tags=["claim", "always"]
assert len(rows) == 10, "all ten names have a gradient"
assert all(row.difference <= 1e-12 for row in rows), (
    "by every name, the gradient by hand is autograd's within 10⁻¹²"
)
at_corner = start | {"b1": torch.zeros_like(start["b1"]).requires_grad_()}
corner = forward(torch.zeros(3, 4).double(), y[::50], at_corner)  # every a is exactly 0
(of_a,) = torch.autograd.grad(corner["loss"], corner["a"])
both = torch.stack([corner["a"], of_a, backward(corner)["a"]])
assert not both.any(), "where `a` is exactly 0, its gradient is 0 by hand and by autograd"

# %% [markdown]
r"""
**The PyTorch way** knows nothing of our names: `nn.Sequential`, `nn.CrossEntropyLoss`, and an optimizer. Take a hundred
steps each way, from the same weights.
"""

# %%
parameters = {name: each.detach() for name, each in start.items()}
losses = []
for _ in range(100):
    cache = forward(x.detach(), y, parameters)
    d = backward(cache)
    parameters = {name: parameters[name] - 0.2 * d[name] for name in parameters}
    losses.append(cache["loss"].item())

optimizer = torch.optim.SGD(model.parameters(), lr=0.2)
for _ in range(100):
    optimizer.zero_grad()
    loss = nn.CrossEntropyLoss()(model(x.detach()), y)
    loss.backward()
    optimizer.step()

print(f"loss {losses[0]:.3f} → {losses[-1]:.3f} by hand, {loss.item():.3f} by torch")
last = zip(parameters.values(), model.parameters(), strict=True)
apart = max((one - other).abs().max().item() for one, other in last)
print(f"largest difference of two parameters: {apart:.0e}")

# %% tags=["claim", "always"]
assert apart <= 1e-10, (
    "after a hundred steps all parameters are those of `nn.Sequential`, `nn.CrossEntropyLoss` and SGD"
)

# %% [markdown]
r"""
## What it costs

Count the multiplications of the matrix products; all else is small beside them. Forward, a layer of $d$ inputs and
$k$ outputs multiplies $n \cdot d \cdot k$ times. Backward it does so **twice**: once for $dW$, once for
$dx$. Only the first layer is spared its $dx$, because nobody asks for the gradient of the rows themselves.

[`multiplications`][course.networks.backprop.multiplications] adds that up. For three networks and a thousand rows:
"""

# %%
from course.networks.backprop import multiplications

shapes = ([4, 8, 3], [784, 256, 10], [256] * 6)
for sizes in shapes:
    ahead, back = multiplications(1000, sizes)
    print(f"{sizes!s:31} forward {ahead:11,}  backward {back:11,}  ratio {back / ahead:.3f}")

# %% [markdown]
r"""
The way back costs **less than twice** the way forward: exactly 2, less the first layer's share. With one wide first
layer, as for images, it is about the same; in a deep network nearly twice. And it does not matter how many parameters
there are: {{ sum(multiplications(1, shapes[1])):,}} multiplications for a row give all {{ sum((i + 1) * o for i, o in zip(shapes[1], shapes[1][1:])):,}} derivatives of the second network, about
two for each. [torch counts the same](#going-deeper-counted-and-timed).
"""

# %% [markdown]
r"""
## What goes wrong

**The mean is forgotten.** Somebody starts from $p$ less one-hot and leaves out the division by $n$: that is the
gradient of the *sum* of the losses. Every gradient is then $n$ times too long. Take the learning rate that worked above:
"""

# %% symptom="A network with hand-written gradients explodes at a learning rate that works in PyTorch" cause="The loss is a mean over the rows, and the gradient that of their sum: it is as many times too large as there are rows."
longer, jumps = {name: each.detach() for name, each in start.items()}, []
for _ in range(6):
    cache = forward(x.detach(), y, longer)
    d = {name: len(x) * each for name, each in backward(cache).items()}  # the sum, not the mean
    longer = {name: longer[name] - 0.2 * d[name] for name in longer}
    jumps.append(cache["loss"].item())
print("the sum: ", *(f"{each:.3g}" for each in jumps))
print("the mean:", *(f"{each:.3g}" for each in losses[:6]))

# %% tags=["claim", "here"]
assert max(jumps) > 100 * jumps[0], (
    "with the gradient of the sum, the loss rises a hundredfold in five steps"
)
assert losses[5] < losses[0], "with that of the mean it falls"

# %% [markdown]
r"""
**The symptom** is a loss that jumps up at a usual learning rate. In the table every name below the loss is $n$ times
autograd's.

**The bias is not summed.** Take $db = dz$, one row for each example:
"""

# %% tags=["raises-exception"] cause="The gradient of a bias was not summed over the rows. Subtracting it broadcasts: the bias gets a row for each example."
d = backward(forward(x.detach(), y, parameters))
d["b2"] = d["z"]  # the sum over the rows is missing
stepped = {name: parameters[name] - 0.2 * d[name] for name in parameters}
forward(x.detach(), y, stepped)

# %% [markdown]
r"""
The update went through: `(3,)` less `(150, 3)` [broadcasts](../tensors/broadcasting.py). If
[`forward`][course.networks.backprop.forward] did not look at shapes<!-- term -->, training would go on, with
a bias for each single row: it learns the rows by heart, and fails with the first batch of another size. **The repair**
is `sum(dim=0)`, and the habit of comparing each gradient's shape<!-- term --> with what it belongs to.

When a table shows many names that differ, **look at the first one, in the order of the way back**. What lies below got
its gradient from there.

## Going deeper: counted and timed

::: course.networks.backprop.multiplications

torch can count what it does: `FlopCounterMode` looks at every operation that is really called. (It counts an addition
for each multiplication, so halve it.)
"""

# %%
from itertools import pairwise

from torch.utils.flop_counter import FlopCounterMode


def network(sizes):
    layers = [nn.Linear(*pair) for pair in pairwise(sizes)]
    return nn.Sequential(*[part for layer in layers for part in (layer, nn.ReLU())][:-1])


def counted(sizes, n):
    """Return how many multiplications torch does forward and backward."""
    with FlopCounterMode(display=False) as ahead:
        outputs = network(sizes)(torch.randn(n, sizes[0]))
    with FlopCounterMode(display=False) as back:
        outputs.sum().backward()
    return ahead.get_total_flops() // 2, back.get_total_flops() // 2


print(counted([4, 8, 3], 1000), multiplications(1000, [4, 8, 3]))

# %% tags=["claim", "always"]
assert all(multiplications(1000, sizes) == counted(sizes, 1000) for sizes in shapes), (
    "for all three networks torch does as many multiplications as the formula says, both ways"
)
assert all(ahead <= back < 2 * ahead for ahead, back in (counted(sizes, 1) for sizes in shapes)), (
    "the way back takes at least as many as the way forward, and less than twice as many"
)

# %% [markdown]
r"""
A count is not a time. This is what the machine that built this page took, with everything else that a step does:
"""

# %% tags=["exclusive", "fold", "volatile"]
import time


def milliseconds(sizes, n):
    """Return the time of the way forward and of the way back, each the fastest of ten."""
    inputs, model = torch.randn(n, sizes[0]), network(sizes)
    times = []
    for _ in range(10):
        began = time.perf_counter()
        loss = model(inputs).sum()
        middle = time.perf_counter()
        loss.backward()
        times.append((middle - began, time.perf_counter() - middle))
    return [1000 * min(each) for each in zip(*times, strict=True)]


for sizes in shapes[1:]:
    ahead, back = milliseconds(sizes, 1000)
    print(
        f"{sizes!s:31} forward {ahead:5.2f} ms  backward {back:5.2f} ms  ratio {back / ahead:.2f}"
    )

# %% [markdown]
r"""
## Going deeper: a check without autograd

Backpropagation that you wrote yourself, in torch or elsewhere, deserves a witness that shares no line with it. That is
the [central difference](../autograd/partial.py#the-idea): move one number a little both ways and see what the loss
does. It is slow, two runs of the network for each parameter, and it needs no derivative at all.
"""

# %%
from course.autograd.partial import partial_differences


def loss_of(flat):
    moved = start | {"W1": flat.reshape(8, 4)}
    return forward(x, y, moved)["loss"].detach()


found = partial_differences(loss_of, start["W1"].detach().flatten(), step=1e-6)
gap = (found.reshape(8, 4) - ours["W1"]).abs().max().item()
print(f"W1, by 64 runs of the network: largest difference {gap:.0e}")

# %% tags=["claim", "here"]
assert gap < 1e-7, "central differences find all 32 derivatives by W1, to seven decimals"

# %% [markdown]
r"""
For a module that is finished, [`gradcheck`](../autograd/graph.py#going-deeper-a-function-with-a-derivative-of-its-own) does
this. Do it in `float64`, on a small net. Where a step crosses the corner of a ReLU it reports a gap that is none of
yours: move the point.

## Going deeper: the gradient of the logits, in two steps

The loss is $-\frac{1}{n} \sum_i \ln p_{iy}$. So the gradient by $\ln p_{ij}$ is $-1/n$ for the true class of
each row, and 0 elsewhere: `d["log_p"]`. Next, $\ln p_{ij} = z_{ij} - \ln \sum_l e^{z_{il}}$. A logit is
used for the $\ln p$ of its own class, with the local derivative 1, and in the sum for **all** classes of its row, with
$-p_{ij}$. Add up over all ways:

$$
dz_{ij} = d(\ln p)_{ij} - p_{ij} \sum_l d(\ln p)_{il} .
$$

For this loss, the sum in a row is $-1/n$, and out comes $(p - \text{one-hot}) / n$. The line in
[`backward`][course.networks.backprop.backward] is right for any other use of `log_p`, too.
"""

# %% tags=["claim", "always"]
from course.networks.softmax import cross_entropy_gradient

short = cross_entropy_gradient(cache["z"].detach(), y)
assert (backward(cache)["z"] - short).abs().max() < 1e-12, (
    "in two steps or in one, the gradient of the logits is the same"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import backprop as exercises

exercises.tanh_gradient

# %% tags=["hide-input"]
exercises.first_fault

# %% tags=["hide-input"]
exercises.deep_gradients

# %% [markdown]
r"""
## What to remember

- Gradient = local derivative · gradient from above, beginning at the loss. What was used more than once
  adds its gradients up.
- A layer: $dW = dz^\top x$, $db$ is the sum of $dz$ over the rows, $dx = dz\, W$. Each has the
  shape<!-- term --> of what it belongs to.
- A weight's gradient is multiplied by the layer's input; ReLU lets a gradient through where $a > 0$.
- The way back costs less than twice the way forward, whatever the number of parameters, and it needs what the way forward
  has kept.
- Compare by name, in `float64`, and look at the first name that differs.

Reference: [`one_unit`][course.networks.backprop.one_unit], [`forward`][course.networks.backprop.forward],
[`backward`][course.networks.backprop.backward],
[`gradient_table`][course.networks.backprop.gradient_table],
[`multiplications`][course.networks.backprop.multiplications]. The test that proves them is
`tests/networks/test_backprop.py`. Next: [deep and silent](depth.py).
"""
