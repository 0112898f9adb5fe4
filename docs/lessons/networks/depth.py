# ---
# title: Deep and silent
# description: >-
#   Why many layers may learn nothing: how large signals and gradients are behind each layer,
#   predicted and measured, and two ways to keep them.
# needs: >-
#   [softmax and its loss](softmax.py), [the training loop](../training/loop.py), and
#   [flat sigmoids](../logistic/saturation.py) for what a small gradient does
# ---

# %% [markdown]
r"""
**The question.** With two hidden layers, a network learns to read digits. Give it twenty: it learns nothing, and
raises no error. What happens on the way through so many layers?

## The idea

Each layer multiplies the size of what comes in by some factor. Behind $l$ layers of one kind, that is a *power* of
the factor, and powers leave no middle way: a factor of 0.4 <!-- number: an example --> makes
{{ 0.4**20:.0e}} in twenty layers, and one of 2 makes {{ 2**20:,}}. The gradient goes through the same layers on its way back,
and meets much the same factors. So a deep network learns only if **the factor of a layer is very close to 1**. Who
decides that? Its *initialisation*: the random weights with which it starts.

## The smallest case, by hand

Take one unit. It adds up $d$ inputs $a_j$, each times a weight $w_j$ that was drawn with mean 0: $z = \sum_j w_j a_j$.
Products of different weights are 0 on average, so only the squares are left:

$$
E[z^2] = d \; \operatorname{var}(w) \; E[a^2] .
$$

$E$ is the mean over all draws. So that $d$ no longer matters, draw weights with the standard deviation
$\text{gain} / \sqrt{d}$. Then $E[z^2] = \text{gain}^2\, E[a^2]$: a linear layer multiplies the *size* of a signal, the root of its mean square, by
the gain. Then comes an activation. ReLU puts 0 in place of what is negative, and that takes away half of
the squares. Ten thousand such units:
"""

# %%
import torch

generator = torch.Generator().manual_seed(0)
d = 256
a = torch.randn(d, generator=generator)
a = a / a.square().mean().sqrt()  # inputs of size 1
weight = 2**0.5 / d**0.5 * torch.randn(10_000, d, generator=generator)  # gain √2
z = weight @ a
for name, values in {"inputs": a, "layer": z, "ReLU": torch.relu(z)}.items():
    print(f"mean square behind {name:6} {values.square().mean():.2f}")

# %% [markdown]
r"""
One layer with its ReLU multiplies the size by $\text{gain} / \sqrt 2$. Three gains are in use:
"""

# %%
from torch import nn

gains = {"nn.Linear": 3**-0.5, "Xavier": 1.0, "He": 2**0.5}
for name, gain in gains.items():
    factor = gain / 2**0.5
    print(f"{name:9} gain {gain:.3f}: × {factor:.3f} a layer, × {factor**20:.1e} in twenty")

torch.manual_seed(0)
new = nn.Linear(400, 1000).weight.detach()
print(f"measured on a new nn.Linear: gain {new.std() * 400**0.5:.3f}")

# %% [markdown]
r"""
*Xavier* (Glorot and Bengio, 2010) made linear layers keep the size. *He* (He et al., 2015) added the $\sqrt 2$ that makes up
for ReLU. And a new `nn.Linear` of PyTorch draws from $-1/\sqrt d$ to $1/\sqrt d$, whose standard deviation
is $1/\sqrt{3d}$: less than He's by the factor $\sqrt 6$, although the code of PyTorch says
`kaiming_uniform_`, after He's first name.

## A deep network as a module

::: course.networks.depth.Deep

`nn.ModuleList` is a list of layers that the model knows of. [What goes wrong](#what-goes-wrong-a-plain-list) shows what happens
without it. [`initialise`][course.networks.depth.initialise] draws all weights with a gain, and puts the biases to 0.
**The PyTorch way** is in `nn.init`:
"""

# %% tags=["claim", "always"]
from course.networks.depth import Deep, initialise

model = Deep([64, 64, 64])
for gain, fill in (
    (gains["He"], nn.init.kaiming_normal_),
    (gains["Xavier"], nn.init.xavier_normal_),
):
    initialise(model, gain, torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(0)
    theirs = [fill(torch.empty(64, 64), generator=generator) for _ in model.layers]
    same = all(
        torch.allclose(layer.weight, other)
        for layer, other in zip(model.layers, theirs, strict=True)
    )
    assert same, (
        f"with the gain {gain:.3g}, in layers with as many inputs as outputs, the weights are those "
        f"of `nn.init.{fill.__name__}`"
    )
assert new.abs().max() <= 400**-0.5, "no weight of a new `nn.Linear` is larger than 1/√d"
assert abs(new.std() * 400**0.5 - 3**-0.5) < 0.01, "their standard deviation is 1/√(3d)"

# %% [markdown]
r"""
## Layer by layer

Twenty hidden layers, 256 units wide, and 500 of [scikit-learn's digits](../data/index.md) to go through, with pixels that have the size 1.
[`signals`][course.networks.depth.signals] gives the size of what comes out of each layer, and the size of
the gradient of the loss there. [`predicted_signals`][course.networks.depth.predicted_signals] has seen neither weights nor digits: it multiplies factors.
"""

# %%
from sklearn.datasets import load_digits

from course.networks.depth import Deep, Residual, initialise, predicted_signals, signals

pixels, digits = load_digits(return_X_y=True)
x, y = torch.tensor(pixels).float(), torch.tensor(digits)
x = (x - x.mean()) / x.std()


def hidden_signals(model, gain, seed=0):
    """Return the sizes at the hidden layers; of gradients, as parts of the last one's."""
    initialise(model, gain, torch.Generator().manual_seed(seed))
    spread, gradient = signals(model, x[:500], y[:500])
    return spread[:-1], gradient[:-1] / gradient[-2]


sizes = [64, *[256] * 20, 10]
predictions = {name: predicted_signals(gain, torch.relu, 20) for name, gain in gains.items()}
measured = {name: hidden_signals(Deep(sizes), gain) for name, gain in gains.items()}

# %% alt="Two panels against the layer from 1 to 20, on log scales, each with three straight lines and marks close to them. Left, the size of the output: that for nn.Linear falls from about 1 to less than a ten-millionth, that for Xavier to about a thousandth, and that for He stays level. Right, the size of the gradient: all end at 1 in layer 20; going back to layer 1, that for nn.Linear falls to less than a ten-millionth, that for Xavier to about a thousandth, that for He stays level." lead="Twenty layers, three ways to start: lines are predicted, marks are measured. What is lost forwards is lost backwards, too."
from course import plotting

plotting.predicted(
    {
        title: {name: (predictions[name][k], measured[name][k]) for name in gains}
        for k, title in enumerate(("size of the output", "size of the gradient"))
    }
)

# %% tags=["claim", "here"]
for name, gain in gains.items():
    per_layer = (measured[name][0][-1] / measured[name][0][0]) ** (1 / 19)
    assert abs(per_layer / (gain / 2**0.5) - 1) < 0.05, (
        f"with the gain of {name}, a layer multiplies the output by {gain / 2**0.5:.3f}, to 5 percent"
    )
first = measured["nn.Linear"][1][0]
assert first < 1e-6, (
    "with the gain of `nn.Linear`, less than a millionth of the gradient gets back to layer 1"
)
assert 0.3 < measured["He"][1][0] < 3, "with He's it arrives, to a factor of 3"

# %% [markdown]
r"""
This is what *vanishing gradients* are: a product of small factors. Nothing breaks, the numbers are right, and the
first layers do not move. Factors above 1 make gradients *explode*. How exact must the gain be, and what does another activation change?
"""

# %% alt="The size of the output of each layer, from 1 to 50, on a log scale, for three gains. For 1.41 it is level. For 1.34, five percent less, it falls in a straight line to about a tenth, and for 1.48 it rises to about ten."
import functools

near = {
    f"gain {gain:.2f}": predicted_signals(gain, torch.relu, depth=50)[0]
    for gain in (2**0.5, 0.95 * 2**0.5, 1.05 * 2**0.5)
}
figure = plotting.curves(near, xlabel="hidden layer", ylabel="size of the output", log=True)


@functools.wraps(predicted_signals)
def by_name(gain, activation, depth, skip, points):
    return predicted_signals(gain, getattr(torch, activation), depth, skip)


points = torch.arange(-64, 64).double() / 8 + 1 / 16  # where the package evaluates an activation
plotting.demo(
    "depth",
    figure,
    "Fifty layers of ReLU: for which gains do output and gradient stay within a factor of ten, the gray "
    "band? For which of tanh? And with `x + f(x)`?",
    {"points": points, "start": gains["nn.Linear"]},
    [
        (by_name, gain, activation, depth, skip, points)
        for gain, activation, depth, skip in (
            (0.6, "relu", 4, 0.0),
            (1.5, "relu", 5, 1.0),
            (1.2, "tanh", 6, 0.0),
            (0.9, "tanh", 5, 1.0),
            (1.7, "tanh", 3, 0.5),
        )
    ],
)

# %% [markdown]
r"""
## The depth at which learning stops

Does it matter for training? A tenth of the digits are put aside. Networks of growing depth, 64 units wide, get ten epochs each,
all with one optimizer and one learning rate. Only the weights at the start differ.
"""

# %% tags=["fold"]
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy
from course.training.splits import split_rows

rows, validation = split_rows(len(x), (0.9, 0.1), torch.Generator().manual_seed(0))


def trained(model, device):
    """Return the training losses, and the share of the validation rows that is right."""
    generator = torch.Generator().manual_seed(1)
    batches = Batches(TensorDataset(x[rows], y[rows]), 64, shuffle=True, generator=generator)
    model.to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    history = fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=10)
    right = accuracy(*predict(model, [(x[validation], y[validation])])).item()
    return history.training, right


def widths(depth):
    return [64, *[64] * depth, 10]


device = pick_device()
torch.manual_seed(0)
depths = [2, 4, 6, 12, 24]
right = {"as nn.Linear starts": [], "He": []}
for depth in depths:
    right["as nn.Linear starts"].append(trained(Deep(widths(depth)), device)[1])
    model = Deep(widths(depth))
    initialise(model, gains["He"], torch.Generator().manual_seed(depth))
    right["He"].append(trained(model, device)[1])
for name, shares in right.items():
    print(
        f"{name:19}",
        *(f"{depth}: {share:.2f}" for depth, share in zip(depths, shares, strict=True)),
    )

# %% alt="Share of the validation rows that is right, against the number of hidden layers, 2 to 24. As nn.Linear starts, it falls steeply, from almost 1 at two layers to about a tenth at twelve, where it stays. With He it stays above 0.9 up to twelve layers and is lower at 24."
shares = {name: torch.tensor(each) for name, each in right.items()}
plotting.functions(
    torch.tensor(depths).float(),
    shares,
    xlabel="hidden layers",
    ylabel="validation rows right",
    marks=shares,
)

# %% tags=["claim", "here"]
default, he = right["as nn.Linear starts"], right["He"]
assert min(default[0], he[0]) > 0.9, "two hidden layers learn with either start: over 90 percent"
assert max(default[3:]) < 0.2, (
    "as `nn.Linear` starts, twelve layers and 24 get less than a fifth of the rows right"
)
assert he[3] > 0.85, "with He's weights, twelve layers get over 85 percent"

# %% [markdown]
r"""
A tenth is what a guess gets. As `nn.Linear` starts, learning stops before twelve layers, with these few
steps. He's weights put that off, and do not remove it: at 24 layers they begin to suffer, too. Keeping the size on average is not
everything. The factors scatter around 1, and the outputs of different rows become more and more alike.

## The repair: add what came in

Let each layer between the first and the last *add* to its input instead of replacing it, $x + f(x)$: a *residual
connection*. [`Residual`][course.networks.depth.Residual] has the layers of `Deep`, and in the loop

`found.append(found[-1] + layer(self.activation(found[-1])))`

What comes in, goes on by itself. With random weights $x$ and $f(x)$ have nothing to do with each other, so their squares
add up, and each such block multiplies the size by $\sqrt{1 + \text{gain}^2 / 2}$, forwards and backwards. That is never
below 1, and with small weights it is hardly above: with the gain of `nn.Linear` the size grows by {{ 100 * ((1 + 1 / 6) ** 0.5 - 1):.0f}} <!-- number: computed --> percent in a block.
"""

# %%
spread, gradient = hidden_signals(Residual(sizes), gains["nn.Linear"])
expected, _ = predicted_signals(gains["nn.Linear"], torch.relu, depth=20, skip=1.0)
print(
    f"layer 20, as part of layer 1: {expected[-1] / expected[0]:.2f} predicted, "
    f"{spread[-1] / spread[0]:.2f} measured"
)

# %% tags=["fold"]
torch.manual_seed(0)
residual = [trained(Residual(widths(depth)), device)[1] for depth in depths]
print(
    "x + f(x), as nn.Linear starts:",
    *(f"{d}: {s:.2f}" for d, s in zip(depths, residual, strict=True)),
)

# %% tags=["claim", "here"]
assert abs(spread[-1] / spread[0] / (7 / 6) ** (19 / 2) - 1) < 0.25, (
    "nineteen blocks x + f(x) multiply the size by √(7/6) to the power of 19, to 25 percent"
)
assert residual[-1] > he[-1], "with x + f(x), 24 layers get more right than with He's weights"
assert residual[-1] > 0.85, (
    "with x + f(x), 24 layers learn, with the start that silenced twelve: over 85 percent"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

grown = (predicted_signals(gains["He"], torch.relu, 21, skip=1.0)[0][-1] / gains["He"]).item()
Question(
    "You start twenty blocks $x + f(x)$ with He's gain. By what do they multiply the size of a signal?",
    Choice(
        "by 1: that is what He's gain is for",
        abs(grown - 1) < 0.1,
        "It is made for layers that *replace* their input. Here what came in is added.",
    ),
    Choice(
        "by about 20",
        15 < grown < 25,
        "Sizes would add up like that if all blocks pointed the same way. With random weights *squares* add up, and each is as large as all before.",
    ),
    Choice(
        "by about a thousand",
        900 < grown < 1200,
        f"Each block doubles the square, 1 + 2/2 = 2. Twenty doublings of the square are {grown:,.0f} for the size.",
    ),
)

# %% [markdown]
r"""
## What goes wrong: a plain list

A list of Python holds layers just as well, and the model computes the same. But `nn.Module` finds what it is to train by
looking at its attributes, and does not look into lists.
"""


# %% tags=["raises-exception"] cause="All layers are in a plain Python list, where `parameters()` does not look: keep them in an `nn.ModuleList`."
class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = [nn.Linear(64, 64), nn.Linear(64, 64), nn.Linear(64, 10)]


torch.optim.SGD(Listed().parameters(), lr=0.01)

# %% [markdown]
r"""
That one is loud. With one layer outside of the list, it is silent:
"""


# %%
class HalfListed(nn.Module):
    def __init__(self, keep):
        super().__init__()
        self.hidden = keep([nn.Linear(64, 64), nn.Linear(64, 64)])
        self.last = nn.Linear(64, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.last(x)


# %% tags=["fold"] symptom="The loss falls, but not far, and some weights never change" cause="Those layers are in a plain Python list, so the optimizer does not have them: use `nn.ModuleList`."
for keep in (list, nn.ModuleList):
    torch.manual_seed(0)
    model = HalfListed(keep)
    before = [layer.weight.clone() for layer in model.hidden]
    losses, _ = trained(model, "cpu")
    still = all(map(torch.equal, before, (layer.weight for layer in model.hidden)))
    count = sum(each.numel() for each in model.parameters())
    print(
        f"{keep.__name__:10} {count:5,} parameters, loss {losses[-1]:.2f}, hidden layers the same: {still}"
    )
    if keep is list:
        stuck, missed = losses[-1], still

# %% tags=["claim", "always"]
assert missed, "in a plain list the hidden layers never change"
assert not still, "in a `ModuleList` they do"

# %% tags=["claim", "here"]
assert stuck > 2 * losses[-1], "and the loss stays more than twice as high"

# %% [markdown]
r"""
**The symptom** is a model that learns less than it should. `state_dict()` misses the layers, too, so they get lost when you save; and on a graphics card
there is an error, because `to(device)` leaves them behind. Count the parameters before you train.

## What goes wrong: the same weights

Why random weights at all? Start all weights of a layer with one value: each unit takes the mean of
its inputs. No signal vanishes. But units that start the same get the same gradient, and stay the same.
"""

# %% tags=["fold"] symptom="A wide layer learns no more than a single unit would" cause="All its units started with the same weights, so they get the same gradient and stay the same: draw the weights at random."
model = Deep([64, 64, 64, 10])
for layer in model.layers:
    nn.init.constant_(layer.weight, 1 / layer.in_features)
    nn.init.zeros_(layer.bias)
_, alike = trained(model, device)
apart = [(layer.weight - layer.weight[0]).abs().max().item() for layer in model.layers[:-1]]
print(f"right {alike:.2f}; units of the hidden layers apart by at most {max(apart):g}")

# %% tags=["claim", "always"]
moved = (model.layers[0].weight - 1 / 64).abs().max().item()
assert max(apart) < 1e-3 * moved, (
    "after ten epochs all units of a hidden layer still have the same weights, which have moved together"
)

# %% tags=["claim", "here"]
assert alike < 0.5, "64 units that are one get less than half of the digits right"

# %% [markdown]
r"""
The network is one unit wide, whatever the table of its weights says.

## Going deeper: the other functions

Drawing the weights, measuring, and the network that adds:

::: course.networks.depth.initialise

::: course.networks.depth.signals

::: course.networks.depth.Residual

## Going deeper: tanh, and a decay that is slow

A linear layer with Xavier's gain keeps the size. tanh does not: it bends towards 0, though hardly where the signal is small. So the smaller the signal, the less is taken,
and instead of a power the size falls only as $1 / \sqrt{2 l}$. For small $z$, $\tanh z \approx z - z^3 / 3$, and so a
mean square $q$ becomes about $q - 2 q^2$ (for normal numbers $E[z^4] = 3 q^2$). That is solved by $q = 1 / (2l)$.

::: course.networks.depth.predicted_signals

Its means over normal numbers are sums over points that lie close together.
"""

# %%
tanh = hidden_signals(Deep(sizes, torch.tanh), gains["Xavier"])[0]
theory = predicted_signals(gains["Xavier"], torch.tanh, depth=20)[0]
for layer in (2, 5, 10, 20):
    print(
        f"layer {layer:2}: {theory[layer - 1]:.3f} predicted, "
        f"{tanh[layer - 1]:.3f} measured, 1/√(2l) = {(2 * layer) ** -0.5:.3f}"
    )

# %% tags=["claim", "always"]
far = predicted_signals(gains["Xavier"], torch.tanh, depth=2000)[0][-1]
assert abs(far * 4000**0.5 - 1) < 0.01, "at layer 2,000 the prediction is 1/√(2l), to a hundredth"

# %% tags=["claim", "here"]
assert ((tanh / theory) - 1).abs().max() < 0.25, (
    "what is measured in twenty layers of tanh is what was predicted, to 25 percent"
)

# %% [markdown]
r"""
## Going deeper: what biases hide

A new `nn.Linear` has random biases too, and so the output of a deep network does not vanish, as you may have seen: biases make it anew in
each layer. But it is the same for every row. What differs between rows is what vanishes.
"""

# %%
torch.manual_seed(0)
model = Deep(sizes)
with torch.no_grad():
    last = model.outputs(x[:500])[-2]
size, differs = last.square().mean().sqrt(), last.double().std(dim=0).square().mean().sqrt()
print(f"output of layer 20: {size:.3f}; of that differs between rows: {differs:.0e}")

# %% tags=["claim", "here"]
assert differs < 1e-5 * size, (
    "in layer 20 less than a hundred-thousandth of the output differs from row to row"
)

# %% [markdown]
r"""
Print the standard deviation over the *rows*, not over all numbers, if you look for vanishing signals in a model.

## Going deeper: inputs or outputs?

On the way back, a layer with $d$ inputs and $k$ outputs adds up $k$ products, so the square of the gradient is multiplied by
$k \operatorname{var}(w)$. A variance of $\text{gain}^2 / d$ keeps what goes forwards, and $\text{gain}^2 / k$ what comes back. Xavier takes the
middle, $2 / (d + k)$; `nn.init.kaiming_normal_` has a `mode`, `"fan_in"` or `"fan_out"`. In a chain of layers the widths cancel, all
but the first and the last, so that either choice is good for both.

And these factors are those of *means*. Without any activation, the log of the length of a vector that goes through random square
matrices changes in each by $\frac{1}{2}\left(\ln \frac{2}{d} + \psi\left(\frac{d}{2}\right)\right)$ on average, for
$\operatorname{var}(w) = 1/d$, where $\psi$ is the digamma function. That is below 0: single networks mostly lie below the mean of the squares, and narrow ones
lie far below.
"""

# %%
generator = torch.Generator().manual_seed(0)
lyapunov = {}
for d in (4, 16, 64):
    vectors = torch.randn(200, d, 1, generator=generator)
    steps = []
    for _ in range(50):
        vectors = vectors / vectors.norm(dim=1, keepdim=True)
        vectors = torch.randn(200, d, d, generator=generator) / d**0.5 @ vectors
        steps.append(vectors.norm(dim=1).log().mean())
    half = torch.tensor(d / 2)
    theory = 0.5 * ((1 / half).log() + torch.digamma(half)).item()
    lyapunov[d] = torch.stack(steps).mean().item(), theory
    print(f"width {d:2}: {lyapunov[d][0]:+.4f} a layer measured, {theory:+.4f} in theory")

# %% tags=["claim", "here"]
assert all(abs(found - theory) < 0.02 for found, theory in lyapunov.values()), (
    "the mean change of the log of the length is that of the formula, to 0.02"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import depth as exercises

exercises.leaky

# %% tags=["hide-input"]
exercises.unfound

# %% tags=["hide-input"]
exercises.branch

# %% [markdown]
r"""
## What to remember

- A layer multiplies the size of signals and gradients, so depth makes a power of it. Measure layer by layer.
- With ReLU the factor is $\text{gain} / \sqrt 2$. He's gain makes it 1; a new `nn.Linear` has $\sqrt 6$ less.
- $x + f(x)$ lets signals and gradients pass by: deep networks learn.
- Layers belong into an `nn.ModuleList`. Count the parameters.
- Units that start the same stay the same.

Reference: [`course.networks.depth`][course.networks.depth],
[`predicted`][course.plotting.drawings.predicted.predicted]. The test that proves the module is
`tests/networks/test_depth.py`. Next: [learning with holes](dropout.py).
"""
