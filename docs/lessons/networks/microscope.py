# ---
# title: The microscope
# description: >-
#   Look at one training step: every tensor, its gradient, and what the update makes of it.
# needs: >-
#   [the computation graph](../autograd/graph.py), [the training loop](../training/loop.py) and
#   [softmax](softmax.py)
# ---

# %% [markdown]
r"""
**The question.** A training step moves thousands of numbers, and of all of them you see one: the loss. What
happens to the others? And if the loss does not fall as it should, which of them is to blame?

## The idea

A step is four calls: `zero_grad`, forward, `backward`, `step`. For each tensor that takes part, four things are
worth knowing:

- its **value**: the mean of its elements, and their *spread*, the standard deviation;
- its **gradient**: what arrives at it on the way back, or that nothing does;
- its **update**: what the step adds to it;
- and for a parameter the **ratio** of the two: how large the update is, in parts of the parameter.

A tensor has many elements, so take its *size*: the root of the mean of their squares (*RMS*). For a parameter $w$
with the gradient $g$ and plain gradient descent with the learning rate lr,

$$
\text{ratio} = \frac{\operatorname{size}(w_\text{after} - w)}{\operatorname{size}(w)}
= \frac{\text{lr} \cdot \operatorname{size}(g)}{\operatorname{size}(w)} .
$$

## The smallest case, by hand

One weight, one row, no bias: $\hat y = w x$ with $w = 2$, $x = 3$ and the target 5. So $\hat y = 6$, and the squared
error is 1. Backwards: its derivative by $\hat y$ is $2 (6 - 5) = 2$, by $w$ it is $2 \cdot 3 = 6$. With the learning
rate $\frac{1}{10}$ the weight moves by $-\frac{6}{10}$, which is three tenths of it. Under the microscope:
"""

# %%
import torch
from torch import nn

from course.networks.microscope import watch

line = nn.Linear(1, 1, bias=False)
nn.init.constant_(line.weight, 2.0)
sgd = torch.optim.SGD(line.parameters(), lr=0.1)
seen = watch(line, torch.tensor([[3.0]]), torch.tensor([[5.0]]), nn.MSELoss(), sgd)
print(seen)

# %% [markdown]
r"""
Each line is a tensor. `linear` is $\hat y$, named after the function that computed it. `TBackward0` is a node
that no line of yours computed: `nn.Linear` multiplies by its weight *transposed*, and on the way back the gradient
passes there too. Autograd alone has seen that tensor, so its value is not known here (–). The last column is empty: it
fills when something is odd.

## How it sees

Everything is there in PyTorch already. You have to ask in four places:

| What | Where torch has it |
|---|---|
| each result, when it is computed | a mode that torch asks to make each call (`TorchFunctionMode`) |
| the module that computes it | a *hook*: a function of yours that a module calls, here before and after its forward pass |
| the gradient of a parameter | its `grad` |
| any other gradient | a hook on its node in the graph, its `grad_fn` |

All of it would leave traces. So [`watch`][course.networks.microscope.watch] copies model, rows, loss and optimizer, lets
the copy take the step, and puts the generators of random numbers back to where they were. Then another copy, with the weights after the update, computes the same
rows once more: that is how an intermediate gets its update, too.
([The code](#going-deeper-how-a-row-comes-about).)

## One step of a network

Images, one hidden layer, ten classes. The first 64 rows are enough for a step.
"""

# %%
import warnings

from course.data.mnist import load_fashion_mnist
from course.device import pick_device

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the next line says what was read
    train, _ = load_fashion_mnist()
print(train.source)

device = pick_device()
images = train.images[:64].float()
images = ((images - images.mean()) / images.std()).to(device)
labels = train.labels[:64].to(device)


def network(seed=0):
    torch.manual_seed(seed)
    layers = nn.Flatten(), nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10)
    return nn.Sequential(*layers).to(device)


model = network()
criterion = nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
seen = watch(model, images, labels, criterion, optimizer)
print(seen)

# %% [markdown]
r"""
Read it from below, as gradients come. The gradient of the loss by itself is 1. It passes the logarithm of the
softmax, the logits `3.linear`, the hidden units `2.relu`, and arrives at the weights. The loss is
{{ seen.loss.value.item():.2f }}, and {{ seen.loss.after.item():.2f }} after the update, on the same rows. The same as a picture, from the loss down to the parameters:
"""

# %% alt="A graph from top to bottom. At the top the loss, below it the logarithm of the softmax, then 3.linear, from which arrows lead to the parameters 3.bias and, through a transpose, 3.weight, and to 2.relu; below that 1.linear, with 1.bias and, through a transpose, 1.weight. In each box stand a name, a shape, the size of the value and that of the gradient." lead="One training step, drawn from what happened: each box a tensor with its size and that of its gradient, each arrow a way that a gradient took."
from course import plotting

plotting.diagram(*seen.graph())

# %% tags=["claim", "always"]
from course.networks.microscope import rms

own = [seen[name] for name, _ in model.named_parameters()]
assert all(torch.allclose(r.value - 0.1 * r.gradient, r.after, atol=1e-6) for r in own), (
    "for each parameter, the value less the learning rate times the gradient is the value after"
)
by_formula = [0.1 * rms(r.gradient) / rms(r.value) for r in own]
assert all(abs(r.ratio / one - 1) < 1e-2 for r, one in zip(own, by_formula, strict=True)), (
    "its ratio is that of the formula"
)

# %% [markdown]
r"""
## It changes nothing

A tool that looks at training must not take part in it. So watch a step, then take it yourself, and compare. This model
makes it hard: dropout draws random numbers, batch norm keeps running means in *buffers* (tensors of a model that are no
parameters), and Adam remembers earlier gradients.
"""

# %%
torch.manual_seed(1)
hard = nn.BatchNorm1d(32), nn.ReLU(), nn.Dropout()
layers = nn.Flatten(), nn.Linear(784, 32, bias=False), *hard, nn.Linear(32, 10)
restless = nn.Sequential(*layers).to(device)
adam = torch.optim.Adam(restless.parameters(), lr=1e-3)


def step(model, optimizer):
    optimizer.zero_grad()
    loss = criterion(model(images), labels)
    loss.backward()
    optimizer.step()
    return loss.item()


print("watched   ", watch(restless, images, labels, criterion, adam).loss.value.item())
print("then taken", step(restless, adam))

# %% tags=["claim", "always"]
before = {name: each.clone() for name, each in restless.state_dict().items()}
draws = torch.get_rng_state()
watched = watch(restless, images, labels, criterion, adam)
assert all(torch.equal(each, before[name]) for name, each in restless.state_dict().items()), (
    "after `watch`, weights and buffers are what they were, bit by bit"
)
assert torch.equal(draws, torch.get_rng_state()), "the generator of random numbers is where it was"
assert not any(each._forward_hooks for each in restless.modules()), "no hook is left behind"
assert restless.training, "the mode is what it was"
loss = step(restless, adam)
assert abs(loss - watched.loss.value.item()) < 1e-5, (
    "the step that comes next has the loss that was watched, dropout included"
)
pairs = [(watched[name].after, each.detach().cpu()) for name, each in restless.named_parameters()]
assert all(torch.allclose(one, other, atol=1e-4) for one, other in pairs), (
    "and each parameter becomes what was watched"
)

# %% [markdown]
r"""
## The PyTorch way

For one tensor you need no microscope. `retain_grad` has it keep its gradient, as a leaf does, and
`torch.autograd.grad` computes any gradient that you ask for:
"""

# %%
from course.networks.microscope import rms

hidden = model[:2](images)
hidden.retain_grad()
logits = model[2:](hidden)
loss = criterion(logits, labels)
(by_logits,) = torch.autograd.grad(loss, logits, retain_graph=True)
loss.backward()
print("hidden", rms(hidden.grad), " logits", rms(by_logits))

# %% tags=["claim", "always"]
same = {"1.linear": hidden.grad, "3.linear": by_logits, "1.weight": model[1].weight.grad}
assert all(
    torch.allclose(seen[name].gradient, gradient.cpu(), rtol=1e-4, atol=1e-7)
    for name, gradient in same.items()
), "`1.linear`, `3.linear` and `1.weight` have the gradients that autograd gives"

nodes = [loss.grad_fn]
for node in nodes:
    nodes += [each for each, _ in node.next_functions if each is not None and each not in nodes]
assert len(nodes) == len(seen.graph()[0]), (
    "each node of autograd's graph has its row, and no other has"
)

# %% [markdown]
r"""
## The ratio

Is an update of {{ seen["1.weight"].update_size:.1g}} large? For a weight of size 1 it is nothing; for one of size
{{ rms(seen["1.weight"].value).item():.1g}} it is {{ 100 * seen["1.weight"].ratio:.1g}} %. That is why the ratio is
worth a column. Three learning rates, each with the ratio of its first step, and the loss of these rows after 100:
"""

# %%
ratios, losses = {}, {}
for lr in (0.0001, 0.1, 100.0):
    model = network()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    ratios[lr] = watch(model, images, labels, criterion, optimizer)["1.weight"].ratio
    for _ in range(100):
        losses[lr] = step(model, optimizer)
    print(f"lr {lr:8}: ratio {ratios[lr]:8.2g}, loss after 100 steps {losses[lr]:8.3g}")

# %% tags=["claim", "always"]
assert abs(ratios[100] / ratios[0.1] / 1000 - 1) < 1e-2, (
    "with SGD the ratio of the first step grows as the learning rate"
)

# %% tags=["claim", "here"]
assert losses[0.1] < 0.5 * seen.loss.value.item(), "at the rate 0.1, the loss falls below half"
assert losses[0.0001] > 0.9 * seen.loss.value.item(), "at 0.0001, next to nothing happens"
assert not losses[100] < seen.loss.value.item(), (
    "at 100, the loss ends above where it began, or is no number"
)

# %% [markdown]
r"""
Far below a thousandth, a weight hardly gets anywhere; when updates are as large as the weights, each step
forgets what the last ones learned. **About a thousandth is a rule of thumb**, no law: at the start it may well be more,
and a bias that starts at 0 has an infinite ratio. Look at it to compare layers, and to notice powers of ten.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question


def times(factor):
    return lambda out, y: factor * criterion(out, y)


moves = {}
for kind in ("SGD", "Adam"):
    for factor in (1, 10):
        model = network()
        optimizer = getattr(torch.optim, kind)(model.parameters(), lr=1e-3)
        row = watch(model, images, labels, times(factor), optimizer)["3.weight"]
        moves[kind, factor] = row.update_size
sgd_grows = moves["SGD", 10] / moves["SGD", 1]
adam_grows = moves["Adam", 10] / moves["Adam", 1]
Question(
    "Somebody multiplies the loss by ten. What becomes of the update of the first step, with SGD and with "
    "Adam?",
    Choice(
        "Ten times as large with both",
        sgd_grows > 9 and adam_grows > 9,
        "All gradients are ten times as large, but Adam divides by their size.",
    ),
    Choice(
        "Ten times as large with SGD, the same with Adam",
        sgd_grows > 9 and abs(adam_grows - 1) < 0.1,
        f"With SGD it is {sgd_grows:.0f} times as large, with Adam {adam_grows:.2f} times: there, at "
        "the first step, each element moves by about the learning rate, whatever its gradient.",
    ),
    Choice(
        "The same with both",
        abs(sgd_grows - 1) < 0.1 and abs(adam_grows - 1) < 0.1,
        "SGD moves by the learning rate times the gradient, and the gradient has grown.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: a layer that never learns

Somebody wanted to look at the hidden units, needed an array, and left a `detach` in the forward pass.
"""


# %% symptom="The loss falls, but some layers keep the weights they started with" cause="A `detach`, `.data`, `no_grad` or a detour through NumPy in the forward pass cuts the graph: no gradient gets past it."
class Cut(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden, self.out = nn.Linear(784, 32), nn.Linear(32, 10)

    def forward(self, x):
        h = self.hidden(x.flatten(1)).relu()
        return self.out(h.detach())


torch.manual_seed(0)
cut = Cut().to(device)
start = cut.hidden.weight.detach().clone()
optimizer = torch.optim.SGD(cut.parameters(), lr=0.1)
falling = [step(cut, optimizer) for _ in range(100)]
print(f"loss {falling[0]:.2f}, after 100 steps {falling[-1]:.2f}")
print(watch(cut, images, labels, criterion, optimizer))

# %% [markdown]
r"""
The loss goes from {{ falling[0]:.2f }} to {{ falling[-1]:.2f }}: the last layer learns, on the random features of a hidden
layer that never moves. Nothing fails, and the loss does not tell. In the table it is plain: **`cut`** stands where
the graph ends, and **`no gradient`** at all that comes before. **The repair** is to take the `detach` out, and to detach the copy that you look at. A layer that was *meant* to stay says
`frozen`.

Other remarks are `gradient 0` (zeros arrived: dead units, for example), `not moved` (a gradient, but the
optimizer does not hold it), and `not finite`.
"""

# %% tags=["claim", "always"]
repaired = network()
repaired[1].requires_grad_(False)
optimizer = torch.optim.SGD(repaired.parameters(), lr=0.1)
frozen = watch(repaired, images, labels, criterion, optimizer)
repaired.requires_grad_(True)
whole = watch(repaired, images, labels, criterion, optimizer)

assert torch.equal(start, cut.hidden.weight), "behind the cut, no weight has moved in 100 steps"
assert [row.name for row in frozen.rows if row.remark] == ["1.weight", "1.bias"], (
    "of a network whose first layer is frozen, its two parameters have a remark, and nothing else"
)
assert not any(row.remark for row in whole.rows), "in the network without a cut, nothing has one"

# %% tags=["claim", "here"]
assert falling[-1] < 0.75 * falling[0], "yet the loss has fallen by more than a quarter"

# %% [markdown]
r"""
## Going deeper: how a row comes about

::: course.networks.microscope.watch

A step is a forward pass with a `Recorder` around it, then `backward` and `step`.

::: course.networks.microscope.Recorder

Each call of a torch function comes by at `__torch_function__`, which makes it and notes what comes back. The numbers are
copied at once, because a later step may change them in place. A row belongs to a node and the number of its
result: after a change in place the same tensor has *another* node, and gets another row. (`retain_grad` follows the
tensor, and has the gradient of what it has become. Where a *part* was changed in place, torch keeps one gradient for
the whole, and the rows of the part say `in the whole`.) Inside the call the mode is off.
So what a function computes on the way, as the logarithm in `cross_entropy`, is not seen: those nodes are found in the
graph afterwards, with shape and gradient, and with their value where autograd has saved it. The recorder alone, around a
forward pass:
"""

# %%
from course.networks.microscope import Recorder

fresh = network()
with Recorder(fresh, [images]) as recorder:
    fresh(images)
for row in recorder.rows:
    print(f"{row.name:10} {row.operation:15} {row.shape}")

# %% [markdown]
r"""
(It leaves its hooks in the modules, so give it a copy, as `watch` does.)

## Going deeper: a larger model, as a DataFrame

Convolution, batch norm, a module that is called twice: a model of any kind can be watched, or is refused with a
sentence. `columns` gives the rows as pandas takes them, to sort and to filter:
"""


# %%
import pandas as pd


class Larger(nn.Module):
    def __init__(self):
        super().__init__()
        self.filters, self.norm = nn.Conv2d(1, 8, 3, stride=2), nn.BatchNorm2d(8)
        self.narrow = nn.Linear(8 * 13 * 13, 32)
        self.twice, self.out = nn.Linear(32, 32), nn.Linear(32, 10)

    def forward(self, x):
        h = self.norm(self.filters(x.reshape(-1, 1, 28, 28))).relu()
        h = self.narrow(h.flatten(1)).relu()
        h = self.twice(h).relu()
        h = self.twice(h).relu()
        return self.out(h)


torch.manual_seed(0)
larger = Larger().to(device)
optimizer = torch.optim.Adam(larger.parameters(), lr=1e-3)
seen = watch(larger, images, labels, criterion, optimizer)
frame = pd.DataFrame(seen.columns()).set_index("name")
columns = ["shape", "gradient", "update", "ratio"]
frame[frame.kind == "parameter"][columns].sort_values("ratio").head(8)

# %% [markdown]
r"""
`filters.bias` stands out: batch norm takes away the mean of each channel, and with it whatever that bias adds, so the
loss does not depend on it. What arrives is rounding error, {{ seen["filters.bias"].gradient_size:.0e}}. Adam
divides even that by its size, and moves the bias by nearly the full rate. All that was computed:
"""

# %%
frame[frame.kind == "intermediate"][["path", "operation", "shape", "gradient"]]

# %% tags=["claim", "always"]
assert seen["filters.bias"].gradient_size < 1e-2 * seen["norm.bias"].gradient_size, (
    "a bias before batch norm gets no more than rounding error"
)
assert seen["twice#2.linear"].gradient is not None, "a module that is called twice has both calls"

# %% [markdown]
r"""
What cannot be right is refused. Here the loss uses a tensor that belongs to no module, and that a copy would
not have:
"""

# %% tags=["raises-exception"] cause="A tensor that asks for a gradient is no parameter of the model, so neither its optimizer nor a copy of it has it: make it an `nn.Parameter`."
scale = torch.ones(10, requires_grad=True, device=device)
watch(network(), images, labels, lambda out, y: criterion(out * scale, y), optimizer)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import microscope as exercises

exercises.no_gradient

# %% tags=["fold"]
from course.networks.exercises import microscope as exercises

step(cut, torch.optim.SGD(cut.parameters(), lr=0.1))
silent = exercises.without_gradient(cut)
assert silent == ["hidden.weight", "hidden.bias"]

# %% [markdown]
r"""
??? success "What you find"
    In the network with the cut: {{ ", ".join(f"`{name}`" for name in silent) }}. Two lines of code behind `backward`
    would have told.
"""

# %% tags=["hide-input"]
exercises.rate_for_ratio

# %% tags=["fold"]
rate = exercises.rate_for(whole["1.weight"].value, whole["1.weight"].gradient, 1e-3)
tenfold = exercises.rate_for(whole["1.weight"].value, 10 * whole["1.weight"].gradient, 1e-3)
assert abs(rate / tenfold - 10) < 1e-3

# %% [markdown]
r"""
??? success "What you find"
    For the first layer of the network above it is {{ rate:.2g }}, and {{ tenfold:.2g }} if the loss is multiplied by
    ten: a learning rate belongs to a loss. For another layer it is another rate, which is one reason for optimizers
    that scale each element by itself.
"""

# %% tags=["hide-input"]
exercises.own_microscope

# %% tags=["fold"]
found = exercises.gradient_at(repaired, "2", images, labels, criterion)
assert torch.allclose(found.cpu(), whole["2.relu"].gradient, rtol=1e-4, atol=1e-7)

# %% [markdown]
r"""
??? success "What you find"
    For the hidden units of the network above it is the gradient in the row `2.relu`, of the size
    {{ rms(found).item():.2g }}.

## What to remember

- A step can be looked at whole: for each tensor its value, its gradient and its update.
- A parameter without a gradient, `grad is None`, is frozen, unused, or behind a cut. The loss may fall all the same.
- The ratio of update to weight compares layers and learning rates. It is a symptom, not a law.
- A tool that looks must change nothing: the step you take next is the one you watched.

Reference: [`watch`][course.networks.microscope.watch], [`Watched`][course.networks.microscope.Watched],
[`Row`][course.networks.microscope.Row], [`Recorder`][course.networks.microscope.Recorder],
[`rms`][course.networks.microscope.rms]. The test that proves them is `tests/networks/test_microscope.py`.
Next: [errors that raise](errors.py).
"""
