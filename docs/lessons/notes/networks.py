# ---
# title: What notes say of networks
# description: >-
#   Thirteen sentences on networks that circulate in notes and forums, each with a counter-example, and
#   what is true instead.
# needs: >-
#   [what notes often say](claims.py), and of the [networks](../networks/index.md) the lesson that each
#   sentence names
# ---

# %% [markdown]
r"""
**The question.** Here are thirteen sentences on networks from notes and forums. All sound right, and most were once
true of something. Which case refutes them?

## The idea

As on the [page before](claims.py): a sentence speaks of *all* cases, and one **counter-example** ends it. Each gets a few lines of
code and one of truth. What needs more room has its own lesson, and the sentence leads there.

## The smallest case, by hand

"`model.eval()` switches gradients off." Ask for one.
"""

# %%
import torch
from torch import nn
from torch.nn import functional as F

layer = nn.Linear(3, 1).eval()
layer(torch.ones(1, 3)).sum().backward()
print(layer.weight.grad)

# %% [markdown]
r"""
There it is. **What is true:** `eval()` changes the *mode* of some layers, and nothing else. Recording is switched off by
`torch.no_grad()`, which changes no mode. They are [two switches](../networks/dropout.py#what-goes-wrong-no_grad-is-not-eval).

## On modes

- "**`no_grad()` makes a model ready to predict.**"
- "**In `eval` mode, batch norm takes the statistics of the whole batch.**"
- "**Layer norm needs `eval()`, too.**"
- "**To predict, outputs have to be scaled for the units that dropout left out.**"
"""

# %%
from course.notes.networks import mode_matters

generator = torch.Generator().manual_seed(0)
x = torch.randn(64, 5, generator=generator)
dropout, batch_norm = nn.Dropout(0.5), nn.BatchNorm1d(5)
torch.manual_seed(0)
with torch.no_grad():
    print("no_grad, twice the same:", torch.equal(dropout(x), dropout(x)))
batch_norm(x)
batch_norm.eval()
print("eval, one row alone and among 64:", torch.allclose(batch_norm(x)[:1], batch_norm(x[:1])))
print("layer norm has a mode:", mode_matters(nn.LayerNorm(5), x))
print("eval, dropout changes anything:", not torch.equal(dropout.eval()(x), x))

# %% tags=["claim", "always"]
with torch.no_grad():
    assert not torch.equal(dropout.train()(x), dropout(x)), "under `no_grad`, dropout still draws"
assert torch.allclose(batch_norm(x)[:1], batch_norm(x[:1])), (
    "in `eval` mode, batch norm gives a row the same in any batch"
)
assert not mode_matters(nn.LayerNorm(5), x), "layer norm has no mode"
assert torch.equal(dropout.eval()(x), x), "in `eval` mode, dropout gives back what it gets"

# %% [markdown]
r"""
**What is true:** only dropout and batch norm have modes. In `eval` mode batch norm takes the running statistics that training has left,
and dropout does nothing: what it keeps was scaled up [while training](../networks/dropout.py#the-idea).

## On the start

- "**`nn.Linear` starts as He says**", for its code calls `kaiming_uniform_`.
- "**Xavier keeps the signal of a tanh network.**"
"""

# %%
from course.networks.depth import predicted_signals

torch.manual_seed(0)
weight = nn.Linear(400, 1000).weight.detach()
gain = (weight.std() * 400**0.5).item()
print(f"gain of nn.Linear {gain:.3f}, of He {2**0.5:.3f}")

signal = torch.randn(2000, 256, generator=generator)
sizes = []
for _ in range(20):  # layers, started by Xavier: the gain 1
    signal = torch.tanh(signal @ torch.randn(256, 256, generator=generator) / 256**0.5)
    sizes.append(signal.square().mean().sqrt().item())
predicted = predicted_signals(1.0, torch.tanh, depth=20)[0]
print("tanh, layers 1, 5, 20:", [round(sizes[k], 2) for k in (0, 4, 19)])
print("predicted:            ", [round(predicted[k].item(), 2) for k in (0, 4, 19)])

# %% alt="The size of the signal against the layer, from 1 to 20. Two curves, measured and predicted, lie close together from the second layer on: they fall steeply at first and then ever more slowly, to about 0.15." lead="Xavier keeps the signal of a tanh network, say notes. Layer by layer it does not, as measured and as predicted."
from course import plotting

layers = torch.arange(1, 21)
curves = {"measured": torch.tensor(sizes), "predicted": predicted.float()}
plotting.functions(layers, curves, xlabel="layer", ylabel="size of the signal")

# %% tags=["claim", "always"]
assert abs(gain - 3**-0.5) < 0.02, "the gain of `nn.Linear` is 1/√3, less than half of He's √2"

# %% tags=["claim", "here"]
assert sizes[19] < sizes[0] / 3, "after 20 layers of tanh, less than a third of the size is left"

# %% [markdown]
r"""
**What is true:** `nn.Linear` starts smaller than He's rule by $\sqrt 6$. With tanh the size falls about as
$1/\sqrt{2l}$ behind $l$ layers: slowly, but it is [not kept](../networks/depth.py#layer-by-layer).

## On what a network finds

- "**Two units solve XOR.**"
"""

# %%
from course.networks.hidden import train_many

inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
answers = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
_, losses = train_many(inputs, answers, 2, torch.relu, range(100))
print(f"of 100 starts with two ReLU units, {int((losses < 0.1).sum())} solve it")

# %% tags=["claim", "here"]
assert (losses < 0.1).float().mean() < 0.5, "fewer than half of the starts solve XOR"

# %% [markdown]
r"""
**What is true:** weights that solve it *exist*. Training [finds them](../networks/hidden.py#does-training-find-it) from some starts,
and with more units from more.

## On training

- "**Softmax before the loss only slows training down.**" No: `nn.CrossEntropyLoss` takes a softmax itself. Of what went through one
  before, even the best possible answer costs $\ln(1 + (k-1)/e)$.
- "**A rate that is too large gives nan.**"
"""

# %%
from sklearn.datasets import load_digits

from course.device import pick_device
from course.notes.networks import double_softmax_floor

device = pick_device()
certain = F.one_hot(torch.arange(10), 10).float()
print(f"all right, and certain: {F.cross_entropy(certain, torch.arange(10)):.4f}")
print(f"the floor:              {double_softmax_floor(10):.4f}")

pixels, digits = load_digits(return_X_y=True)
x, y = torch.tensor(pixels / 16).float().to(device), torch.tensor(digits).to(device)
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).to(device)
optimizer = torch.optim.SGD(model.parameters(), lr=50.0)
for _ in range(300):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
working = (model[:2](x) > 0).any(dim=0).sum().item()
print(f"at the rate 50 the loss is {loss:.2f}, and {working} of 32 units work")

# %% tags=["claim", "always"]
assert abs(F.cross_entropy(certain, torch.arange(10)).item() - double_softmax_floor(10)) < 1e-6, (
    "with probabilities for logits, ten certain and right answers cost ln(1 + 9/e)"
)

# %% tags=["claim", "here"]
assert loss.isfinite(), "the loss at the rate 50 is a number"
assert working < 16, "and more than half of the units are dead: 0 for every row"

# %% [markdown]
r"""
**What is true:** with ReLU and cross-entropy the loss often stays finite. The units die, and what is left says the same of
all rows. Look for [a loss that stands](../../start/what-went-wrong.md), and not for `nan` alone.

- "**Dropout helps, always.**"
"""

# %%
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy
from course.training.seeds import mean_interval


def percent_right(p, seed):
    """Train 16 units on 1,000 digits; return what is right of the others."""
    torch.manual_seed(seed)
    layers = nn.Linear(64, 16), nn.ReLU(), nn.Dropout(p), nn.Linear(16, 10)
    model = nn.Sequential(*layers).to(device)
    order = torch.Generator().manual_seed(seed)
    batches = Batches(TensorDataset(x[:1000], y[:1000]), 50, shuffle=True, generator=order)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=8)
    return 100 * accuracy(*predict(model, [(x[1000:], y[1000:])])).item()


gains = torch.tensor([percent_right(0.5, seed) - percent_right(0.0, seed) for seed in range(6)])
mean, margin = mean_interval(gains)
print(f"16 units, with dropout: {mean:+.1f} ± {margin:.1f} points")

# %% tags=["claim", "in-general"]
assert mean + margin < 0, (
    "for a network this small, dropout takes points away: the 95 % interval of 6 pairs lies below 0"
)

# %% [markdown]
r"""
**What is true:** it helps where a network learns [what it should not](../networks/dropout.py#does-it-help). A small one
has not enough units to do without half of them.

## On larger machines

- "**A `DistributedSampler` shows each row once.**"
- "**A compiled model is faster.**"
"""

# %%
from torch.utils.data import DistributedSampler

from course.notes.networks import shown_twice

shares = [list(DistributedSampler(range(1797), num_replicas=2, rank=rank)) for rank in (0, 1)]
print(
    f"{sum(map(len, shares)):,} rows of 1,797 are shown; the formula says {shown_twice(1797, 2)} more"
)

# %% tags=["claim", "always"]
assert sum(map(len, shares)) - 1797 == shown_twice(1797, 2) == 1, (
    "two processes get as many rows each, so one of 1,797 is shown twice"
)

# %% [markdown]
r"""
**What is true:** every process gets as many rows, and the sampler repeats some to make it come out even. For a *measurement* that
counts them twice. Whether `torch.compile` gains anything hangs on model and machine, and the first call takes much longer: measure
it where it is to run. (There is no code for that here, since a time is true of one machine.)

## What goes wrong: a counter-example that proves too much

You have seen a case without gain from dropout. "Dropout is useless" is a sentence about all cases again, and
[one page](../networks/dropout.py) refutes it. **The symptom** of bad notes is the word *always*, also behind *not*. **The repair** is to
say for what it was seen.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

model = nn.Sequential(nn.Linear(5, 5), nn.Dropout(0.5), nn.Linear(5, 1))
rows = torch.ones(4, 5)
with torch.no_grad():
    noisy = not torch.equal(model(rows), model(rows))
model.eval()
recorded = model(rows).requires_grad
Question(
    "You want to measure a model, quickly and reproducibly. Which line do you need?",
    Choice(
        "`model.eval()` alone",
        not recorded,
        "The answers are right, but every operation is still recorded, which takes memory.",
    ),
    Choice(
        "`with torch.no_grad():` alone",
        not noisy,
        "Dropout still draws, so that two measurements differ.",
    ),
    Choice(
        "Both",
        noisy and recorded,
        "One switches the mode, the other the recording: `predict` of this course does both.",
    ),
)

# %% tags=["hide-input"]
from course.notes.exercises import networks as exercises

exercises.repeated

# %% tags=["hide-input"]
exercises.have_modes

# %% [markdown]
r"""
## What to remember

- `eval()` is about modes, `no_grad()` about recording; only dropout and batch norm have modes.
- That weights exist, that they are found, and that they are worth it on new rows are three things.
- Every gain has a case without it. Say for what you have seen it.

Reference: [`mode_matters`][course.notes.networks.mode_matters],
[`double_softmax_floor`][course.notes.networks.double_softmax_floor],
[`shown_twice`][course.notes.networks.shown_twice]. The test that proves them is
`tests/notes/test_networks.py`. Back to the [theme](index.md).
"""
