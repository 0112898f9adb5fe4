# ---
# title: Learning with holes
# description: >-
#   Switch off half of the units at random in every step, and measure over several seeds where that
#   helps and where it does not.
# needs: >-
#   [the loss of the true class](softmax.py), [intervals over seeds](../training/seeds.py) and
#   [overfitting](../training/selection.py)
# ---

# %% [markdown]
r"""
**The question.** A network with many more weights than rows learns its rows by heart, the wrong answers among
them too. Can you keep it from that without making it smaller?

## The idea

*Dropout* sets each hidden unit to 0 with a probability $p$ in every training step, by a new draw for every row. A
unit can rely on no other unit being there, so what it learns must be of use beside many different
units. Memorising one row takes one particular team of units, and the same team hardly ever meets again.

What is kept is divided by $1 - p$, so that sums stay as large as before, on average. To predict,
all units are there, and nothing is drawn. What holds a network back from its training rows so that it
does better on others is called *regularisation*.

## The smallest case, by hand

Three units, $p = \frac12$. A *mask* says who is kept:
"""

# %%
import torch

from course.networks.dropout import Dropout, drop

x = torch.tensor([3.0, 1.0, 4.0])
keep = torch.tensor([True, False, True])
print(drop(x, keep, p=0.5))

# %% [markdown]
r"""
There are eight masks of three units. Multiply each result by the probability of its mask and add them up: that is the
mean over all that can happen.
"""

# %%
from itertools import pairwise, product


def mean_over_masks(p):
    total = torch.zeros(3)
    for bits in product([False, True], repeat=3):
        keep = torch.tensor(bits)
        chance = p ** (~keep).sum() * (1 - p) ** keep.sum()
        total += chance * drop(x, keep, p)
    return total


print(mean_over_masks(0.5), mean_over_masks(0.2))

# %% tags=["claim", "always"]
for p in (0.2, 0.5, 0.9):
    assert torch.allclose(mean_over_masks(p), x), "the mean over all masks is what came in"

# %% [markdown]
r"""
So the next layer gets the right sum on average, and a wrong one each time. Without the division it would get
$1 - p$ of it in training, and all of it later.

## Dropout in code

::: course.networks.dropout.drop

::: course.networks.dropout.Dropout

**The PyTorch way** is `nn.Dropout(p)`. It is the same, mask by mask, and a ReLU may stand before it or behind it:
"""

# %%
from torch import nn

hidden = torch.randn(64, 100, generator=torch.Generator().manual_seed(0))
ours, theirs = Dropout(0.3, torch.Generator().manual_seed(1)), nn.Dropout(0.3)
torch.manual_seed(1)
dropped = theirs(hidden)
keep = dropped != 0
print(f"dropped {100 * (~keep).float().mean():.1f} %")
print("same masks for the same seed:", torch.equal(ours(hidden) != 0, keep))

# %% tags=["claim", "always"]
assert torch.allclose(drop(hidden, keep, 0.3), dropped), (
    "for the mask of `nn.Dropout`, `drop` is it"
)
assert all(torch.equal(layer.eval()(hidden), hidden) for layer in (ours, theirs)), (
    "in `eval` mode both return what they got"
)
assert torch.allclose(drop(hidden.relu(), keep, 0.3), drop(hidden, keep, 0.3).relu()), (
    "relu, then dropout, is dropout, then relu: relu(0) = 0, and relu keeps factors above 0"
)

# %% tags=["hide-input"]
from course.practice import Choice, Question

before = drop(hidden.sigmoid(), keep, 0.3)
behind = drop(hidden, keep, 0.3).sigmoid()
silent = behind[~keep]
Question(
    "A sigmoid in place of the ReLU: may dropout stand before it as well?",
    Choice(
        "Yes, here too the order makes no difference",
        torch.allclose(before, behind),
        "A sigmoid makes $\\frac12$ of 0. Then a dropped unit is not silent.",
    ),
    Choice(
        "No: a dropped unit would still say something, the same each time",
        not torch.allclose(before, behind) and torch.allclose(silent, silent[0]),
        f"It says {silent[0]:.1f}, because that is the sigmoid of 0. Put dropout behind the activation, then "
        "you need not think about it.",
    ),
    Choice(
        "No: the sigmoid would become larger than 1",
        (behind > 1).any().item(),
        "No sigmoid does. *Behind* it, dropout gives numbers above 1, and those are right on average.",
    ),
)

# %% [markdown]
r"""
## Does it help?

One run says nothing. So train eight networks, one for each seed, on eight draws of 400 of scikit-learn's digits: once with their
labels, and once with 30 % <!-- number: a setting --> of the labels drawn anew, as careless people would label them. The 500 rows
that are measured on are others, with true labels.

Eight networks in a row take long. *Side by side* they are one network whose tensors have one more axis, for the seed:
[`SideBySide`][course.networks.dropout.SideBySide] is `nn.Linear` with it. Nothing goes from one network to another
([shown below](#going-deeper-eight-networks-in-one)).
"""

# %%
from sklearn.datasets import load_digits
from torch.nn import functional as F
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.networks.dropout import SideBySide
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.seeds import mean_interval

device = pick_device()
seeds = range(8)
pixels, digits = load_digits(return_X_y=True)
pixels, digits = torch.tensor(pixels / 16).float(), torch.tensor(digits)


def draw(redrawn):
    """Return rows to train on, and others: (n, 64, seeds), (n, seeds), each twice."""
    draws = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        order = torch.randperm(len(pixels), generator=generator)
        few, others = order[:400], order[400:900]
        careless = torch.rand(400, generator=generator) < redrawn
        guesses = torch.randint(10, (400,), generator=generator)
        labels = torch.where(careless, guesses, digits[few])
        draws.append((pixels[few], labels, pixels[others], digits[others]))
    return [torch.stack(each, dim=-1) for each in zip(*draws, strict=True)]


def network(sizes, p=0.0):
    """Return a network for each seed, with dropout behind each hidden layer."""
    generators = [torch.Generator().manual_seed(seed) for seed in seeds]
    masks = torch.Generator().manual_seed(100)
    layers = []
    for d, k in pairwise(sizes):
        layers += [SideBySide(generators, d, k), nn.ReLU(), Dropout(p, masks)]
    return nn.Sequential(*layers[:-2]).to(device)  # none behind the last layer


def percent_right(model, x, y):
    logits, labels = predict(model, [(x, y)])
    return 100 * (logits.argmax(dim=1) == labels).float().mean(dim=0).cpu()


def trained(rows, p=0.0, weight_decay=0.0):
    """Return the networks, and what is right every third epoch, (measured, seeds)."""
    x, y, x_others, y_others = rows
    model = network([64, 96, 96, 10], p)
    generator = torch.Generator().manual_seed(200)
    batches = Batches(TensorDataset(x, y), 64, shuffle=True, generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=weight_decay)
    right = []

    def measure(history):
        if history.epochs % 3 == 0:
            right.append(percent_right(model, x_others, y_others))

    def criterion(logits, labels):
        return len(seeds) * F.cross_entropy(logits, labels)  # the sum over the networks

    fit(model, batches, criterion, optimizer, epochs=42, callbacks=[measure])
    return model, torch.stack(right)


noisy, clean = draw(redrawn=0.3), draw(redrawn=0.0)
ways = {"nothing": {}, "dropout": {"p": 0.5}, "decay": {"weight_decay": 1.0}}
on_noisy = {way: trained(noisy, **settings) for way, settings in ways.items()}
on_clean = {way: trained(clean, **settings) for way, settings in ways.items()}

# %% [markdown]
r"""
*Weight decay* stands beside dropout: each step of AdamW first takes the part $\text{lr} \cdot \text{decay}$ from every weight.
A weight that no gradient defends dies away.
"""

# %% tags=["claim", "always"]
weight = nn.Parameter(torch.tensor([2.0, -5.0]))
weight.grad = torch.zeros(2)
torch.optim.AdamW([weight], lr=3e-3, weight_decay=1.0).step()
assert torch.allclose(weight, (1 - 3e-3 * 1.0) * torch.tensor([2.0, -5.0])), (
    "a step of AdamW leaves 1 − lr · decay of a weight without a gradient"
)

# %% alt="Right answers on other rows against the epoch, from the ninth on, three curves with bands, on noisy labels. Without anything the curve is at its top of nearly 90 % between epochs 12 and 18, and then falls, to a little above 80 %. With decay it stays level from epoch 12 on. With dropout it begins lowest, still rises after epoch 20, and ends highest, at about 90 %." lead="About a quarter of the labels are wrong. The plain network is best after about 18 epochs; then it begins to learn the wrong ones, too. With dropout it does not."
from course import plotting

epochs = torch.arange(9.0, 43, 3)
curves = {way: right[2:].mean(dim=1) for way, (_, right) in on_noisy.items()}
reach = {
    way: torch.tensor([mean_interval(each)[1] for each in right[2:]])
    for way, (_, right) in on_noisy.items()
}
plotting.functions(
    epochs,
    curves,
    xlabel="epoch",
    ylabel="right on other rows in %",
    bands={way: (curves[way] - reach[way], curves[way] + reach[way]) for way in curves},
)

# %% [markdown]
r"""
The bands are intervals over seeds. What decides is the *paired* difference: same seed, same rows, same first weights,
with the method and without.
"""

# %%
gains = {}
for name, runs in (("noisy", on_noisy), ("clean", on_clean)):
    without = runs["nothing"][1][-1]
    print(f"{name} labels, with nothing: {without.mean():.1f} % right")
    for way in ("dropout", "decay"):
        gains[f"{name}, {way}"] = runs[way][1][-1] - without
        mean, margin = mean_interval(gains[f"{name}, {way}"])
        print(f"  {way:8} {mean:+5.1f} ± {margin:.1f} points")

# %% alt="Four rows of eight dots. On noisy labels all dots lie right of zero, those of dropout at about 5 to 9 points, those of decay at about 4 to 7. On clean labels the dots of both lie on both sides of zero, none farther from it than about 2 points."
plotting.dots(gains, xlabel="points ahead of the network with nothing")

# %% tags=["claim", "in-general"]
for way in ("dropout", "decay"):
    mean, margin = mean_interval(gains[f"noisy, {way}"])
    assert mean - margin > 0, (
        f"on noisy labels, {way} helps after 42 epochs: the 95 % interval of 8 pairs lies above 0"
    )

# %% tags=["claim", "here"]
for way in ("dropout", "decay"):
    mean, margin = mean_interval(gains[f"clean, {way}"])
    assert abs(mean) + margin < 2.5, (
        f"on clean labels, {way} moves the result by less than 2.5 points either way, interval included"
    )
own = {
    name: percent_right(runs["nothing"][0], *rows[:2]).mean()
    for name, runs, rows in (("noisy", on_noisy, noisy), ("clean", on_clean, clean))
}
assert own["clean"] > 99, "with clean labels the plain network knows more than 99 % of its rows"
plain = on_noisy["nothing"][1]
stopped = plain[plain.mean(dim=1).argmax()]  # the epoch that is best for all of them together
saved, _ = mean_interval(stopped - plain[-1])
ahead, its_margin = mean_interval(on_noisy["dropout"][1][-1] - stopped)
assert saved > gains["noisy, dropout"].mean() / 2, (
    "on noisy labels, stopping the plain network at its best epoch saves more than half of what "
    "dropout gains"
)

# %% [markdown]
r"""
**Regularisation helps where there is something not to learn.** With clean labels the plain network learns its 400 rows by
heart ({{ own["clean"]:.0f }} % of them), and loses nothing by it. And compare with a cheaper remedy:
[stop early](../training/selection.py#when-to-stop). At its best epoch the plain network gets {{ stopped.mean():.1f }} %, which
saves {{ saved:.1f }} of the {{ gains["noisy, dropout"].mean():.1f }} points. Dropout is {{ ahead:+.1f }} ± {{ its_margin:.1f }}
ahead of that, paired. (That epoch was chosen on the very rows that are measured on, which flatters stopping early.) Weight decay is
not ahead of it: it ends at {{ on_noisy["decay"][1][-1].mean():.1f }} %.

## For numbers too

The same layer works for regression. Train on 100 of [the patients](../training/loop.py#numbers-how-far-a-disease-went-on),
whose disease went on more or less far, and measure $R^2$ on the others. The code is like that above.
"""

# %% tags=["fold"]
from sklearn.datasets import load_diabetes

measurements, progress = (torch.tensor(each).float() for each in load_diabetes(return_X_y=True))
draws = []
for seed in seeds:
    order = torch.randperm(len(progress), generator=torch.Generator().manual_seed(seed))
    few, others = order[:100], order[100:]
    table = (measurements - measurements[few].mean(dim=0)) / measurements[few].std(dim=0)
    y = ((progress - progress[few].mean()) / progress[few].std()).unsqueeze(1)
    draws.append((table[few], y[few], table[others], y[others]))
patients = [torch.stack(each, dim=-1) for each in zip(*draws, strict=True)]


def r_squared(predictions, y):
    unexplained = (predictions - y).square().mean(dim=(0, 1))
    return (1 - unexplained / y.var(dim=0, correction=0).squeeze(0)).cpu()


def trained_on_patients(p=0.0, weight_decay=0.0):
    x, y, *others = patients
    model = network([10, 128, 128, 1], p)
    generator = torch.Generator().manual_seed(200)
    batches = Batches(TensorDataset(x, y), 50, shuffle=True, generator=generator)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=weight_decay)
    fit(model, batches, lambda a, b: len(seeds) * F.mse_loss(a, b), optimizer, epochs=100)
    return model, r_squared(*predict(model, [others]))


explained = {way: trained_on_patients(**settings) for way, settings in ways.items()}
for way, (_, shares) in explained.items():
    mean, margin = mean_interval(shares - explained["nothing"][1])
    ahead = f", paired {mean:+.2f} ± {margin:.2f}" if way != "nothing" else ""
    print(f"{way:8} R² {shares.mean():.2f}{ahead}")

x, y, x_others, y_others = (each.movedim(-1, 0) for each in patients)
line = torch.linalg.lstsq(x, y).solution
of_line = r_squared((x_others @ line).movedim(0, -1), patients[3])
print(f"a plane  R² {of_line.mean():.2f}")

# %% tags=["claim", "in-general"]
mean, margin = mean_interval(explained["dropout"][1] - explained["nothing"][1])
assert mean - margin > 0.1, (
    "dropout raises R² on other patients by more than 0.1: so does the whole 95 % interval of 8 pairs"
)

# %% tags=["claim", "here"]
assert explained["dropout"][1].mean() < of_line.mean() + 0.05, (
    "still it is at most 0.05 better than a plane, least squares on the same rows"
)

# %% [markdown]
r"""
A gain over a network that was far too large for 100 rows: {{ mean:+.2f }} ± {{ margin:.2f }} with dropout. Least squares, with a weight for each input, explain
{{ of_line.mean():.2f }} of the variance with none of this. **Compare with the simple model, too**, and not only with the
same network without the method.

## What goes wrong: `no_grad` is not `eval`

`torch.no_grad()` looks like “I am not training now”. It is not. Ask the digit network twice, without gradients:
"""

# %% symptom="The same rows get other predictions from call to call, although `torch.no_grad()` is there" cause="`torch.no_grad()` records no gradients, and that is all: dropout is at work until `model.eval()`."
model, x, y = on_noisy["dropout"][0], *(each.to(device) for each in noisy[2:])
model.train()
with torch.no_grad():
    once, again = model(x), model(x)
changed = (once.argmax(dim=1) != again.argmax(dim=1)).float().mean()
print(f"{100 * changed:.1f} % of the rows get another answer the second time")

model.eval()
with torch.no_grad():
    repaired, repeated = model(x), model(x)
right = [100 * (each.argmax(dim=1) == y).float().mean() for each in (once, repaired)]
print(f"right: {right[0]:.1f} % with dropout at work, {right[1]:.1f} % after eval()")

# %% tags=["claim", "always"]
assert not torch.equal(once, again), "under `no_grad`, dropout goes on: two calls differ"
assert torch.equal(repaired, repeated), "after `eval()` they are equal"
assert model(x[:2]).requires_grad, "and `eval()` alone goes on recording for gradients"

# %% tags=["claim", "here"]
assert right[1] > right[0] + 1, "with dropout at work, more than 1 point of accuracy is lost"

# %% [markdown]
r"""
They are two switches, and to predict you want both:

| | what it switches off |
| --- | --- |
| `torch.no_grad()` | recording for `backward`: saves time and memory, changes no number |
| `model.eval()` | dropout; also [batch norm's](normalisation.py) look at the batch: changes the numbers |

[`predict`][course.training.measuring.predict] uses both, and puts back the mode in which the model came.
"""

# %% [markdown]
r"""
## Going deeper: eight networks in one

::: course.networks.dropout.SideBySide

The loss is the *sum* of the losses of the networks. A weight of one network is in no other loss, so its gradient is what
it would be alone, and AdamW looks at each element for itself. What they share is the order of the batches, which
for rows drawn by chance is no loss.
"""

# %% tags=["claim", "always"]
model = network([64, 16, 10])
x = noisy[0][:5].to(device)
alone = [
    F.linear(F.linear(x[:, :, k], model[0].weight[k], model[0].bias[k]).relu(), *last)
    for k, last in enumerate(zip(model[3].weight, model[3].bias, strict=True))
]
assert torch.allclose(model(x), torch.stack(alone, dim=-1), atol=1e-5), (
    "side by side, each network answers as `nn.Linear` with its weights would"
)
slope = torch.autograd.grad(model(x)[:, :, 3].sum(), model[0].weight)[0]
assert [bool(each.any()) for each in slope] == [k == 3 for k in seeds], (
    "the answers of the fourth network have gradients for its own weights alone"
)

# %% [markdown]
r"""
## Going deeper: the mean over many masks

If dropout is left on *on purpose*, one row gets as many answers as you ask for. How good is their mean?
"""

# %% tags=["hide-input"]
model, x = on_noisy["dropout"][0], noisy[2].to(device)
kept = model.eval()(x).softmax(dim=1).detach()
model.train()
with torch.no_grad():
    many = torch.stack([model(x).softmax(dim=1) for _ in range(20)]).mean(dim=0)
shares = [100 * (each.argmax(dim=1) == y).float().mean().item() for each in (once, many, kept)]
Question(
    "You leave dropout on, ask 20 times, and take the mean of the 20 probabilities. How many rows are right?",
    Choice(
        "about as many as with a single call",
        abs(shares[1] - shares[0]) < abs(shares[1] - shares[2]),
        "The draws go to both sides, and averaging takes most of that away.",
    ),
    Choice(
        "about as many as after `eval()`",
        abs(shares[1] - shares[0]) >= abs(shares[1] - shares[2]),
        f"One call gets {shares[0]:.1f} % right, the mean of 20 gets {shares[1]:.1f} %, `eval()` in one "
        f"call {shares[2]:.1f} %. All units at once stand in for a mean over many masks.",
    ),
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import dropout as exercises

exercises.keep_probability

# %% tags=["hide-input"]
exercises.half_life

# %% tags=["hide-input"]
exercises.dropped_sum

# %% [markdown]
r"""
## What to remember

- Dropout sets each unit to 0 with the probability $p$, and divides the others by $1 - p$. On average nothing changes.
- In `eval` mode it does nothing. `torch.no_grad()` is not `eval()`.
- Weight decay takes a small part from every weight in each step.
- Regularisation helps where a network has learned what it should not. Where it has not, it does not.
- Believe paired intervals over seeds, and compare with stopping early and with the simple model as well.

Reference: [`drop`][course.networks.dropout.drop], [`Dropout`][course.networks.dropout.Dropout],
[`SideBySide`][course.networks.dropout.SideBySide]. The test that proves them is
`tests/networks/test_dropout.py`. Next: [rows that see each other](normalisation.py).
"""
