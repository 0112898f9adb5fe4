# ---
# title: The computation graph
# description: >-
#   What `backward` walks through, by hand, and written in one screen of code.
# needs: >-
#   [derivatives](derivatives.py) and [partial derivatives](partial.py)
# ---

# %% [markdown]
r"""
**The question.** You compute something, call `backward`, and every tensor that asked for it has its
gradient. Nobody gave torch a formula for the whole. How does it find them, and could you write that
yourself? Who has done so once knows what to do when a gradient is missing or wrong.
"""

# %% [markdown]
r"""
## The idea

A program computes in small steps, and each step is an operation whose derivative is known. Note for
each result what it was computed from: that is a *graph*, with results as nodes, and an edge from each
result to every number that it was computed from. The chain rule then reads: multiply the derivatives
along each way through the graph, and add up over all ways.

$$
\frac{\partial y}{\partial x}
= \sum_{\text{ways}} \; \prod_{\text{edges}} \; \text{derivative}
$$
"""

# %% [markdown]
r"""
## The smallest case, by hand

Take $y = w x + x$, and call the product $g$. There are two ways from $y$ to $x$, one through $g$ and one
straight, because $x$ is used twice.
"""

# %% alt="Four boxes. From y, at the top, one arrow leads to g and one straight down to x. From g one arrow leads to w and one to x. On the arrows from y stands 1, on the one from g to x stands w, on the one from g to w stands x."
import torch

from course import plotting

nodes = ["y = g + x", "g = w x", "w", "x"]
edges = [(0, 1), (1, 2), (1, 3), (0, 3)]
plotting.diagram(nodes, edges, notes=["1", "x", "w", "1"])

# %% [markdown]
r"""
Numbers are computed upwards, from the leaves<!-- term -->, in the filled boxes, to the result. **The arrows show the
other direction**, the way back: from the result to what it was computed from. On each stands the
derivative of that step: how much its upper end changes with its lower end, everything else held still.
Now with numbers.
"""

# %%
x, w = 2.0, 3.0
to_w = 1 * x
to_x = 1 * w + 1
print(f"for w, one way:   {to_w}")
print(f"for x, two ways:  {to_x}")

# %% tags=["hide-input"]
from course.autograd.graph import trace
from course.practice import Choice, Question

leaf = torch.ones((), requires_grad=True)
doubled = leaf
for _ in range(20):
    doubled = doubled + doubled
visits = len(trace(doubled)[0])
doubled.backward()
ways = int(leaf.grad)  # each of them has the derivative 1
Question(
    "You double a number twenty times, by `x = x + x`. How many ways lead from the last result to the "
    "first `x`?",
    Choice("2", ways == 2, "Two lead from each result to the one before, and they multiply."),
    Choice("40", ways == 40, "That is the number of edges. A way chooses one of two at each step."),
    Choice(
        f"{2**20:,}",
        ways == 2**20,
        "Two choices, twenty times: with each doubling the walk along all ways would take twice as "
        f"long. Yet the graph has only {visits} nodes, and it is enough to visit each of them once.",
    ),
)

# %% [markdown]
r"""
## An engine in one screen

Must the program walk along every way? No: add up early. Go through the nodes in an order in which none
comes before those that use it. Then whatever arrives at a node is there before its turn: multiply the
sum by the derivative on each arrow below, pass it on, and never come back.
([How that order is found](#going-deeper-each-node-once-in-order).)

Here is that walk, whole. A [`Value`][course.autograd.engine.Value] is a number together with its edges.

::: course.autograd.engine.Value

Each operation computes two things: its result, and the derivative for each of its inputs, while their
numbers are at hand. `backward` is the walk: take the next node, whose sum is complete, and pass it on
along each edge. It *adds* to `grad`, as torch does. (`_value` makes a `Value` of a plain number, and
`_finite` stops where there is no finite result. Minus and division are made of what you see, in the base
class.)
"""

# %% alt="Four boxes with numbers, joined by arrows. y is 8 with gradient 1, g is 6 with gradient 1, x is 2 with gradient 4, w is 3 with gradient 2. On the arrows from g stand 2 towards w and 3 towards x, on those from y stands 1." lead="A computation as a graph. The numbers were computed upwards; the arrows are the way back, along which gradients come down."
from course.autograd.engine import Value, trace_values

x, w = Value(2), Value(3)
g = w * x
y = g + x
y.backward()
ours = trace_values(y, {"x": x, "w": w, "g": g, "y": y})
plotting.diagram(*ours)

# %% [markdown]
r"""
At `x` arrive 3 times 1 through `g`, and 1 straight: {{ x.grad:.0f }} in all. Is every operation right?
Hold each against torch: first its value, then its gradient, with `a` in both places where there are two.
(`relu` gives the number where it is positive, and else 0.)
"""

# %%
import math

operations = {
    "a + a": lambda a: a + a,
    "a * a": lambda a: a * a,
    "3 - a": lambda a: 3 - a,
    "3 / a": lambda a: 3 / a,
    "a ** 2.5": lambda a: a**2.5,
    "exp": lambda a: a.exp(),
    "log": lambda a: a.log(),
    "relu": lambda a: a.relu(),
}
pairs = []
print("          engine            torch")
for name, function in operations.items():
    number = Value(0.7)
    tensor = torch.tensor(0.7, dtype=torch.float64, requires_grad=True)
    result, reference = function(number), function(tensor)
    result.backward()
    reference.backward()
    found, expected = (result.data, number.grad), (reference.item(), tensor.grad.item())
    pairs += zip(found, expected, strict=True)
    print(f"{name:9s}", *(f"{each:8.4f}" for each in (*found, *expected)))

# %% tags=["claim", "always"]
assert x.grad == to_x, "at x, used twice, the engine finds the sum over both ways"
assert w.grad == to_w, "at w it finds the derivative by hand"
assert all(math.isclose(one, other) for one, other in pairs), (
    "at 0.7, every operation has the value and the derivative of torch"
)

deep = first = Value(1)
for _ in range(10_000):
    deep = deep + deep * 0
deep.backward()
assert first.grad == 1, "a graph 10,000 additions deep is no problem for the engine"

# %% [markdown]
r"""
(The test of this module does so for random numbers and random programs.)
"""

# %% [markdown]
r"""
## The PyTorch way: `grad_fn`

PyTorch has noted the same graph. Every result carries its node as `grad_fn`, and a node leads on in
`next_functions`.
"""

# %%
x = torch.tensor(2.0, requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
g = w * x
y = g + x

print(y.grad_fn.name())
for node, _ in y.grad_fn.next_functions:
    print("  leads to", node.name())

# %% [markdown]
r"""
`AccumulateGrad` is the end of a way: it adds what arrives to the `grad` of its leaf. That is all one
needs to draw it. [`trace`][course.autograd.graph.trace] goes through these nodes with `backward_order`,
as our engine does. It meets only what leads to a tensor that asked for a gradient, and
[each run records a graph of its own](#going-deeper-what-is-recorded-and-what-is-not).

::: course.autograd.graph.trace
"""

# %% alt="The graph of y, g, w and x once more, now drawn from torch's record: y, AddBackward0, at the top, leads to g, MulBackward0, and to x; g leads to w and to x. At the leaves stands the shape (), one number."
from course.autograd.graph import trace

plotting.diagram(*trace(y, {"x": x, "w": w, "g": g, "y": y}))

# %% tags=["claim", "always"]
assert trace(y)[1] == ours[1], "torch has recorded the four edges that ours has"

# %% [markdown]
r"""
## Going deeper: each node once, in order

What the walk needs is an order in which no node comes before those that use it.

::: course.autograd.graph.backward_order

[`backward_order`][course.autograd.graph.backward_order] counts for each node how many uses are still
to come. It is a loop rather than a function that calls itself: Python stops the latter after about a
thousand calls, and a graph can be much deeper than that. For the smallest case:
"""

# %%
from course.autograd.graph import backward_order

computed_from = {"y": ["g", "x"], "g": ["w", "x"], "w": [], "x": []}
print(backward_order("y", computed_from.__getitem__))

# %% tags=["claim", "always"]
order = backward_order("y", computed_from.__getitem__)
assert order.index("g") < order.index("x"), "x waits for g, though an edge leads to it from y"

# %% [markdown]
r"""
## Going deeper: what is recorded, and what is not

Here is something that you will train: predictions from three inputs, and their
[mean squared error](../linear/cost.py).
"""

# %% alt="A chain of boxes from top to bottom: loss, MeanBackward0; PowBackward0; SubBackward0; predictions, AddBackward0. From there one arrow leads to MvBackward0 and on to the leaf w of shape (3,), the other to the leaf b of shape (). Neither inputs nor targets are in the picture."
generator = torch.Generator().manual_seed(0)
inputs = torch.randn(5, 3, generator=generator)
targets = torch.randn(5, generator=generator)
w = torch.randn(3, generator=generator, requires_grad=True)
b = torch.zeros((), requires_grad=True)

predictions = inputs @ w + b
loss = ((predictions - targets) ** 2).mean()

names = {"inputs": inputs, "targets": targets, "w": w, "b": b}
plotting.diagram(*trace(loss, names | {"predictions": predictions, "loss": loss}))

# %% tags=["claim", "always"]
leaves = sorted(text for text in trace(loss, names)[0] if "Backward" not in text)
assert leaves == ["b\n()", "w\n(3,)"], (
    "inputs and targets are not in the graph: nothing asks for their gradients"
)

deep = leaf = torch.ones((), requires_grad=True)
for _ in range(10_000):
    deep = deep + 1
deep.backward()
assert leaf.grad == 1, "a graph of 10,000 additions is no problem for torch"
assert len(trace(deep)[0]) == 10_001, "and `trace` reads it"

# %% [markdown]
r"""
A node stands here for a whole array, and an edge no longer for one number but for a function, which turns
the gradient of the result into that of the input: the
[vector–Jacobian product](partial.py#going-deeper-many-results-the-vectorjacobian-product).

Inputs and targets were named, and are not in the picture: where no gradient is wanted, nothing is
recorded. (Our engine is less thrifty: in `3 * a`, the 3 gets a gradient as well.) Cut the record, with
`detach` or `no_grad`, and everything below the cut is gone. What has no record cannot be traced:
"""

# %% tags=["raises-exception"] cause="A result that was detached, or computed inside `no_grad`, has no record to go back through."
trace(loss.detach())

# %% [markdown]
r"""
And a graph belongs to a run, not to your program. Every call records a new one, so an `if` or a loop
may go another way each time: what is derived is what happened.
"""

# %% [markdown]
r"""
## Going deeper: a function with a derivative of its own

PyTorch derives the formula that you write. Sometimes that is not good enough. The *softplus*
$\ln(1 + e^x)$ is a ReLU with a rounded corner, and by hand its derivative is the sigmoid, $\sigma(x)$.
Here are the formula itself, and another one for the same function, without the overflow of $e^x$.
"""


# %%
from course.autograd.partial import derivatives


def as_written(x):
    return torch.log(1 + torch.exp(x))


def without_overflow(x):
    return torch.relu(x) + torch.log1p(torch.exp(-x.abs()))


points = torch.tensor([-2.0, 0.0, 2.0, 1000.0])
print("by hand         ", points.sigmoid())
print("as written      ", derivatives(as_written, points))
print("without overflow", derivatives(without_overflow, points))

# %% [markdown]
r"""
As written, the gradient at 1000 is `nan`. There $e^x$ overflows to infinity, and on the way back its
logarithm passes on one divided by infinity, which is 0: zero times infinity is no number. The second
formula has the right value everywhere, yet at 0 both of its parts have a corner. The corners cancel in
the sum, but torch derives part by part and takes 0 at each corner, so the gradient there is
{{ derivatives(without_overflow, points)[1].item():.0f }} instead of one half. So give the function its
own derivative: a subclass of `torch.autograd.Function`, with both directions.

::: course.autograd.graph.Softplus

`backward` gets `gradient`, what has arrived at the node, and returns what is to be passed on: that,
times the derivative of the edge. `ctx` carries from one direction to the other what is saved, here the
input. Call the class through its `apply`, which [`softplus`][course.autograd.graph.softplus] does for
you; [`Softplus`][course.autograd.graph.Softplus] is then one node of the graph.
"""

# %%
from course.autograd.graph import softplus

print("with its own    ", derivatives(softplus, points))

x = points.clone().requires_grad_()
print(trace(softplus(x), {"x": x}))

# %% [markdown]
r"""
Who checks a derivative that you wrote by hand? `torch.autograd.gradcheck` compares it with the
[central difference](derivatives.py#without-any-rule-the-central-difference), for every pair of an
input and an output; `gradgradcheck` does so for the derivative of the derivative. Give both `float64`,
where the difference is accurate enough.
"""

# %%
from torch.autograd import gradcheck, gradgradcheck

x = torch.tensor([-2.0, 0.0, 2.0, 30.0], dtype=torch.float64, requires_grad=True)
print(gradcheck(softplus, x), gradgradcheck(softplus, x))

# %% tags=["claim", "always"]
assert gradcheck(softplus, x), "`gradcheck` finds the derivative of `softplus` right"
assert gradgradcheck(softplus, x), "`gradgradcheck` finds its second derivative right"
assert torch.allclose(derivatives(softplus, points), points.sigmoid()), (
    "it is the sigmoid at all four points, 0 and 1000 among them"
)
assert derivatives(as_written, points)[3].isnan(), (
    "derived from the formula as written, it is nan at 1000"
)
assert derivatives(without_overflow, points)[1] == 0, "derived from the other formula, it is 0 at 0"

# %% [markdown]
r"""
## Going deeper: a gradient that is not passed on

The derivative of the softplus is the sigmoid, so let `backward` return the sigmoid. And test it, of
course.
"""


# %%
class Forgetful(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return without_overflow(x)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return x.sigmoid()


print("expected", points.sigmoid())
print("found   ", derivatives(Forgetful.apply, points))

# %% [markdown]
r"""
It passes the test. The [sum trick](partial.py#many-points-at-once-the-sum-trick) sends a gradient of 1 to
each element, and nobody misses a factor of 1.
"""

# %% tags=["hide-input"]
four, right = points.clone().requires_grad_(), points.clone().requires_grad_()
Forgetful.apply(four).mean().backward()
softplus(right).mean().backward()
factor = (four.grad[1] / right.grad[1]).item()
Question(
    "Then you use it in a loss that is the **mean** over four elements. What is wrong with the "
    "gradient?",
    Choice(
        "Nothing",
        abs(factor - 1) < 1e-3,
        "The mean passes on a quarter to each, and it is dropped.",
    ),
    Choice(
        "It is 4 times too large",
        abs(factor - 4) < 1e-3,
        f"The mean passes on a quarter to each element, and the node throws it away. It is {factor:.0f} "
        "times too large, as if the learning rate were. There is no error, and training may go on for "
        "long.",
    ),
    Choice(
        "It is 4 times too small",
        abs(factor - 0.25) < 1e-3,
        "It would be if a quarter were multiplied twice. Here it is not multiplied at all.",
    ),
)

# %% [markdown]
r"""
`gradcheck` is not fooled, because it sends a gradient into each output in turn.
"""

# %% tags=["raises-exception"] cause="The `backward` gives another derivative than central differences do: it does not multiply by the gradient that comes in, its formula is wrong, or the inputs are `float32`, which is too coarse for the comparison."
gradcheck(Forgetful.apply, x)

# %% [markdown]
r"""
These are two [Jacobians](partial.py#going-deeper-many-results-the-vectorjacobian-product), with a row for each input here.
By differences, each output depends on its own input alone. From the forgetful node an input gets the
same, whichever output was asked about.

**The repair** is one factor, `gradient * x.sigmoid()`. **The symptom** to remember: a gradient that
does not change when you multiply the loss by 3.
"""

# %% tags=["claim", "always"] symptom="The gradient does not change when the loss is multiplied by 3" cause="The `backward` of a function of your own leaves out the gradient that comes in."
once, thrice = (derivatives(f, points) for f in (Forgetful.apply, lambda x: 3 * Forgetful.apply(x)))
assert torch.equal(once, thrice), "the forgetful gradient ignores a factor of 3 in the loss"
assert torch.allclose(derivatives(lambda x: 3 * softplus(x), points), 3 * points.sigmoid()), (
    "the repaired one is 3 times as large"
)

# %% [markdown]
r"""
## Practice

Write your part and run it; `check` says ✓, or what is missing. The last exercise is about [a function with
a derivative of its own](#going-deeper-a-gradient-that-is-not-passed-on).
"""

# %% tags=["hide-input"]
from course.autograd.exercises import graph as exercises

exercises.one_more_operation

# %% tags=["hide-input"]
exercises.who_gets_a_gradient

# %% tags=["fold"]
from course.autograd.exercises import graph as exercises

model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
hidden = model[0](inputs).relu()
cut = model[2](torch.tensor(hidden.tolist())).mean()
whole = model(inputs).mean()
arrived = exercises.reached(cut, dict(model.named_parameters()))
assert exercises.reached(whole, dict(model.named_parameters())) == list(model.state_dict())
assert arrived == ["2.weight", "2.bias"]

# %% [markdown]
r"""
??? success "What you find"
    Compute the hidden layer of a small network, and make a new tensor from its numbers, as one does to
    look at them. For the loss that goes on from there, the function finds
    {{ len(arrived) }} of the {{ len(model.state_dict()) }} parameters: {{ ", ".join(f"`{name}`" for name in arrived) }}.
    The first layer will never learn, and nothing fails.
"""

# %% tags=["hide-input"]
exercises.repair_backward

# %% tags=["fold"]
kept = exercises.SlopeKept.apply
first = gradcheck(kept, x, raise_exception=False)
second = gradgradcheck(kept, x, raise_exception=False)
assert first
assert not second
assert gradgradcheck(exercises.Sigmoid.apply, x)

# %% [markdown]
r"""
??? success "What you find"
    Why not save the derivative itself, which `forward` could compute once? With
    `exercises.SlopeKept`, which does so, `gradcheck` says {{ first }} and `gradgradcheck` says
    {{ second }}. What is neither input nor result has no record, so torch takes it for a constant, and
    whoever derives the gradient once more gets less than is there, without an error.
"""

# %% [markdown]
r"""
## What to remember

- What you compute with tensors that require a gradient is recorded as a graph. `grad_fn` is a node of
  it, `next_functions` are its edges, and leaves are its ends.
- A gradient is the sum over all ways of the product of the derivatives along each. One visit per node
  gives it for all leaves at once, in an order in which no node comes before those that use it.
- What needs no gradient is not in the graph, and each run records a graph of its own.

Reference: [`backward_order`][course.autograd.graph.backward_order],
[`trace`][course.autograd.graph.trace], [`softplus`][course.autograd.graph.softplus],
[`Value`][course.autograd.engine.Value], [`trace_values`][course.autograd.engine.trace_values],
[`diagram`][course.plotting.drawings.diagram.diagram]. The tests that prove the first five are
`tests/autograd/test_graph.py` and `tests/autograd/test_engine.py`. Next:
[data](../data/index.md), or back to the [theme](index.md) and its key takeaway.
"""
