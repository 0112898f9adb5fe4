# ---
# title: Why not squared errors?
# description: >-
#   The squared error of a probability has no slope where a model is surely wrong, so descent stalls there;
#   cross-entropy does not.
# needs: >-
#   [cross-entropy](entropy.py) and the [base rate](../training/measuring.py#next-to-what-the-baseline)
# ---

# %% [markdown]
r"""
**The question.** A probability is a number, and so is the answer. For a line the squared error was a good loss.
Why not here? Because training with it can stop where the model is right no more often than one that never looks, and look as if it had finished.

## The idea

Take the squared error $(\sigma(z) - y)^2$ of a row with the logit $z$ and the answer $y$, 1 for yes and 0 for no. It is at
most 1 and needs no logarithm. As a *measure* of probabilities it is a good one, known as the Brier score. But descent
sees only slopes. By the chain rule, the derivatives by the logit are

$$
\begin{aligned}
\text{squared error:} \quad & 2 \,\left(\sigma(z) - y\right)\; \sigma(z) \,\left(1 - \sigma(z)\right) , \\
\text{cross-entropy:} \quad & \sigma(z) - y .
\end{aligned}
$$

Far from 0 the sigmoid is flat, on both sides, which is called *saturation*: its derivative
$\sigma(z)\,(1 - \sigma(z))$ goes to zero. In the cross-entropy, [the logarithm cancels
it](likelihood.py#a-probability-for-each-strip-cross-entropy). In the squared error it stays.

## The smallest case, by hand

Two rows, and the answer to both is yes. The model is in doubt about the first, and surely wrong about the second.
"""

# %%
import torch

for z in (-1.0, -10.0):
    p = torch.sigmoid(torch.tensor(z))
    print(f"logit {z:5.0f}, probability of yes {p:.5f}")
    print(f"    slope of the squared error {2 * (p - 1) * p * (1 - p):9.5f}")
    print(f"    slope of the cross-entropy {p - 1:9.5f}")

# %% [markdown]
r"""
The steeper the slope, the longer the step of descent: the slope is how hard a loss *pulls* at the logit. The second row
is the more wrong one, and the cross-entropy pulls harder at it. The squared error hardly pulls at it at all.

## The pull of each loss

::: course.logistic.saturation.squared_error_slopes

[`cross_entropy_slopes`][course.logistic.saturation.cross_entropy_slopes] gives $\sigma(z) - y$.
(`sigmoid(-logits)` is $1 - \sigma(z)$, without the digits that a difference from 1 would lose.)
"""

# %% tags=["hide-input"]
from course.logistic.saturation import squared_error_slopes
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
from course.logistic.saturation import cross_entropy_slopes, squared_error_slopes

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

# %% [markdown]
r"""
On the right both are zero: the model is right, and nothing is left to do. On the left, where it is surely wrong,
the squared error says the same.

## From a bad start

Does that matter in training? Draw 200 rows with one input, and answers by chance: yes with the probability
$\sigma(2x - 1)$. [`descend`][course.logistic.saturation.descend] trains a weight<!-- term --> and a bias with the slopes
of either loss. Start at weight −10, bias 0: sure, and wrong. Each
loss gets 300 steps and, from **one grid of rates** between a hundredth and ten thousand, the rate at which
its *own* cost ends lowest. Shares of right answers are those on these 200 rows: the question is whether descent
arrives, not how well it would do on others.
"""

# %%
from course.linear.exact import with_ones
from course.logistic.entropy import losses_from_logits
from course.logistic.saturation import descend

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
rate, the share of the more frequent answer, is {{ base:.1f }} %: the model answers no to every row, and it is sure of it. Most rows pulled towards
no, and by the time they were satisfied, the others lay so far out that they no longer pulled.

## How the two costs curve

Walk straight from where the squared error stopped to where the cross-entropy
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

## The PyTorch way

A model that ends in a sigmoid with `nn.MSELoss` has the slopes of the squared error, a model that ends in its logit with
`nn.BCEWithLogitsLoss` those of the cross-entropy. Nothing warns you of the first.
"""

# %%
from torch import nn

z = torch.tensor([-10.0], requires_grad=True)
yes = torch.ones(1)
for name, loss in {
    "nn.MSELoss": nn.MSELoss()(torch.sigmoid(z), yes),
    "nn.BCEWithLogitsLoss": nn.BCEWithLogitsLoss()(z, yes),
}.items():
    print(f"{name:20} slope {torch.autograd.grad(loss, z)[0].item():.5f}")

# %% tags=["claim", "always"]
z = fine.clone().requires_grad_()
certain = torch.ones_like(fine)
for loss, by_hand in (
    (nn.BCEWithLogitsLoss(reduction="sum")(z, certain), cross_entropy_slopes),
    ((torch.sigmoid(z) - certain).square().sum(), squared_error_slopes),
):
    assert torch.allclose(torch.autograd.grad(loss, z)[0], by_hand(fine, certain)), (
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
## What goes wrong: a loss that stands still

You train with the squared error from the bad start, and watch its cost. It falls, and then it stands still, so you stop.
"""

# %% alt="The squared error against the step. It falls within a few steps from 0.7 to about a third and is level from there to step 300. A dashed level line, far below it, is what the same loss reaches from zeros."
paths = descend(columns, y, squared_error_slopes, torch.zeros(1, 2).double(), rates, steps=300)
good, _ = at_best_rate(paths, columns, y, losses["squared error"][1])
paths = descend(columns, y, squared_error_slopes, bad, rates, steps=300)
stalled, _ = at_best_rate(paths, columns, y, losses["squared error"][1])


def squared_errors(path):
    return (torch.sigmoid(path[:, 0] @ columns.T) - y).square().mean(dim=1)


reached = squared_errors(good)[-1].item()
plotting.functions(
    torch.arange(301),
    {
        "from the bad start": squared_errors(stalled),
        "reached from zeros": torch.full((301,), reached),
    },
    xlabel="step",
    ylabel="squared error",
)

# %% tags=["claim", "here"]
assert squared_errors(stalled)[-1] > 1.5 * reached, (
    "it stands still at more than one and a half times what the same loss reaches from zeros"
)

# %% [markdown]
r"""
A loss that stands still is no proof of a lowest point. **The symptom**: the share of right answers is that of the base
rate, and the probabilities are all next to 0 or all next to 1. **The repair** is the cross-entropy. From the same start it is out within ten steps.

## Going deeper: is it this one start?

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

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import saturation as exercises

exercises.ratio

# %% tags=["hide-input"]
exercises.lost

# %% tags=["fold"]
from course.logistic.exercises import saturation as exercises

left = exercises.given_up(stalled[-1, 0] @ columns.T, y, least=0.01)
wrong = (stalled[-1, 0] @ columns.T >= 0) != (y == 1)
assert left.sum() > 0.9 * wrong.sum()

# %% [markdown]
r"""
??? success "What you find"
    Where the squared error stopped, {{ int(wrong.sum()) }} of the {{ len(y) }} rows are wrong. With a hundredth as the least pull,
    {{ int(left.sum()) }} of these are given up.

## What to remember

- The slope of the cross-entropy by the logit is $\sigma(z) - y$: surely wrong means a full pull.
- The slope of the squared error has the derivative of the sigmoid as a factor. Where the model is surely wrong, it vanishes.
- The cross-entropy of a linear model is convex, and level only where it is lowest. The squared error has plateaus.
- A run that stalls can sit at the base rate. Read no share of right answers without it.

Reference: [`cross_entropy_slopes`][course.logistic.saturation.cross_entropy_slopes],
[`squared_error_slopes`][course.logistic.saturation.squared_error_slopes],
[`descend`][course.logistic.saturation.descend], [`functions`][course.plotting.drawings.functions.functions]. The test that proves
the first three is `tests/logistic/test_saturation.py`. Next: [a real classifier](classifier.py).
"""
