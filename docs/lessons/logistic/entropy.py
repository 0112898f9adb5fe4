# ---
# title: Cross-entropy in practice
# description: >-
#   Why cross-entropy by its formula becomes inf and nan, what stays finite, and why squared errors
#   stall from a bad start.
# needs: >-
#   [where the loss comes from](likelihood.py), the [training loop](../training/loop.py) and the
#   [base rate](../training/measuring.py#next-to-what-the-baseline)
# ---

# %% [markdown]
r"""
**The question.** A model is very sure, and wrong. What loss does it get, and does the gradient of that loss
lead it back?

## The idea

A classifier computes a logit<!-- term --> $z$, any number, and gives "yes" the probability $\sigma(z)$. The answer is
$y = 1$ for yes or $y = 0$ for no. The [cross-entropy](likelihood.py#a-probability-for-each-strip-cross-entropy)
of this one row is

$$
J = -y \ln \sigma(z) - (1 - y) \ln \left(1 - \sigma(z)\right) ,
$$

the negative logarithm of the probability that the model gave to what happened. On paper it is finite for
every $z$. A surely wrong model has a large loss, and a slope that pulls it back at full strength:

$$
\frac{dJ}{dz} = \sigma(z) - y .
$$

A computer that follows the formula word by word loses both. Most of this page is about how to keep
them; the rest is about why another loss, the squared error, loses the slope even on paper.

## The smallest case, by hand

One row. The model says yes with the logit 20, and the answer is no. Then the loss is
$\ln(1 + e^{20})$, a little more than 20.
"""

# %%
import torch

z = torch.tensor(20.0)
probability = torch.sigmoid(z)
print("probability of yes", probability.item())
print("probability of no ", (1 - probability).item())
print("loss, answer no   ", (-torch.log(1 - probability)).item())
both = -1 * torch.log(probability) - 0 * torch.log(1 - probability)
print("loss, answer yes  ", both.item())

# %% [markdown]
r"""
The probability of "no" is two billionths. Next to 1, `float32` has no room for it: the nearest number to
$\sigma(20)$ is 1. The loss is infinite. Worse is the last line, where the model is **right**: the formula
still computes the other half, zero times minus infinity, and that is `nan`. One such row in a batch makes
the mean `nan`, and after one step all weights<!-- term --> are.

## Where that begins

[`losses_by_formula`][course.logistic.entropy.losses_by_formula] computes both halves as above, row by row. Try
it on logits in steps of a hundredth, upwards and downwards, and note the first one whose loss is not finite:
"""

# %%
from course.logistic.entropy import losses_by_formula

grid = torch.arange(0, 800, 0.01, dtype=torch.float64)
begins = {}
print("            answer     fails from     there")
for dtype in (torch.float32, torch.float64):
    for side, sign in (("yes", 1), ("no", -1)):
        for answer in ("no", "yes"):
            logits = sign * grid.to(dtype)
            targets = torch.full_like(logits, float(answer == "yes"))
            losses = losses_by_formula(logits, targets)
            first = losses.isfinite().logical_not().int().argmax()
            begins[dtype, side, answer] = abs(logits[first].item())
            name = str(dtype).removeprefix("torch.")
            print(f"{name:10}  {answer:6}  {logits[first]:10.2f}  {losses[first]:10}")

# %% tags=["claim", "always"]
ln2 = torch.tensor(2.0).log().item()
for answer in ("no", "yes"):
    assert abs(begins[torch.float32, "yes", answer] - 24 * ln2) < 0.1, (
        "in `float32` the formula fails from a logit of 24 ln 2 on, whatever the answer"
    )
    assert abs(begins[torch.float64, "yes", answer] - 53 * ln2) < 0.1, (
        "in `float64` from 53 ln 2 on"
    )
    assert begins[torch.float32, "no", answer] > 80, "downwards `float32` lasts longer: beyond −80"
    assert begins[torch.float64, "no", answer] > 700, "and `float64` beyond −700"

# %% [markdown]
r"""
Upwards, $1 + e^{-z}$ in the sigmoid is rounded to 1 once $e^{-z}$ is less than half the distance to the next
number: $2^{-24}$ in `float32`, $2^{-53}$ in `float64`, and that is at $z = 24 \ln 2$ and at $53 \ln 2$. Near 0
floating point numbers lie much closer together, so downwards a small $\sigma(z)$ is kept until
$e^{-z}$ overflows. A logit of {{ begins[torch.float32, "yes", "no"]:.0f}} is nothing unusual: a weight of 5 and an
input of 4 suffice. And `float64` only moves the border.

## No probability on the way

The cure is to compute the loss from the logit. With
$-\ln \sigma(z) = \ln(1 + e^{-z})$ and $1 - \sigma(z) = e^{-z}\, \sigma(z)$, the formula becomes

$$
\begin{aligned}
J &= y \ln(1 + e^{-z}) + (1 - y) \left( z + \ln(1 + e^{-z}) \right) \\
  &= z - z y + \ln(1 + e^{-z}) .
\end{aligned}
$$

For $z \ge 0$ that is safe: the power lies between 0 and 1. For $z < 0$ it would overflow, but
$z + \ln(1 + e^{-z}) = \ln(e^{z} + 1)$, whose power is safe there. Both cases in one line:

$$
J = \max(z, 0) - z y + \ln\left(1 + e^{-\lvert z \rvert}\right) .
$$

The last part is at most $\ln 2$ and can be tiny. `log1p(a)` computes $\ln(1 + a)$ without writing down
$1 + a$, where the digits of a tiny $a$ would be lost.

::: course.logistic.entropy.losses_from_logits

**A kink that cancels.** Both $\max(z, 0)$ and $\lvert z \rvert$ have a kink at $z = 0$. In the sum
the kinks cancel, but autograd differentiates part by part, and at a kink it has to pick a slope. Right is
$\sigma(0) - y$, a half for $y = 0$:
"""

# %%
from course.logistic.entropy import losses_from_logits

at_zero = {}
for name, above in {
    "maximum(z, 0)": lambda z: torch.maximum(z, torch.zeros_like(z)),
    "relu(z)": torch.relu,
}.items():
    z = torch.zeros((), requires_grad=True)
    (above(z) + torch.log1p(torch.exp(-z.abs()))).backward()
    at_zero[name] = z.grad.item()
    print(f"{name:13}  slope at 0: {z.grad.item()}")

# %% [markdown]
r"""
With `relu` the values are the same, and a model that starts with all weights at zero, so that all logits
are 0, would get a wrong first gradient. [`losses_from_logits`][course.logistic.entropy.losses_from_logits]
takes `maximum`, which halves the gradient where both sides are equal.

## The PyTorch way

PyTorch has this loss twice. `nn.BCELoss` takes probabilities, `nn.BCEWithLogitsLoss` takes logits. (BCE
is binary cross-entropy.) Here are both beside the formula and ours in `float32`, for a row whose answer is yes:
"""

# %%
from IPython.display import Markdown
from torch import nn

ways = {
    "formula": losses_by_formula,
    "`BCELoss`": lambda z, y: nn.BCELoss(reduction="none")(torch.sigmoid(z), y),
    "`…WithLogits`": nn.BCEWithLogitsLoss(reduction="none"),
    "ours": losses_from_logits,
}
shown = [-1000.0, -200.0, -50.0, -30.0, -10.0, 0.0, 10.0, 20.0]
logits = torch.tensor(shown, requires_grad=True)
values, slopes = {}, {}
for name, loss in ways.items():
    values[name] = loss(logits, torch.ones_like(logits))
    (slopes[name],) = torch.autograd.grad(values[name].sum(), logits)


def table(columns):
    head = ["logit", *columns]
    rows = [[z, *(values[i].item() for values in columns.values())] for i, z in enumerate(shown)]
    cells = [[f"{value + 0:,.4g}".replace("-", "−") for value in row] for row in rows]
    lines = [head, ["---:"] * len(head), *cells]
    return Markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))


table(values)

# %% [markdown]
r"""
And the slopes, $dJ/dz$, which are to be $\sigma(z) - 1$:
"""

# %%
table(slopes)

# %% tags=["claim", "always"]
wide = torch.cat([-torch.logspace(4, -4, 500), torch.zeros(1), torch.logspace(-4, 4, 500)])
for dtype in (torch.float32, torch.float64):
    for answer in (0.0, 1.0):
        z = wide.to(dtype).requires_grad_()
        y = torch.full_like(z, answer)
        ours, torchs = (ways[name](z, y) for name in ("ours", "`…WithLogits`"))
        mine, other = (torch.autograd.grad(loss.sum(), z)[0] for loss in (ours, torchs))
        assert torch.allclose(ours, torchs, rtol=1e-5, atol=1e-6), (
            "ours equals `nn.BCEWithLogitsLoss` for all logits up to ±10,000"
        )
        assert ours.isfinite().all(), "and is finite there"
        assert torch.allclose(mine, other, rtol=1e-5, atol=1e-6), (
            "its gradient equals PyTorch's as well, also at 0"
        )
assert values["`BCELoss`"][:2].tolist() == [100, 100], (
    "`nn.BCELoss` never goes above 100 for a row: finite, and wrong for logits of −200 and −1,000"
)
assert slopes["`BCELoss`"][:3].abs().max() < 1e-6, "there, and at −50, its slope is 0 or nearly so"
assert at_zero == {"maximum(z, 0)": 0.5, "relu(z)": 0}, (
    "at 0, `maximum` gives the right slope, a half, and `relu` gives 0"
)

# %% [markdown]
r"""
The formula fails at both ends, and has lost digits before: see the logit 10. `nn.BCELoss` looks harmless: no
`inf`, no `nan`. It cuts each logarithm off at −100, so no row costs more
than 100. But its gradient has to go through the probability. It divides by $\sigma(z)\,(1 - \sigma(z))$, which
it does not let fall below $10^{-12}$, and then the sigmoid multiplies by the true value of that product. At a logit of −30 the loss is still right, and
{{ 100 * slopes["`BCELoss`"][3].abs().item():.0f}} % of the slope is left; at −200 nothing is. The row that needs the
largest correction gets none. So give logits to `nn.BCEWithLogitsLoss`, and compute a
probability only to show it to somebody.

For several classes there is `nn.CrossEntropyLoss`, which takes logits as well, one per class. Two classes
with the logits $0$ and $z$ are the case of this page:
"""

# %%
y = torch.tensor([0, 1, 1, 0])
z = torch.tensor([-40.0, -3.0, 0.5, 300.0])
two = torch.stack([torch.zeros_like(z), z], dim=1)  # (n, 2)
print(nn.CrossEntropyLoss()(two, y).item(), nn.BCEWithLogitsLoss()(z, y.float()).item())

# %% tags=["claim", "always"]
assert torch.allclose(nn.CrossEntropyLoss()(two, y), nn.BCEWithLogitsLoss()(z, y.float())), (
    "`nn.CrossEntropyLoss` of the logits 0 and z is `nn.BCEWithLogitsLoss` of z"
)

# %% [markdown]
r"""
## Why not squared errors?

A probability is a number, and so is the answer. Why not $(\sigma(z) - y)^2$? It is at most 1 and
needs no logarithm. As a *measure* of probabilities it is a good one, known as the Brier score. But descent sees only slopes. By the
chain rule, the derivatives by the logit are

$$
\begin{aligned}
\text{squared error:} \quad & 2 \,\left(\sigma(z) - y\right)\; \sigma(z) \,\left(1 - \sigma(z)\right) , \\
\text{cross-entropy:} \quad & \sigma(z) - y .
\end{aligned}
$$

Far from 0 the sigmoid is flat, on both sides, which is called *saturation*: its derivative
$\sigma(z)\,(1 - \sigma(z))$ goes to zero. In the cross-entropy, the logarithm cancels it. In the squared
error it stays.
"""

# %% tags=["hide-input"]
from course.logistic.entropy import squared_error_slopes
from course.practice import Choice, Question

fine = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
yes = torch.ones_like(fine)
strongest = torch.sigmoid(fine[squared_error_slopes(fine, yes).abs().argmax()]).item()
Question(
    "The answer is yes. At which probability of yes does the *squared error* pull hardest?",
    Choice(
        "near 0, where the model is most wrong",
        strongest < 0.1,
        "That is the cross-entropy. The squared error has a factor that goes to zero there.",
    ),
    Choice(
        "at a third",
        abs(strongest - 1 / 3) < 0.01,
        "Below it, the more wrong a model is, the less it is pulled. At a third the slope is "
        f"{squared_error_slopes(fine, yes).min():.3f}, which is $-8/27$.",
    ),
    Choice(
        "at a half, where it cannot decide",
        abs(strongest - 1 / 2) < 0.01,
        "There the derivative of the sigmoid is largest, but it multiplies the residual, which is larger "
        "further left.",
    ),
)

# %% alt="Two curves over logits from −12 to 12, for a row whose answer is yes. That of the cross-entropy is −1 on the left, rises around 0 in the shape of an S, and is 0 on the right. That of the squared error is 0 on the left, dips to about −0.3 shortly before 0, and is 0 again on the right."
from course import plotting
from course.logistic.entropy import cross_entropy_slopes, squared_error_slopes

fine = torch.linspace(-12, 12, 24_001, dtype=torch.float64)
yes = torch.ones_like(fine)
plotting.functions(
    fine,
    {
        "cross-entropy": cross_entropy_slopes(fine, yes),
        "squared error": squared_error_slopes(fine, yes),
    },
    xlabel="logit z, answer yes",
    ylabel="slope of the loss",
)

# %% tags=["claim", "always"]
z = fine.clone().requires_grad_()
for loss, by_hand in (
    (nn.BCEWithLogitsLoss(reduction="sum")(z, yes), cross_entropy_slopes),
    ((torch.sigmoid(z) - yes).square().sum(), squared_error_slopes),
):
    assert torch.allclose(torch.autograd.grad(loss, z)[0], by_hand(fine, yes)), (
        "both curves are what autograd computes"
    )
surely_wrong = torch.tensor([-12.0], dtype=torch.float64), torch.ones(1, dtype=torch.float64)
assert cross_entropy_slopes(*surely_wrong) < -0.9999, (
    "surely wrong, at a logit of −12, the slope of the cross-entropy is nearly −1"
)
assert squared_error_slopes(*surely_wrong).abs() < 2e-5, (
    "and that of the squared error is less than a fifty-thousandth"
)

# %% [markdown]
r"""
On the right both are zero: the model is right, and nothing is left to do. On the left, where it is surely wrong,
the squared error says the same.

## From a bad start

Does that matter in training? Draw 200 rows with one input, and answers by chance: yes with the probability
$\sigma(2x - 1)$. [`descend`][course.logistic.entropy.descend] trains a weight and a bias with the slopes
of either loss, for many starts and learning rates at once. Start at weight −10, bias 0: sure, and wrong. Each
loss gets 300 steps and, from **one grid of rates** between a hundredth and ten thousand, the rate at which
its *own* cost ends lowest. Shares of right answers are those on these 200 rows: the question is whether descent
arrives, not how well it would do on others.
"""

# %%
from course.linear.exact import with_ones
from course.logistic.entropy import (
    cross_entropy,
    cross_entropy_slopes,
    descend,
    squared_error_slopes,
)

rates = torch.logspace(-2, 4, 13, dtype=torch.float64)
losses = {
    "cross-entropy": (cross_entropy_slopes, losses_from_logits),
    "squared error": (squared_error_slopes, lambda z, y: (z.sigmoid() - y).square()),
}


def draw(seed, n=200):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, generator=generator).double()
    chance = torch.rand(n, generator=generator).double()
    return with_ones(x), (chance < torch.sigmoid(2 * x - 1)).double()


def at_best_rate(path, columns, y, loss):
    """Return for each start the run at its best rate, (steps + 1, m, 2), and the rate."""
    logits = path[-1] @ columns.T  # (m, rates, n)
    best = loss(logits, y.expand_as(logits)).mean(dim=-1).argmin(dim=1)
    return path[:, range(path.shape[1]), best], rates[best]


def share_right(path):
    return 100 * ((path @ columns.T >= 0) == (y == 1)).double().mean(dim=-1)


columns, y = draw(seed=3)
base = 100 * max(y.mean(), 1 - y.mean()).item()
bad = torch.tensor([[-10.0, 0.0]]).double()
ends, shares = {}, {}
for name, (by_logit, loss) in losses.items():
    paths = descend(columns, y, by_logit, bad, rates, steps=300)
    path, rate = at_best_rate(paths, columns, y, loss)
    ends[name], shares[name] = path[-1, 0], share_right(path[:, 0])
    weight, bias = ends[name].tolist()
    print(f"{name}: best rate {rate.item():.1f}, ends at {weight:.2f}, {bias:.2f}")
    print(f"    {shares[name][-1]:.1f} % right, base rate {base:.1f} %")

# %% alt="Share of right answers over the first 60 steps. Both curves begin at about 25 percent. That of the cross-entropy rises within ten steps to about 80 percent and stays there. That of the squared error rises to the horizontal line of the base rate, at about 65 percent, and runs along it to the end." lead="From the same bad start: descent on the cross-entropy soon gets out, on the squared error it stays for long."
shares["base rate"] = torch.full((301,), base)
until = {name: share[:61] for name, share in shares.items()}
plotting.functions(torch.arange(61), until, xlabel="step", ylabel="right in %")

# %% tags=["claim", "here"]
assert abs(shares["squared error"][-1] - base) < 1, (
    "descent on the squared error ends at the base rate, to one point"
)
assert shares["cross-entropy"][-1] > base + 10, (
    "descent on the cross-entropy ends more than ten points above it"
)

# %% [markdown]
r"""
The squared error ends, after 300 steps, at {{ shares["squared error"][-1]:.1f }} % right. It sounds as if something had been learned. The base
rate is {{ base:.1f }} %: the model answers no to every row, and it is sure of it. Most rows pulled towards
no, and by the time they were satisfied, the others lay so far out that they no longer pulled.

## Is it this one start?

Try five bad starts on each of ten data sets, each with the best rate of the grid. Let the judge be the
**squared error itself**: a run has arrived if its squared error is within 5 % <!-- number: a choice --> of what
descent on squared errors reaches from a good start, weight and bias zero.
"""

# %%
starts = torch.tensor([[-10.0, 0], [-10, -10], [-10, 10], [0, -15], [0, 15]]).double()
by_square, square = losses["squared error"]
budgets = {"cross-entropy": [300], "squared error": [300, 1000]}
arrived = {(name, steps): 0 for name, each in budgets.items() for steps in each}
for seed in range(10):
    rows, answers = draw(seed)
    paths = descend(rows, answers, by_square, torch.zeros(1, 2).double(), rates, steps=300)
    good, _ = at_best_rate(paths, rows, answers, square)
    lowest = square(rows @ good[-1, 0], answers).mean()
    for name, (by_logit, loss) in losses.items():
        paths = descend(rows, answers, by_logit, starts, rates, max(budgets[name]))
        for steps in budgets[name]:
            path, _ = at_best_rate(paths[: steps + 1], rows, answers, loss)
            logits = path[-1] @ rows.T
            costs = square(logits, answers.expand_as(logits)).mean(dim=1)
            arrived[name, steps] += (costs < 1.05 * lowest).sum().item()
runs = 10 * len(starts)
for (name, steps), count in arrived.items():
    print(f"{name}, {steps:4d} steps: {count:2d} of {runs} runs arrive")

# %% tags=["claim", "here"]
assert arrived["cross-entropy", 300] == runs, "descent on cross-entropy arrives from every start"
assert arrived["squared error", 300] <= runs // 5, (
    "descent on squared errors, at its best rate, arrives in at most a fifth of the runs"
)
assert arrived["squared error", 1000] <= runs // 2, (
    "given 1,000 steps, it arrives in at most half of them"
)

# %% [markdown]
r"""
Cross-entropy wins on the other one's own measure. That is not the rate's fault: each run had the best of thirteen,
from cautious to enormous.

The reason is how the two costs curve. Walk straight from where the squared error stopped to where the cross-entropy
arrived, and on beyond it:
"""

# %% alt="Two costs along a straight way, each divided by its value at the start. Cross-entropy falls from the first step on, at first in a nearly straight line that then bends upwards, to its lowest point at 1, and rises again. The squared error stays nearly level for half of the way, then falls steeply to its lowest point at 1, and rises as high as it was."
along = torch.linspace(0, 1.5, 301, dtype=torch.float64)
stopped, reached = ends["squared error"], ends["cross-entropy"]
logits = (stopped + along.unsqueeze(1) * (reached - stopped)) @ columns.T
costs = {name: loss(logits, y.expand_as(logits)).mean(dim=1) for name, (_, loss) in losses.items()}
plotting.functions(
    along,
    {name: cost / cost[0] for name, cost in costs.items()},
    xlabel="part of the way",
    ylabel="cost, 1 at the start",
)

# %% tags=["claim", "always"]
bends = {name: cost.diff(n=2) for name, cost in costs.items()}
assert (bends["cross-entropy"] > 0).all(), (
    "along the way, all second differences of the cross-entropy are positive, as for a convex cost"
)

# %% tags=["claim", "here"]
assert bends["squared error"].min() < 0 < bends["squared error"].max(), (
    "those of the squared error are negative in one part and positive in another: it is not convex"
)

# %% [markdown]
r"""
With a linear model the cross-entropy is [convex](likelihood.py#a-probability-for-each-strip-cross-entropy): wherever
it is level, it is lowest. The squared error has plateaus, and on a plateau a slope of nearly zero means nothing.

## What goes wrong: the two losses mixed up

Give logits to `nn.BCELoss`, and it stops:
"""

# %% tags=["raises-exception"] cause="`nn.BCELoss` wants probabilities and was given logits: take `nn.BCEWithLogitsLoss`."
logits = columns @ ends["cross-entropy"]
nn.BCELoss()(logits, y)

# %% [markdown]
r"""
The other way round nothing stops you. A model that ends in `nn.Sigmoid()` gives probabilities, and
`nn.BCEWithLogitsLoss` takes them for logits. Train both models, the second with the layer that is too much:
"""

# %% symptom="The loss stays high however easy the task, and every answer is yes" cause="The model ends in a sigmoid, and `nn.BCEWithLogitsLoss` applies another: take it out of the model."
from course.training.loop import fit
from course.training.metrics import accuracy

x, trained = columns[:, :1].float(), {}
for name, more in {"logits": [], "probabilities": [nn.Sigmoid()]}.items():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(1, 1), *more, nn.Flatten(0))
    optimizer = torch.optim.SGD(model.parameters(), lr=3.0)
    history = fit(model, [(x, y.float())], nn.BCEWithLogitsLoss(), optimizer, epochs=60)
    with torch.no_grad():
        right = 100 * accuracy(model(x), y.long()).item()
    trained[name] = history.training[-1], right
    print(f"{name:14} loss {trained[name][0]:.3f}, {right:.1f} % right, base rate {base:.1f} %")

# %% tags=["claim", "always"]
loss, right = trained["probabilities"]
assert loss > cross_entropy(y, y), (
    "with probabilities for logits, the loss stays above that of a model that knows every answer"
)
assert abs(right - 100 * y.mean()) < 1e-3, "all outputs are above 0, so every row counts as a yes"

# %% tags=["claim", "here"]
assert trained["logits"][1] > base + 10, (
    "with logits the same training gets well above the base rate"
)

# %% tags=["hide-input"]
half = torch.tensor([0.0, 1.0])
floor = cross_entropy(half, half).item()
Question(
    "Half of the answers are yes. A model ends in a sigmoid, gives every row the right probability, 0 or 1, and "
    "is measured by `nn.BCEWithLogitsLoss`. What is its loss?",
    Choice(
        "0",
        floor < 0.01,
        "That is the loss of logits that go to $\\pm\\infty$. Here they end at 0 and at 1.",
    ),
    Choice(
        f"{floor:.2f}",
        abs(floor - 0.5) < 0.1,
        "A no has the logit 0 and costs $\\ln 2$. A yes has the logit 1 and costs $\\ln(1 + e^{-1})$. It "
        "cannot get lower.",
    ),
    Choice(
        f"{ln2:.2f}",
        abs(floor - ln2) < 0.01,
        "That is $\\ln 2$, the loss of a model that says a half to everything.",
    ),
)

# %% [markdown]
r"""
**The repair** is to take the sigmoid out of the model. **The symptom:** a loss that stays high however easy
the task is, here above {{ cross_entropy(y, y).item():.2f}}, and a model that answers yes to everything, because
all its "logits" are positive.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import entropy as exercises

exercises.weighted

# %% tags=["hide-input"]
exercises.first_bias

# %% tags=["hide-input"]
start = exercises.starting_bias(y)
zero = torch.zeros_like(y)
costs_at_start = {"0": cross_entropy(zero, y), "yours": cross_entropy(zero + start, y)}
assert costs_at_start["yours"] < costs_at_start["0"]

# %% [markdown]
r"""
??? success "What you find"
    For the rows of this page the bias is {{ start.item():.2f }}. There the cross-entropy is
    {{ costs_at_start["yours"].item():.3f }}, with a bias of zero {{ costs_at_start["0"].item():.3f }}, and at the bad
    start {{ cross_entropy(columns @ bad[0], y).item():.1f }}.

## What to remember

- Cross-entropy by its formula is `inf` or `nan` as soon as a probability is rounded to 0 or 1. In `float32`
  that begins at a logit of {{ begins[torch.float32, "yes", "no"]:.0f }}.
- `nn.BCELoss` hides that behind a cut-off, and loses the gradient. Give logits to `nn.BCEWithLogitsLoss`; no
  sigmoid at the end of the model.
- The slope of the cross-entropy by the logit is $\sigma(z) - y$: surely wrong means a full pull. That of the
  squared error vanishes there.
- A run that stalls can sit at the base rate. Read no share of right answers without it.

Reference: [`losses_from_logits`][course.logistic.entropy.losses_from_logits],
[`cross_entropy`][course.logistic.entropy.cross_entropy],
[`cross_entropy_slopes`][course.logistic.entropy.cross_entropy_slopes],
[`squared_error_slopes`][course.logistic.entropy.squared_error_slopes],
[`descend`][course.logistic.entropy.descend], [`functions`][course.plotting.drawings.functions.functions]. The test that proves
the first five is `tests/logistic/test_entropy.py`. Next: [a real classifier](classifier.py).
"""
