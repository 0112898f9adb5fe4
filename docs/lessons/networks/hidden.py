# ---
# title: What one unit cannot do
# description: >-
#   Why one straight border is not enough, how a hidden layer moves the rows until it is, and how often
#   training finds that.
# needs: >-
#   [the first network](workflow.py), [the product of tables](../tensors/matrices.py), and
#   [the loss of a yes or no](../logistic/entropy.py)
# ---

# %% [markdown]
r"""
**The question.** A model with one weighted sum draws one straight border. Four rows suffice to defeat it,
whatever its weights<!-- term -->. What do two units do that one cannot? And if two are enough, does training find them?

## The idea

*XOR* is “one or the other, but not both”: yes for (0, 1) and (1, 0), no for (0, 0) and (1, 1). In the plane
of the two inputs, the yes rows and the no rows lie on crossed diagonals.

A *unit* computes a weighted sum of its inputs and a bias, and bends it with an *activation*, such as
$\operatorname{relu}(a) = \max(a, 0)$. Several units side by side are a *hidden layer*. Their values are new
coordinates for each row: it leaves the plane of the inputs and gets a place in the *hidden space*. The output
then draws its one straight border **there**.

## The smallest case, by hand

First, one unit fails. Its sum is $z = w_0 x_0 + w_1 x_1 + b$. Add it up over the two no rows, and over the
two yes rows:

$$
z(0,0) + z(1,1) = w_0 + w_1 + 2b = z(0,1) + z(1,0) .
$$

The two sums are equal. XOR wants both numbers on the left below 0 and both on the right above 0. **No weights can do
that.** An activation that only rises does not help. To ask whether its value is above a threshold is to ask whether the sum
$z$ is above another one, and the bias can move that one to 0.
"""

# %%
import torch

x = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
y = torch.tensor([[0.0], [1.0], [1.0], [0.0]])
names = ["00", "01", "10", "11"]

# %% tags=["claim", "always"]
generator = torch.Generator().manual_seed(0)
z = x @ torch.randn(2, 10_000, generator=generator) + torch.randn(10_000, generator=generator)
assert torch.allclose(z[0] + z[3], z[1] + z[2], atol=1e-5), (
    "for 10,000 random units, the sum over the no rows equals the sum over the yes rows"
)
assert not ((z > 0) == (y == 1)).all(dim=0).any(), "and none of them has all four rows right"

# %% [markdown]
r"""
Now two units. Both add the inputs up; one begins to grow at 0.5<!-- number: chosen -->, the other at 1.5<!-- number: chosen -->:

::: course.networks.hidden.hidden_values
"""

# %%
from course.networks.hidden import hidden_values

weight = torch.tensor([[1.0, 1.0], [1.0, 1.0]])  # a row for each unit
bias = torch.tensor([-0.5, -1.5])
places = hidden_values(x, weight, bias)
for name, place in zip(names, places, strict=True):
    print(name, "→", place.tolist())

# %% [markdown]
r"""
**Both yes rows land on one place**, and the row 11 is lifted off the axis. One straight border now does what none
could: no is at the origin and above, yes lies between. [`border_between`][course.networks.hidden.border_between]
finds the one in the middle. In the plane of the inputs, that border is a strip.
"""

# %%
from course.networks.hidden import border_between

no, yes = places[y[:, 0] == 0], places[y[:, 0] == 1]
out_weight, out_bias, gap = border_between(no, yes)
print(out_weight, out_bias, gap)

# %% tags=["fold"] alt="Two planes. In that of the inputs the four rows are the corners of a square, with two parallel lines that run down to the right, one between 00 and the yes rows, one between these and 11. A shaded strip along them holds the two yes rows. In the hidden space 01 and 10 lie in one place on the axis of unit 0, between 00 at the origin and 11 farther right and higher up; a straight border leaves them alone below it, in the shade." lead="XOR in two spaces. In that of the inputs no straight border separates the squares from the dots; in that of the two units one does."
from course import plotting


def plane(rows, borders, low, high, logits_of):
    values = torch.linspace(low, high, 121)
    logits = logits_of(torch.cartesian_prod(values, values)).view(121, 121)
    return rows, borders, values, logits


def line(weight, bias):
    return torch.cat([weight, bias.view(1)])


units = {f"unit {i}": line(weight[i], bias[i]) for i in range(2)}
views = {
    ("input 0", "input 1"): plane(
        x, units, -0.8, 1.8, lambda p: hidden_values(p, weight, bias) @ out_weight + out_bias
    ),
    ("unit 0", "unit 1"): plane(
        places,
        {"output": line(out_weight, out_bias)},
        -0.3,
        2.2,
        lambda p: p @ out_weight + out_bias,
    ),
}
slanted = torch.tensor([[1.0, -0.4], [0.3, 0.8]])
plotting.demo(
    "hidden",
    plotting.spaces(views, y[:, 0], names),
    "Turn unit 1 around, so that its arrow points down to the left. The border is gone. Move the two "
    "units until there is one again, with their arrows still opposed.",
    {"x": x, "y": y[:, 0], "names": names, "units": [[45, -0.354], [45, 0.354]]},
    [
        *((hidden_values, x, w, bias) for w in (weight, slanted)),
        *(
            (border_between, torch.tensor(a), torch.tensor(b))
            for a, b in (
                ([[0.0, 0.0], [1.5, 0.5]], [[0.5, 0.0], [0.5, 0.0]]),
                ([[0.0, 0.0], [1.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]),
                ([[0.0, 0.3], [0.4, 0.0]], [[0.9, 0.2], [0.5, 0.8]]),
                ([[2.0, 0.1], [3.0, 1.0]], [[0.2, 0.5], [0.1, 0.9]]),
                ([[0.3, 0.3], [0.3, 0.3]], [[0.0, 0.1], [0.9, 0.0]]),
                ([[0.1, 0.2], [0.6, 0.1]], [[0.4, 0.7], [0.2, 0.9]]),
            )
        ),
    ],
)

# %% tags=["claim", "always"]
logits = places @ out_weight + out_bias
assert torch.equal(logits > 0, y[:, 0] == 1), (
    "one straight border in the hidden space has all four rows of XOR right"
)

# %% [markdown]
r"""
## The network

::: course.networks.hidden.OneHidden

**The PyTorch way** is three modules in a row. With the same parameters they give the same:
"""

# %%
from torch import nn

from course.networks.hidden import OneHidden

ours = OneHidden(2, 4, 1, torch.relu, torch.Generator().manual_seed(0))
theirs = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1))
theirs[0].load_state_dict(ours.hidden.state_dict())
theirs[2].load_state_dict(ours.output.state_dict())
print(ours(x).flatten())

# %% tags=["claim", "always"]
assert torch.equal(ours(x), theirs(x)), "`OneHidden` is a linear layer, a ReLU, and a linear layer"

# %% [markdown]
r"""
## Does training find it?

Two units *can* do it, as you have seen. Let a hundred networks with two ReLU units start at random and train each on the
four rows. [`train_many`][course.networks.hidden.train_many] trains all of them
[at once](#going-deeper-a-hundred-networks-at-once). Call XOR solved if the mean loss ends below
0.1<!-- number: chosen -->.
"""

# %%
from course.device import pick_device
from course.networks.hidden import train_many

device = pick_device()
x, y = x.to(device), y.to(device)
seeds = range(100)
models, losses = train_many(x, y, 2, torch.relu, seeds)
solved = int((losses < 0.1).sum())

# %% tags=["hide-input"]
from course.practice import Choice, Question

Question(
    "How many of the hundred networks with two ReLU units solve XOR?",
    Choice(
        "All, or nearly all: two units are enough",
        solved >= 90,
        f"It is {solved}. That good weights *exist* does not mean that descent *finds* them.",
    ),
    Choice(
        "About half",
        35 <= solved < 90,
        f"It is {solved}. Many starts lead to a place where no small step makes the loss smaller.",
    ),
    Choice(
        "Fewer than a third",
        solved < 35,
        f"It is {solved}. Most starts lead to a place where no small step makes the loss smaller.",
    ),
)

# %% [markdown]
r"""
So train other widths, with four activations ([how they differ](#going-deeper-four-activations)). A share of a hundred
runs is itself drawn by chance: [`share_interval`][course.networks.hidden.share_interval] gives the range in which the
true share lies in 95 of 100 such cases<!-- number: the level of the interval -->, here a band around each curve.
"""

# %%
from torch.nn import functional as F


def leaky(a):
    return F.leaky_relu(a, negative_slope=0.1)


activations = {
    "ReLU": torch.relu,
    "leaky ReLU": leaky,
    "tanh": torch.tanh,
    "sigmoid": torch.sigmoid,
}

widths = [1, 2, 4, 8]
runs = {
    name: torch.stack([train_many(x, y, k, each, seeds)[1] for k in widths]).cpu()
    for name, each in activations.items()
}
shares = {name: (each < 0.1).float().mean(dim=1) for name, each in runs.items()}

# %% alt="Share of networks that solve XOR, against one, two, four and eight units. All curves begin at 0 and rise to nearly 1 at eight units. That of ReLU is the lowest throughout; at two units it is below the others by far. The bands are wide at two units and narrow where a share is near 0 or 1."
from course.networks.hidden import share_interval

counts = {name: (each < 0.1).sum(dim=1) for name, each in runs.items()}
ranges = {
    name: torch.tensor([share_interval(each, len(seeds)) for each in count.tolist()])
    for name, count in counts.items()
}
bands = {name: (each[:, 0], each[:, 1]) for name, each in ranges.items()}
plotting.functions(
    torch.tensor(widths), shares, xlabel="units", ylabel="share that solve XOR", bands=bands
)

# %% tags=["claim", "always"]
assert not any(count[0] for count in counts.values()), (
    "with one unit no network solves XOR, whatever its activation"
)

# %% tags=["claim", "in-general"]
assert all(each[1, 1] < each[3, 0] for each in ranges.values()), (
    "with each activation more of the networks with eight units solve XOR than of those with two: "
    "the 95 % intervals are apart"
)

# %% tags=["claim", "here"]
assert shares["ReLU"][1] < min(shares[name][1] for name in shares if name != "ReLU"), (
    "with two units, ReLU solves it least often of the four"
)

# %% [markdown]
r"""
Width is not needed to *express* XOR. It is needed to *find* it: with eight units, nearly any start has two that are of
use. That is one reason why networks are made wider than they would have to be.

## Three losses to get stuck at

Look at where the ReLU networks with two units end that have *not* solved it.
"""

# %%
losses = losses.cpu()
stuck = losses[losses >= 0.1]
for level, how_many in zip(*stuck.round(decimals=2).unique(return_counts=True), strict=True):
    print(f"loss {level:.2f}: {how_many} networks")

# %% [markdown]
r"""
The same few numbers come again and again. Why? A stuck network gives **several rows the same answer**. Then the best that it can
say for them is their share of yes. If that is $p$, each of them costs on average

$$
H(p) = -p \ln p - (1 - p) \ln(1 - p) ,
$$

and rows with an answer of their own cost nothing in the end.

- **Two rows alike**, a yes and a no: $\frac24 H(\frac12) = \frac12 \ln 2$.
- **Three rows alike**, one of one kind and two of the other: $\frac34 H(\frac13)$.
- **All four alike**: $H(\frac12) = \ln 2$, the loss of knowing nothing. Two mixed pairs cost the same.

There are no other ways to put a yes row and a no row together, so there is no fourth number. ReLU makes rows alike in two ways:

- Rows for which all units are 0 have the same hidden place, the origin. A unit that is 0 for **all** rows is a *dead unit*:
  its derivative is 0 as well, so no gradient ever changes it.
- A unit that is above 0 for all rows does not bend there. Where **no** unit bends, the network is a linear model,
  and the best of those [says the same of all four](#going-deeper-why-nothing-below-ln-2).
"""


# %%
def entropy(p):
    p = torch.tensor(p)
    return -p * p.log() - (1 - p) * (1 - p).log()


levels = torch.stack([entropy(1 / 2) / 2, entropy(1 / 3) * 3 / 4, entropy(1 / 2)])
print(levels)

# %% tags=["claim", "here"]
distance = (stuck.unsqueeze(1) - levels).abs().min(dim=1).values
assert distance.max() < 0.01, (
    "each stuck network of two ReLU units ends within 0.01 of one of these three losses"
)

# %%
on = torch.stack([model.hidden(x) > 0 for model in models]).cpu()  # (networks, rows, units)
bends = (on.any(dim=1) & ~on.all(dim=1)).any(dim=1)  # a unit is on for some rows, off for others
ignorant = (losses - levels[2]).abs() < 0.01
dead = ~on[ignorant].flatten(1).any(dim=1)
print(f"at ln 2: {int(ignorant.sum())} networks, in {int(dead.sum())} of them all units are dead")

# %% tags=["claim", "here"]
assert not (ignorant & bends).any(), (
    "in each network that ends at ln 2, every unit is on for all four rows or off for all"
)

# %% [markdown]
r"""
## What goes wrong: no activation

Leave the activation out, and give the network eight units.
"""

# %% symptom="More units, or more layers, do not help: the loss stays where that of a linear model is" cause="There is no activation between the layers, so that together they are one linear map."
_, flat = train_many(x, y, 8, nn.Identity(), seeds)
print(f"eight units, no activation: losses from {flat.min():.4f} to {flat.max():.4f}")
print(f"solved by {int((flat < 0.1).sum())} of {len(seeds)}")

# %% tags=["claim", "always"]
assert flat.min() > levels[2].item() - 1e-4, "without an activation no loss ends below ln 2"

# %% [markdown]
r"""
All end at $\ln 2 = {{ levels[2]:.4f }}$, as if they had never seen the rows. Two linear layers are
$W_2 (W_1 x + b_1) + b_2 = (W_2 W_1)\, x + (W_2 b_1 + b_2)$: **one** linear layer, and that is one unit, which
cannot do it. **The symptom** is a network that is no better than a linear model, however wide or deep you
make it. **The repair** is an activation between every two layers.

## Going deeper: four activations

Their values, and below them their derivatives, by which a gradient is multiplied on its way back:
"""

# %% alt=["Four curves over inputs from −4 to 4. ReLU is 0 up to 0 and then rises with slope 1. Leaky ReLU is the same on the right and falls slightly below 0 on the left. Tanh rises from −1 to 1 in the shape of an S, sigmoid from 0 to 1.", "Their derivatives. That of ReLU jumps at 0 from 0 to 1, that of leaky ReLU from a tenth to 1. That of tanh is a hill of height 1 around 0, that of sigmoid a wide hill of height one quarter."]
a = torch.linspace(-4, 4, 401, requires_grad=True)
values = {name: activation(a) for name, activation in activations.items()}
slopes = {name: torch.autograd.grad(each.sum(), a)[0] for name, each in values.items()}
plotting.functions(a, values, xlabel="weighted sum", ylabel="value of the unit")
plotting.functions(a, slopes, xlabel="weighted sum", ylabel="derivative")

# %% [markdown]
r"""
Where ReLU is 0 its derivative is 0, too: units die. Leaky ReLU keeps a slope there. Tanh and sigmoid have slopes everywhere, but far from 0
[hardly any](../logistic/saturation.py).

## Going deeper: why nothing below ln 2

The loss of a no row with logit $z$ is $\ln(1 + e^{z})$, and that of a yes row $\ln(1 + e^{-z})$. Both are one
function, $s(u) = \ln(1 + e^{u})$, of $z$ or of $-z$, and $s$ is convex: the mean of its values is at least its value at the mean. Over
the four rows,

$$
J \ge s\left(\frac{z(0,0) + z(1,1) - z(0,1) - z(1,0)}{4}\right) = s(0) = \ln 2 ,
$$

because for a linear map the two sums are equal. So $\ln 2$ is a floor, and the best linear model ignores its
inputs.
"""

# %% tags=["claim", "always"]
lowest = F.softplus(torch.where(y.cpu() == 1, -z, z)).mean(dim=0).min()
assert lowest >= levels[2] - 1e-5, "none of the 10,000 random units above has a loss below ln 2"

# %% [markdown]
r"""
## Going deeper: a hundred networks at once

Training a hundred small networks one by one takes a hundred times as long, although each step computes next to
nothing. `torch.func` stacks their parameters, with the networks as the first axis, and `vmap` applies one
network to each of the stack.

::: course.networks.hidden.train_many

The gradient of the *sum* of the losses holds the gradient of each, because no loss depends on the parameters of another
network. Adam treats each number by itself, so each network takes the steps it would take alone:
"""

# %%
exact_x, exact_y = x.cpu().double(), y.cpu().double()
stack, losses = train_many(exact_x, exact_y, 4, torch.tanh, seeds=[5, 6, 7])

alone = OneHidden(2, 4, 1, torch.tanh, torch.Generator().manual_seed(6)).double()
criterion = nn.BCEWithLogitsLoss()
optimizer = torch.optim.Adam(alone.parameters(), lr=0.1)
for _ in range(300):
    optimizer.zero_grad()
    criterion(alone(exact_x), exact_y).backward()
    optimizer.step()
print(f"alone {criterion(alone(exact_x), exact_y):.6f}, in the stack {losses[1]:.6f}")

# %% tags=["claim", "always"]
assert torch.allclose(alone(exact_x), stack[1](exact_x)), (
    "a network trained alone and the same one in the stack give the same answers"
)

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import hidden as exercises

exercises.xor_by_hand

# %% tags=["hide-input"]
exercises.alike

# %% tags=["hide-input"]
exercises.parity_by_hand

# %% tags=["hide-input"]
seen = 0.48  # as training prints it
nearest = (levels - seen).abs().argmin().item()
Question(
    f"The loss of a network on the four rows of XOR stands still at {seen}. What do you know of it?",
    Choice(
        "It has a yes and a no row alike, and the other two right",
        nearest == 0,
        f"That costs {levels[0]:.2f}: the two rows that are alike cost ln 2 each, the others nothing.",
    ),
    Choice(
        "It has three rows alike, and one right",
        nearest == 1,
        f"Three of four rows cost H(1/3) each, {entropy(1 / 3):.2f}, and one costs nothing: together "
        f"that is a mean of {levels[1]:.2f}.",
    ),
    Choice(
        "It has learned nothing at all",
        nearest == 2,
        f"That costs {levels[2]:.2f}, ln 2. It is below that.",
    ),
)

# %% [markdown]
r"""
## What to remember

- One unit draws one straight border; for XOR there is none.
- A hidden layer gives each row a new place, and the output draws a straight border there.
- That weights exist does not mean that training finds them. More units make it likelier.
- A loss that stops at a known number says which rows the network takes for the same.
- Without an activation, any number of layers is one linear layer.

Reference: [`OneHidden`][course.networks.hidden.OneHidden],
[`hidden_values`][course.networks.hidden.hidden_values],
[`border_between`][course.networks.hidden.border_between],
[`train_many`][course.networks.hidden.train_many],
[`share_interval`][course.networks.hidden.share_interval],
[`spaces`][course.plotting.drawings.spaces.spaces]. The test that proves the first five is
`tests/networks/test_hidden.py`. Next: [how many joints?](approximation.py)
"""
