# ---
# title: Rows that see each other
# description: >-
#   Batch norm and layer norm written out, equal to PyTorch's in outputs and in buffers, and measured
#   over seeds where they help and where they do not.
# needs: >-
#   [learning with holes](dropout.py), [standardised columns](../linear/multiple.py) and
#   [the loss of the true class](softmax.py)
# ---

# %% [markdown]
r"""
**The question.** Standardised inputs make training easier. But a hidden layer gets what the layers before it make of
them, and that may be of any size. Why not standardise there, too?

## The idea

*Batch norm* does so, with what it has at that moment: the rows of a batch. It takes the mean of a column over the
batch from it and divides by the standard deviation there. With that, **the output of a row depends on the other rows of
its batch**, which no layer so far has done. *Layer norm* takes the other direction. It standardises each row over its
own columns, and needs no other row.

Behind either come a weight and a bias for each column, which are learned. So the layer may undo the
standardising where that is better.

## The smallest case, by hand

Three rows of three numbers. The columns are of quite different size:
"""

# %%
import torch

x = torch.tensor([[1.0, 60.0, 5.0], [2.0, 20.0, 3.0], [3.0, 40.0, 4.0]])
by_column = (x - x.mean(dim=0)) / x.std(dim=0, correction=0)
by_row = (x - x.mean(dim=1, keepdim=True)) / x.std(dim=1, correction=0, keepdim=True)
print("each column standardised\n", by_column)
print("each row standardised\n", by_row)

# %% [markdown]
r"""
In the first, every column has the mean 0 and the standard deviation 1: its size is gone. In the second every row has, and
the large column is the largest in each of them, as before.

## Batch norm in code

To predict, there may be one row only, and nobody wants an answer that depends on the other rows. So while training the layer
keeps *running statistics*, of which each batch replaces a tenth, and `eval()` lets it use those. They are *buffers*:
tensors that are saved with the model and that no gradient changes.

::: course.networks.normalisation.BatchNorm

**The PyTorch way** is `nn.BatchNorm1d(d)`. Give both the same batches, and compare what comes out and what is kept:
"""

# %%
from torch import nn

from course.networks.normalisation import BatchNorm, LayerNorm

generator = torch.Generator().manual_seed(0)
ours, theirs = BatchNorm(3), nn.BatchNorm1d(3)
for _ in range(5):
    batch = 5 + 3 * torch.randn(8, 3, generator=generator)
    difference = ours(batch) - theirs(batch)
print(f"outputs differ by {difference.abs().max():.0e}")
print(ours.running_var)
print(theirs.running_var)

# %% tags=["claim", "always"]
pairs = {
    "batch norm": (BatchNorm(3).double(), nn.BatchNorm1d(3).double()),
    "layer norm": (LayerNorm(3).double(), nn.LayerNorm(3).double()),
}
batches = [5 + 3 * torch.randn(8, 3, generator=generator).double() for _ in range(4)]


def known(layer, x):
    """Return outputs, derivatives by inputs and parameters, and what is kept."""
    x = x.clone().requires_grad_()
    outputs = layer(x)
    slopes = torch.autograd.grad(outputs.pow(3).sum(), [x, *layer.parameters()])
    return [outputs, *slopes, *(buffer.clone() for buffer in layer.buffers())]


for name, both in pairs.items():
    for training in (True, False):
        for batch in batches:
            one, other = (known(layer.train(training), batch) for layer in both)
            gaps = [(a - b).abs().max() for a, b in zip(one, other, strict=True)]
            assert max(gaps) < 1e-9, (
                f"{name} equals PyTorch's in outputs, gradients and buffers, while training and in `eval`"
            )

# %% [markdown]
r"""
One trap is in there: **the variance that divides is not the one that is kept.** The first is that of these $n$ rows and no
others, so its divisor is $n$. The second is an estimate for all rows, with $n - 1$. And `momentum` is the part that
is *replaced*, unlike that of an optimizer, which is the part that stays.
"""

# %% tags=["claim", "always"]
layer = nn.BatchNorm1d(3, momentum=1.0).double()
outputs = layer(batches[0])
assert torch.allclose(layer.running_var, batches[0].var(dim=0, correction=1)), (
    "the running variance of `nn.BatchNorm1d` takes in the one with n − 1"
)
assert torch.allclose(outputs.var(dim=0, correction=0), torch.ones(3).double(), atol=1e-4), (
    "and its outputs have the variance 1 with n"
)

# %% [markdown]
r"""
## The same row in other company

Put one row into forty batches, each time with fifteen other rows, and look at its first column afterwards.
"""

# %% alt="Three rows of forty dots: one row of the table in forty batches. With batch norm in training the dots spread over more than one unit. With batch norm in eval, and with layer norm, all forty dots stand on one place each." lead="One row in forty batches: what batch norm says of it, while training, depends on the others. In eval, and with layer norm, it does not."
from course import plotting

row = torch.tensor([[1.0, 0.0, -2.0]])
norms = {
    "batch norm, training": BatchNorm(3),
    "batch norm, eval": BatchNorm(3).eval(),
    "layer norm": LayerNorm(3),
}
said = {name: [] for name in norms}
for _ in range(40):
    batch = torch.cat([row, torch.randn(15, 3, generator=generator)])
    for name, norm in norms.items():
        said[name].append(norm(batch)[0, 0].item())
plotting.dots(said, xlabel="first column of the same row, behind the norm")

# %% tags=["claim", "always"]
spread = {name: max(values) - min(values) for name, values in said.items()}
assert spread["batch norm, training"] > 0.1, "while training, the row gets another output each time"
assert max(spread["batch norm, eval"], spread["layer norm"]) < 1e-5, (
    "in `eval` mode it gets the same one in any company; with layer norm always"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

layer = BatchNorm(3)
first = layer(batch)
shifted = layer(10 * batch + 7)
Question(
    "All numbers of a batch become ten times as large, and 7 is added. What becomes of the output of batch "
    "norm, in training?",
    Choice(
        "It is ten times as large",
        torch.allclose(shifted, 10 * first, atol=1e-2),
        "The standard deviation of the batch is ten times as large, too, and divides.",
    ),
    Choice(
        "Nothing",
        torch.allclose(shifted, first, atol=1e-3),
        "Mean and standard deviation change along, and are taken out. So the bias of a layer before batch "
        "norm has no effect: leave it out, `nn.Linear(d, k, bias=False)`.",
    ),
    Choice(
        "It is 7 larger",
        torch.allclose(shifted, first + 7, atol=1e-2),
        "The mean of the batch is 7 larger, too, and is taken away.",
    ),
)

# %% [markdown]
r"""
## Where it helps

A network of four hidden layers, 640 digits, ten epochs of plain SGD. Which learning rate? Try five, and
six seeds with each: 30 networks [side by side](dropout.py#does-it-help). Four kinds are compared: as
PyTorch starts its weights<!-- no term -->, with the same weights times $\sqrt 6$ and no bias (that is the start of He et al. (2015), made
for ReLU), and as PyTorch starts them with batch norm or layer norm before each ReLU. The folded code is like that of
the page before.
"""

# %%
from sklearn.datasets import load_digits
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit

device = pick_device()
pixels, digits = load_digits(return_X_y=True)
pixels, digits = torch.tensor(pixels / 16).float(), torch.tensor(digits)

# %% tags=["fold"]
from itertools import pairwise

from torch.nn import functional as F

from course.networks.dropout import SideBySide
from course.training.measuring import predict


def draw(seeds, n, redrawn=0.0):
    """Return rows to train on, and others: (n, 64, seeds), (n, seeds), each twice."""
    draws = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(pixels), generator=generator)
        few, others = order[:n], order[n : n + 500]
        careless = torch.rand(n, generator=generator) < redrawn
        guesses = torch.randint(10, (n,), generator=generator)
        labels = torch.where(careless, guesses, digits[few])
        draws.append((pixels[few], labels, pixels[others], digits[others]))
    return [torch.stack(each, dim=-1) for each in zip(*draws, strict=True)]


class Turn(nn.Module):
    """Put the columns last, (n, seeds, columns), so that those of one network stand together."""

    def forward(self, x):
        return x.transpose(1, 2)


def batch_norm(m, k):
    return nn.BatchNorm1d(m * k)  # looks at each column of each network by itself


def layer_norm(m, k):
    return nn.GroupNorm(m, m * k)  # looks at each row of each network by itself


def network(seeds, sizes, norm=None):
    """Return a network for each seed, with a norm before each ReLU, or with none."""
    generators, m = [torch.Generator().manual_seed(seed) for seed in seeds], len(seeds)
    layers = []
    for d, k in pairwise(sizes[:-1]):
        layers.append(SideBySide(generators, d, k))
        if norm:
            layers += [Turn(), nn.Flatten(1), norm(m, k), nn.Unflatten(1, (m, k)), Turn()]
        layers.append(nn.ReLU())
    return nn.Sequential(*layers, SideBySide(generators, *sizes[-2:])).to(device)


def percent_right(model, x, y):
    logits, labels = predict(model, [(x, y)])
    return 100 * (logits.argmax(dim=1) == labels).float().mean(dim=0).cpu()


rates = [0.003, 0.01, 0.03, 0.1, 0.3]
seeds = list(range(6))
each_rate = seeds * len(rates)
rows = draw(each_rate, n=640)
rate_of = torch.tensor(rates).repeat_interleave(len(seeds)).to(device)


def trained(norm=None, factor=1.0):
    """Return what the networks get right on other rows, (rates, seeds)."""
    model = network(each_rate, [64, 64, 64, 64, 64, 10], norm)
    for layer in model:
        if isinstance(layer, SideBySide) and factor != 1:
            layer.weight.data.mul_(factor)
            layer.bias.data.zero_()
    x, y, *others = rows
    order = torch.Generator().manual_seed(200)
    batches = Batches(TensorDataset(x, y), 64, shuffle=True, generator=order)
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)

    def criterion(logits, labels):
        # The step is lr · gradient: a factor on the loss of a network is its learning rate.
        return F.cross_entropy(logits, labels, reduction="none").mean(dim=0) @ rate_of

    fit(model, batches, criterion, optimizer, epochs=10)
    return percent_right(model, *others).view(len(rates), len(seeds))


right = {
    "batch norm": trained(batch_norm),
    "layer norm": trained(layer_norm),
    "start of He": trained(factor=6**0.5),
    "PyTorch": trained(),
}

# %% alt="Right answers on other rows against the learning rate, four curves. The two norms begin together at a little above one half and reach more than 90 % at 0.03. From there batch norm stays above 90 %, while layer norm falls, to about 75 % at 0.3. The start of He begins at about 20 %, rises to about 90 % at 0.1 and falls to about 80 % at 0.3. PyTorch's start stays near 10 % up to 0.03 and is nowhere above 30 %."
from course.training.seeds import mean_interval

places = torch.tensor(rates).log10()
plotting.functions(
    places,
    {name.removeprefix("start of "): shares.mean(dim=1) for name, shares in right.items()},
    xlabel="learning rate, as a power of ten",
    ylabel="right in %",
)

# %% tags=["fold"]
low = rates.index(0.003)
best = {name: shares.mean(dim=1).argmax().item() for name, shares in right.items()}
for name, place in best.items():
    print(f"{name:15} best at {rates[place]:<5}: {right[name][place].mean():.1f} % right")
at_low, at_best = {}, {}
for norm in ("batch norm", "layer norm"):
    at_low[norm] = mean_interval(right[norm][low] - right["PyTorch"][low])
    at_best[norm] = mean_interval(
        right[norm][best[norm]] - right["start of He"][best["start of He"]]
    )
    print(f"{norm} ahead, paired:")
    print("  of PyTorch's start, both at 0.003: {:+.0f} ± {:.0f} points".format(*at_low[norm]))
    print("  of the start of He, each at its best: {:+.1f} ± {:.1f} points".format(*at_best[norm]))

# %% tags=["claim", "in-general"]
for norm, (mean, margin) in at_low.items():
    assert mean - margin > 10, (
        f"at the rate 0.003, {norm} gains more than 10 points on PyTorch's start: so does the whole "
        "95 % interval of 6 pairs"
    )

# %% tags=["claim", "here"]
highest = {name: shares[-1].mean() for name, shares in right.items()}
assert highest["batch norm"] > 90, "at the highest rate, batch norm still gets more than 90 %"
assert highest["batch norm"] > max(highest["start of He"], highest["layer norm"]) + 5, (
    "there it is more than 5 points ahead of layer norm and of the start of He"
)
for norm, (mean, _) in at_best.items():
    assert mean < at_low[norm][0] / 3, (
        f"against the start of He, each at its best rate, {norm} is ahead by less than a third of "
        "its gain at 0.003"
    )

# %% [markdown]
r"""
A gain of {{ at_low["batch norm"][0]:.0f }} or {{ at_low["layer norm"][0]:.0f }} points can be had: **choose a weak
opponent**. At that rate, and from PyTorch's start, four layers let hardly anything through, and the plain network has not begun to
learn. The fair comparison is with a good start, each at its best rate (chosen on the rows that are measured on, for all of
them alike). There batch norm is {{ at_best["batch norm"][0]:+.1f }} ± {{ at_best["batch norm"][1]:.1f }} points ahead after these ten
epochs, and layer norm {{ at_best["layer norm"][0]:+.1f }} ± {{ at_best["layer norm"][1]:.1f }}. What
batch norm also brings is a wider choice of rates: at the highest it still works, where layer norm and the start of He get less right
than before.

## Where it does not

The noisy labels of [learning with holes](dropout.py#does-it-help) again: 400 rows, 30 % <!-- number: a setting --> of the labels drawn
anew, two hidden layers of 128, AdamW, and the two norms.
"""

# %% tags=["fold"]
eight = list(range(8))
noisy = draw(eight, n=400, redrawn=0.3)


def trained_on_noise(norm):
    """Return what the networks get right on other rows, and on their own with the noisy labels."""
    model = network(eight, [64, 128, 128, 10], norm)
    x, y, *others = noisy
    order = torch.Generator().manual_seed(200)
    batches = Batches(TensorDataset(x, y), 64, shuffle=True, generator=order)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.0)
    fit(model, batches, lambda a, b: len(eight) * F.cross_entropy(a, b), optimizer, epochs=42)
    return percent_right(model, *others), percent_right(model, x, y)


norms = {"nothing": None, "batch norm": batch_norm, "layer norm": layer_norm}
on_noise = {name: trained_on_noise(norm) for name, norm in norms.items()}
behind = {}
for name, (on_others, own) in on_noise.items():
    print(f"{name:10} {on_others.mean():.1f} % of other rows, {own.mean():.1f} % of its own labels")
    behind[name] = mean_interval(on_others - on_noise["nothing"][0])
for name in ("batch norm", "layer norm"):
    print("{} ahead, paired: {:+.1f} ± {:.1f} points".format(name, *behind[name]))

# %% tags=["claim", "here"]
for norm in ("batch norm", "layer norm"):
    mean, margin = behind[norm]
    assert mean + margin < 0, (
        f"on noisy labels, {norm} makes other rows worse: the 95 % interval of 8 pairs lies below 0"
    )
    assert on_noise[norm][1].mean() > on_noise["nothing"][1].mean() + 5, (
        f"with {norm} the network gets more of its own labels, the wrong ones among them"
    )

# %% [markdown]
r"""
With a norm a network learns faster, and that holds for what it should not learn, too. That
batch norm also keeps a network from overfitting, because each row meets other company in every epoch, is often said;
these rows do not show it.

## What goes wrong: the wrong mode

A batch of one row has no spread, so `nn.BatchNorm1d` refuses it while training:
"""

# %% tags=["raises-exception"] cause="Batch norm in training has a batch of one row: call `model.eval()` to predict, or leave out a last batch of one with `drop_last=True`."
nn.BatchNorm1d(3)(row)

# %% [markdown]
r"""
With two rows or more it says nothing. Train a network on digits, forget `eval()`, and ask about sixteen zeros:
"""

# %% symptom="Predictions depend on which rows are asked about together" cause="`model.eval()` is missing, so batch norm standardises with the rows of the batch, and changes its running statistics too."
torch.manual_seed(0)
model = nn.Sequential(nn.Linear(64, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.to(device).parameters(), lr=3e-3)
batches = Batches(TensorDataset(pixels[:900], digits[:900]), 64, shuffle=True)
fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=10)

zeros = pixels[900:][digits[900:] == 0][:16].to(device)
with torch.no_grad():
    kept = model[1].running_mean.clone()
    wrong = model.train()(zeros).argmax(dim=1)
    moved = (model[1].running_mean - kept).abs().max()
    model[1].running_mean.copy_(kept)
    repaired = model.eval()(zeros).argmax(dim=1)
print(f"without eval(): {(wrong == 0).sum()} of 16 are taken for zeros")
print(f"with eval():    {(repaired == 0).sum()}")

# %% tags=["claim", "here"]
assert (wrong == 0).float().mean() < 0.7, "among their like, fewer than 70 % of the zeros are found"
assert (repaired == 0).float().mean() > 0.9, "after `eval()`, more than 90 %"

# %% tags=["claim", "always"]
assert moved > 0, (
    "and asking without `eval()` has changed the running statistics, under `no_grad` too"
)

# %% [markdown]
r"""
What all sixteen rows have in common, their being zeros, is their mean, and that is taken away. **The repair** is
`eval()`, and `train()` before going on.

## Going deeper: layer norm in code

`nn.LayerNorm(d)` is the same with the other axis, and without anything to keep. It is what the blocks of a transformer use, where
rows are words of texts of different lengths.

::: course.networks.normalisation.LayerNorm

Side by side, many layer norms are one `nn.GroupNorm` with a group for each network:
"""

# %% tags=["claim", "always"]
several = torch.randn(5, 4, 6, generator=generator)  # four columns, six networks
together = layer_norm(6, 4)(Turn()(several).flatten(1)).view(5, 6, 4)
one_by_one = [nn.LayerNorm(4)(several[:, :, k]) for k in range(6)]
assert torch.allclose(together, torch.stack(one_by_one, dim=1), atol=1e-5), (
    "a group for each network is `nn.LayerNorm` for each network"
)

# %% [markdown]
r"""
## Going deeper: no switch but the mode

A layer could take its mode from `torch.is_grad_enabled()`, and a textbook that many read has one that does: no gradients,
so it must be predicting. That goes wrong as soon as you want the gradient of a trained model, to see which inputs
an answer leans on, or to train one part of a network and leave another as it is.
"""

# %%


class ByGradients(BatchNorm):
    def forward(self, x):
        self.training = torch.is_grad_enabled()
        return super().forward(x)


table = torch.randn(6, 3, generator=generator)
for layer in (ByGradients(3), BatchNorm(3)):
    layer.eval()
    together, apart = layer(table)[:2], layer(table[:2])
    print(type(layer).__name__, "after eval():", (together - apart).abs().max().item())

# %% tags=["claim", "always"]
slip, sound = ByGradients(3).eval(), BatchNorm(3).eval()
assert not torch.allclose(slip(table)[:2], slip(table[:2]), atol=0.01), (
    "the layer that goes by gradients lets rows see each other after `eval()`"
)
assert torch.allclose(sound(table)[:2], sound(table[:2])), (
    "the layer that goes by its mode does not"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import normalisation as exercises

exercises.both_norms

# %% tags=["hide-input"]
exercises.company

# %% tags=["hide-input"]
exercises.fold_norm

# %% [markdown]
r"""
## What to remember

- Batch norm standardises a column over the rows of the batch: while training, rows see each other.
- In `eval` mode it uses running statistics, buffers that training has left. They are saved with the model.
- Layer norm standardises a row over its columns, and has no mode.
- Both let a deep network learn from a poor start. Batch norm also bore a high rate, and layer norm did not; against a good start the gain is small or none; on noisy labels both did harm.
- A gain means little without its opponent: say how that one started, and at which rate.

Reference: [`BatchNorm`][course.networks.normalisation.BatchNorm],
[`LayerNorm`][course.networks.normalisation.LayerNorm]. The test that proves them is
`tests/networks/test_normalisation.py`. Next: [one filter everywhere](convolution.py).
"""
