# ---
# title: A real classifier
# description: >-
#   From a table of tumours to a decision: a penalised logistic regression, a threshold chosen by what
#   mistakes cost, and how far the numbers can be trusted.
# needs: >-
#   [a logit and its probability](prediction.py), [cross-entropy](entropy.py),
#   [measuring](../training/measuring.py) and [which rows may choose](../training/selection.py)
# ---

# %% [markdown]
r"""
**The question.** A model gives a tumour a probability of one in ten of being malignant. Is that a yes
or a no? The model cannot know: it depends on what a mistake costs.

## The idea

A probability is not a decision yet. To decide you need to know what mistakes *cost*: $c_\mathrm{fp}$ for a
*false positive*, a benign tumour taken for malignant, and $c_\mathrm{fn}$ for a *false negative*, a cancer that is
missed. If the probability $p$ of "malignant" is right, then on average

$$
\begin{aligned}
\text{a yes costs}\quad & (1 - p)\, c_\mathrm{fp} , \\
\text{a no costs}\quad & p\, c_\mathrm{fn} .
\end{aligned}
$$

Yes is the cheaper answer as soon as

$$
p > \frac{c_\mathrm{fp}}{c_\mathrm{fp} + c_\mathrm{fn}} .
$$

This *threshold* is one half only if both mistakes cost the same. No training is needed to move it. (At the
threshold itself both answers cost the same; in this course it counts as a yes.)

## The smallest case, by hand

Five tumours with their probabilities, in units in which a false positive costs 1 and a miss costs 4.
"""

# %%
import torch

from course.training.thresholds import calibrated_threshold, expected_cost

probabilities = torch.tensor([0.1, 0.3, 0.4, 0.6, 0.9])
malignant = torch.tensor([0, 0, 1, 0, 1])
for threshold in (0.2, 0.35, 0.5):
    yes = probabilities >= threshold
    false_positives = int((yes & (malignant == 0)).sum())
    false_negatives = int((~yes & (malignant == 1)).sum())
    cost = (1 * false_positives + 4 * false_negatives) / 5
    print(f"threshold {threshold}: {false_positives} × 1 + {false_negatives} × 4, per row {cost}")
print("by formula", calibrated_threshold(1, 4))

# %% [markdown]
r"""
The formula speaks about the average of many rows; on five of them, another threshold may come out
cheaper. Keep that in mind: it will happen again with more.

## The data

Each of the 569 rows is one breast mass. A thin needle took a sample of its cells, and a program
outlined the nuclei in the image of them. Ten properties of a nucleus (its radius, its texture, how smooth and how
concave its outline is …) give three columns each: their mean over the nuclei, the standard error, and
"worst", the mean of the three largest. The diagnosis is known (Street et al., 1993).

What one looks for is the *positive* class, here 1 for malignant. scikit-learn has coded it the other way
round, with 0 for malignant, so the first thing to do is to turn it.
"""

# %%
from sklearn.datasets import load_breast_cancer

from course.training.splits import HeldOut, split_rows_by_class

table = load_breast_cancer()
columns = list(table.feature_names)
measured = torch.tensor(table.data)
y = torch.tensor(table.target == list(table.target_names).index("malignant")).double()


def prepare(seed):
    """Split by class, and scale every part with mean and deviation of the training rows."""
    generator = torch.Generator().manual_seed(seed)
    parts = split_rows_by_class(y, (0.4, 0.3, 0.3), generator)
    training = measured[parts[0]]
    scaled = (measured - training.mean(dim=0)) / training.std(dim=0, correction=0)
    return [(scaled[rows], y[rows]) for rows in parts]


own = 39  # an ordinary split: further down, the page compares it with fifty
(x_train, y_train), (x_valid, y_valid), test = prepare(seed=own)
test_set = HeldOut(*test)
for name, targets in {"training": y_train, "validation": y_valid}.items():
    print(f"{name:10} {len(targets)} rows, {int(targets.sum())} malignant")
print(test_set)

# %% [markdown]
r"""
Each part has its share of both classes. The *base rate*, the accuracy of always saying "benign", is
{{ 100 * (1 - y_valid.mean().item()):.1f }} % on the validation rows. The test rows are
[sealed][course.training.splits.HeldOut].

## The model

The logit<!-- term --> is $z = w \cdot x + b$. With 30 columns and {{ len(y_train) }} rows, the weights<!-- term --> need to be held
back, so a penalty on their squares joins the cross-entropy $J$:

$$
J + \text{strength} \cdot \lVert w \rVert^2 .
$$

::: course.logistic.classifier.penalised_loss

With a strength above 0, [`penalised_loss`][course.logistic.classifier.penalised_loss] is a bowl with one lowest point.
[`fit_logistic`][course.logistic.classifier.fit_logistic] hands it, with all rows at once, to `torch.optim.LBFGS`, an
optimizer that learns from its last gradients how the bowl is curved, and stops where the gradient vanishes. So
there is no seed, no learning rate and no number of epochs to report.

The [strength is that of scikit-learn's default](#going-deeper-the-same-in-scikit-learn), $C = 1$.
"""

# %%
from course.logistic.classifier import fit_logistic, strength_from_c

strength = strength_from_c(1.0, len(y_train))
weight, bias = fit_logistic(x_train, y_train, strength)

print(f"strength {strength:.5f}, largest weight {weight.abs().max():.3f}")

# %% [markdown]
r"""
## The PyTorch way

In a training loop the penalty is `weight_decay`: that many times a parameter is added to its gradient. The
derivative of $\text{strength} \cdot w^2$ is twice the strength times $w$, hence `2 * strength`. With momentum, too, that is
this penalty (an optimizer that [shrinks the weight itself](../training/adam.py#going-deeper-adamw-a-decay-that-nothing-divides)
ends elsewhere). The bias goes into a group of its own, without decay.
"""

# %%
from torch import nn

from course.training.loop import fit

model = nn.Sequential(nn.Linear(len(columns), 1), nn.Flatten(0)).double()
groups = [
    {"params": [model[0].weight], "weight_decay": 2 * strength},
    {"params": [model[0].bias]},
]
optimizer = torch.optim.SGD(groups, lr=0.5, momentum=0.9)
fit(model, [(x_train, y_train)], nn.BCEWithLogitsLoss(), optimizer, epochs=1000)
apart = (model[0].weight[0] - weight).abs().max().item()
print(f"SGD after 1,000 steps: largest difference of a weight {apart:.0e}")

# %% tags=["claim", "always"]
assert apart < 1e-5, "SGD with twice the strength as weight decay ends at the same weights"

# %% [markdown]
r"""
## Four views of the validation rows

Take one half as the threshold for the moment, and look at rows that the model has not seen.
"""

# %% alt="Four panels. Counts: 105 benign rows are taken for benign and 2 for malignant; of the malignant rows, 3 are taken for benign and 61 for malignant. ROC: the curve climbs steeply along the left edge into the upper left corner; the dot of this threshold sits close below that corner. Precision–recall: the curve runs along the top and drops at the right end; the dot is where it begins to drop. Calibration: 101 rows near 0 and 57 near 1 lie on the diagonal; of three dots in between, 4 and 5 rows lie below it and 4 above it."
from course import plotting
from course.training.metrics import calibration_curve, confusion_matrix, roc_auc, roc_curve
from course.training.thresholds import average_precision, precision_recall_curve

p_valid = torch.sigmoid(x_valid @ weight + bias)
counts = confusion_matrix(p_valid >= 0.5, y_valid, classes=2)
area, precision = roc_auc(p_valid, y_valid), average_precision(p_valid, y_valid)
middle = calibration_curve(p_valid, y_valid, bins=5)[2][1:-1]
plotting.verdict(
    counts,
    roc_curve(p_valid, y_valid)[:2],
    precision_recall_curve(p_valid, y_valid)[:2],
    calibration_curve(p_valid, y_valid, bins=5),
    names=("benign", "malignant"),
)

# %% tags=["claim", "here"]
promised, happened, _ = calibration_curve(p_valid, y_valid, bins=5)
assert counts[1, 0] > counts[0, 1], "at one half, misses outnumber false alarms"
assert area > 0.98, "a random cancer scores above a random benign tumour in over 98 % of pairs"
assert (promised - happened)[[0, -1]].abs().max() < 0.05, (
    "in the lowest and the highest fifth of probabilities, promise and outcome are within 5 points"
)

# %% [markdown]
r"""
- **Counts**, the *confusion matrix*: {{ 100 * counts.diagonal().sum().item() / len(y_valid):.1f }} % are right,
  next to a base rate of {{ 100 * (1 - y_valid.mean().item()):.1f }} %. But there are two kinds of mistakes:
  {{ counts[1, 0].item() }} of {{ counts[1].sum().item() }} cancers are missed, and {{ counts[0, 1].item() }} of
  {{ counts[0].sum().item() }} benign tumours raise a false alarm.
- **ROC**: for every threshold, the share of cancers that are found against the share of benign tumours that
  raise a false alarm. The area under it, {{ area:.3f }}, is the probability that a random cancer
  gets a higher score than a random benign tumour. It judges the order, not the threshold.
- **Precision–recall<!-- term -->**: of the alarms, how many are true (precision), against how many cancers are found (recall). Its
  average is {{ precision:.3f }}; scores that say nothing would give the dotted line, the share of cancers. Unlike
  ROC, it depends on this share.
- **Calibration**: of the rows with about this probability, how many came true? The numbers count rows. At both
  ends promise and outcome agree. Between them stand {{ middle.sum().item() }} rows in all, too few to say much.

The dot is the threshold of one half. Both curves say that more cancers could be found, at a price.

## The threshold

What price? Suppose that a missed cancer is twenty times as bad as a false alarm. This number is invented. In
practice it comes from doctors and patients: no data contain it, and to leave it out is to choose 1. At each threshold,
[`expected_cost`][course.training.thresholds.expected_cost] adds up both kinds of mistake, each at its price, as you did
by hand, and [`cheapest_threshold`][course.training.thresholds.cheapest_threshold] looks for the lowest sum.
"""

# %%
from course.training.thresholds import cheapest_threshold

alarm, miss = 1, 20
formula = calibrated_threshold(alarm, miss)
cheapest = cheapest_threshold(p_valid, y_valid, alarm, miss)

# %% alt="Mean cost of a validation row against the threshold, both on log scales. From the left the cost falls slowly, to a lowest point near a threshold of 0.08, and then climbs in jumps, to more than three times as much at one half. A dotted line marks the threshold of the formula, a little left of the lowest point." lead="What deciding costs, threshold by threshold: one half is far from the cheapest."
thresholds = torch.logspace(-3, 0, 600, dtype=torch.float64)
priced = plotting.functions(
    thresholds,
    {"validation rows": expected_cost(p_valid, y_valid, thresholds, alarm, miss)},
    xlabel="threshold",
    ylabel="cost per row",
    log=True,
    borders={"formula: 1/21": formula},
)
few = (p_valid[:60], y_valid[:60])
plotting.demo(
    "threshold",
    priced,
    "Find the cheapest threshold. Then let a missed cancer cost no more than a false alarm: which way "
    "does it move, and who is no longer found?",
    {
        "scores": p_valid.round(decimals=4),
        "targets": y_valid.int(),
        "names": ["benign", "cancer"],
        "given": miss,
    },
    [
        *((confusion_matrix, p_valid >= cut, y_valid, 2) for cut in (0.05, 0.5, 0.9)),
        (roc_curve, *few),
        *((precision_recall_curve, scores, few[1]) for scores in (few[0], 1 - few[0])),
        (expected_cost, p_valid, y_valid, thresholds[::10], 1, 20),
        (expected_cost, *few, p_valid[:60], 3, 2),
    ],
)

# %%
at = torch.tensor([0.5, cheapest, formula], dtype=torch.float64)
costs = expected_cost(p_valid, y_valid, at, alarm, miss)
for name, threshold, cost in zip(("one half", "cheapest", "formula"), at, costs, strict=True):
    print(f"{name:9} {threshold:.3f}  cost per row {cost:.3f}")

# %% tags=["claim", "here"]
jumps = expected_cost(p_valid, y_valid, thresholds, alarm, miss).diff()
never = miss * y_valid.mean()
assert costs[0] > 1.5 * costs[2], (
    "one half costs more than one and a half times what the formula's threshold does"
)
assert costs[2] < 3 * costs[1], "the formula costs less than three times the lowest"
assert costs[0] < never / 5, "to say always benign costs over five times as much as one half"
assert jumps.max() > 0.9 * miss / len(y_valid), "a single cancer makes a jump in the curve"

# %% [markdown]
r"""
Each jump upwards is one cancer that falls below the threshold, so where the lowest point lies hangs on a few rows. The
formula hangs on none, if the probabilities are right. **The decision:** the formula's threshold,
{{ formula:.3f }}. The validation rows could have objected, by a cost far above the lowest, and do not.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

doubled = calibrated_threshold(2 * alarm, 2 * miss)
Question(
    "Both mistakes turn out to be twice as expensive. What becomes of the threshold?",
    Choice(
        "it is halved",
        doubled < 0.9 * formula,
        "A *miss* that gets dearer by itself would lower it.",
    ),
    Choice(
        "it stays",
        abs(doubled / formula - 1) < 1e-9,
        "Only the ratio of the costs counts: everything is twice as dear, and the cheapest is the same.",
    ),
    Choice(
        "it doubles",
        doubled > 1.1 * formula,
        "A *false alarm* that gets dearer by itself would raise it.",
    ),
)

# %% [markdown]
r"""
## The test set, once
"""

# %%
x_test, y_test = test_set.open()
p_test = torch.sigmoid(x_test @ weight + bias)


def price(probabilities, targets, threshold):
    at = torch.tensor([threshold], dtype=torch.float64)
    return expected_cost(probabilities, targets, at, alarm, miss).item()


tested = {}
for name, threshold in {"formula": formula, "one half": 0.5}.items():
    tested[name] = confusion_matrix(p_test >= threshold, y_test, classes=2)
    (right, alarms), (missed, found) = tested[name].tolist()
    cost = price(p_test, y_test, threshold)
    print(f"{name:8} cancers missed {missed} of {missed + found}", end="")
    print(f", false alarms {alarms} of {right + alarms}, cost {cost:.3f}")

# %% [markdown]
r"""
At the formula's threshold, {{ tested["formula"][1, 0].item() }} of {{ tested["formula"][1].sum().item() }} cancers are
missed, for {{ tested["formula"][0, 1].item() }} false alarms; at one half it is
{{ tested["one half"][1, 0].item() }}. Had it come out the other way, you could not take the other threshold now: these
rows would have chosen it, and none would be left to judge it. But you may ask how far
[these numbers would move](#going-deeper-how-far-would-it-move), on other tumours or after another split. That so few cancers are missed
among {{ tested["formula"][1].sum().item() }} promises little about the next.

## Going deeper: how far would it move?

**Other test rows.** [`bootstrap_interval`][course.training.bootstrap.bootstrap_interval] draws the
{{ len(y_test) }} test rows again, with replacement, a thousand times, computes a number each time, and leaves out
the lowest and the highest 25 of them: a *percentile* interval. It is made to hold,
in 95 of 100 cases, what the number would be on all tumours of this source. The model stays as it is.

**Other splits.** Start again with other seeds: other training rows, so other means, other weights, other
validation and test rows. Nothing is chosen by these runs.
"""

# %%
from course.training.bootstrap import bootstrap_interval


def right_share(probabilities, targets):
    return ((probabilities >= 0.5) == (targets == 1)).double().mean().item()


statistics = {
    "accuracy at one half": right_share,
    "area under ROC": roc_auc,
    "cost at one half": lambda p, t: price(p, t, 0.5),
    "cost at the formula": lambda p, t: price(p, t, formula),
    "missed at the formula": lambda p, t: (p[t == 1] < formula).double().mean(),
}


def one_run(seed):
    (x, targets), (x_chosen, y_chosen), (x_new, y_new) = prepare(seed)
    w, b = fit_logistic(x, targets, strength)
    p_new = torch.sigmoid(x_new @ w + b)
    chosen = cheapest_threshold(torch.sigmoid(x_chosen @ w + b), y_chosen, alarm, miss)
    values = [float(statistic(p_new, y_new)) for statistic in statistics.values()]
    return torch.tensor([*values, price(p_new, y_new, chosen)]), w


runs, weights = (torch.stack(each) for each in zip(*map(one_run, range(50)), strict=True))

generator = torch.Generator().manual_seed(0)
intervals = {}
print("                       test   bootstrap         50 splits: mean, standard deviation")
for column, (name, statistic) in zip(runs.T, statistics.items(), strict=False):
    low, high = bootstrap_interval(statistic, p_test, y_test, generator=generator)
    intervals[name] = (low, high)
    value = float(statistic(p_test, y_test))
    print(
        f"{name:21} {value:.3f}  {low:.3f} to {high:.3f}   {column.mean():.3f}  {column.std():.3f}"
    )

# %% [markdown]
r"""
| repeated by | moves | covers | does not cover |
| --- | --- | --- | --- |
| bootstrap | the test rows | *this model*, on other tumours from the same source | that training could have gone otherwise |
| new splits | all three parts | *the recipe*, on other splits of these 569 rows | tumours not yet measured, because [splits share rows](../training/seeds.py#several-seeds) |

Neither covers another hospital with other microscopes.

The last line shows where the bootstrap fails. Of these cancers none was missed at the formula's threshold, so no draw
of these rows misses one, and the interval of the share goes from {{ intervals["missed at the formula"][0]:.3f }} to
{{ intervals["missed at the formula"][1]:.3f }}. That is no rare accident: in {{ int((runs[:, 4] == 0).sum()) }} of the
50 splits none was missed, and over all of them it was {{ 100 * runs[:, 4].mean():.1f }} %.
**What did not happen in the sample cannot happen in its bootstrap.** Even if
{{ 100 * (1 - 0.05 ** (1 / y_test.sum().item())):.1f }} % of all cancers were missed, a sample of {{ int(y_test.sum()) }}
would show none in 5 of 100 cases, as an exercise below derives.

Here are all fifty test sets, with three ways to set the threshold:
"""

# %% alt="Three rows of fifty dots, the cost of a test row in each split. At one half the dots are spread from near 0 to beyond 1, with their mean near 0.36. For the threshold that was cheapest on the validation rows they reach from near 0 to about 0.7, mean 0.22. For the threshold of the formula they lie close together, mean 0.17."
plotting.dots(
    {"one half": runs[:, 2], "cheapest": runs[:, 5], "formula": runs[:, 3]},
    xlabel="cost per test row",
)

# %%
from course.training.seeds import mean_interval

for name, column in {"one half": 2, "cheapest": 5}.items():
    gain, margin = mean_interval(runs[:, column] - runs[:, 3])
    print(f"{name} costs more than the formula by {gain:.3f} ± {margin:.3f}")

# %% tags=["claim", "always"]
none_missed = (p_test[y_test == 1] >= formula).all()
assert not none_missed or intervals["missed at the formula"] == (0, 0), (
    "where no cancer of the sample was missed, no draw of the bootstrap misses one"
)

# %% tags=["claim", "in-general"]
halves, margin = mean_interval(runs[:, 2] - runs[:, 3])
assert halves - margin > 0, (
    "over 50 splits, paired, one half costs more than the formula: the 95 % interval lies above 0"
)

# %% tags=["claim", "here"]
assert runs[:, 3].std() < runs[:, 5].std(), (
    "the formula's cost varies less from split to split than that of the cheapest on validation rows"
)
lucky = int((runs[:, 2] < runs[:, 3]).sum())
assert lucky <= 15, "one half was cheaper than the formula in at most 15 of the 50 splits"
base = 1 - y_test.mean()
assert (runs[:, 0] - base).min() > 0.25, "every accuracy is over 25 points above the base rate"

# %% [markdown]
r"""
In each split the three thresholds are compared on the same rows: the differences are *paired*, and the ± is for the
mean of ever more such splits, in 95 of 100 cases. One half was the cheaper one in {{ lucky }} of 50. In the page's own
split it cost {{ runs[own, 2] / runs[own, 3]:.1f }} times what the formula did; in the middle one of the fifty,
{{ (runs[:, 2] / runs[:, 3]).median():.1f }} times. The threshold that was cheapest on {{ len(y_valid) }} validation rows follows chance, and does not beat the
formula, which needs no row. It has its own condition: calibrated
probabilities. When they are not, as with many networks, choose on validation rows, and take many.

!!! note "Tumours yet to come"
    The fifty splits share their rows, so for other tumours the ± is too small. Multiplied by
    $\sqrt{1 + m \, n_\mathrm{test} / n_\mathrm{training}}$ for $m$ splits (Nadeau and Bengio, 2003), that of one half becomes
    ± {{ margin * (1 + len(runs) * len(y_test) / len(y_train)) ** 0.5:.2f }}, next to a difference of
    {{ halves:.2f }}. These {{ int(y.sum()) }} cancers alone do not decide it for others. What speaks for the low threshold is
    the price: a miss was said to cost twenty times as much.

## Going deeper: what a coefficient says

The [odds](prediction.py#the-idea) $p / (1 - p)$ are $e^z$. So if column $j$ is larger by one standard deviation, and **all
others stay**, the odds are multiplied by $e^{w_j}$, the *odds ratio*.
"""

# %%
shown = ["worst smoothness", "mean radius", "mean perimeter", "compactness error"]
with_diagnosis = torch.corrcoef(torch.cat([x_train, y_train[:, None]], dim=1).T)[-1]
print("                    odds ratio   range, 50 splits  correlation with malignant")
for name in shown:
    j = columns.index(name)
    spread = weights[:, j].exp()
    print(f"{name:18} {weight[j].exp():10.2f}   ", end="")
    print(f"{spread.min():.2f} to {spread.max():.2f} {with_diagnosis[j]:18.2f}")

# %% tags=["claim", "here"]
odd, radius, perimeter = (columns.index(name) for name in (shown[3], shown[1], shown[2]))
related = torch.corrcoef(x_train.T)
twins, relatives = related[radius, perimeter], int((related[odd].abs() > 0.7).sum()) - 1
sizes = ("perimeter", "area")
kept = [j for j, name in enumerate(columns) if not any(size in name for size in sizes)]
fewer, _ = fit_logistic(x_train[:, kept], y_train, strength)
alone = fewer[kept.index(radius)]
assert with_diagnosis[odd] > 0.1, "malignant tumours have a larger compactness error on average"
assert (weights[:, odd] < 0).all(), "and yet its weight is negative, in all 50 splits"
assert twins > 0.99, "mean radius and mean perimeter have a correlation above 0.99"
assert alone > 1.4 * weight[radius], (
    "without the columns of perimeter and area, the weight of the mean radius grows by over 40 %"
)

# %% [markdown]
r"""
Read the last line twice. Malignant tumours have the larger compactness error on average, and its odds ratio is below 1.
That is no contradiction: the weight compares tumours that are *equal in the other 29 columns*, {{ relatives }} of which
have a correlation above 0.7 <!-- number: a limit, chosen -->with this one. Hardly any two tumours are. Mean radius and mean perimeter have a correlation of {{ twins:.3f }}, so one
cannot grow alone; the penalty shares the effect among them, and without perimeter and area the radius'
odds ratio goes from {{ weight[radius].exp():.2f }} to {{ alone.exp():.2f }}. These weights predict. They do not say
what a measurement does, let alone what would happen if one changed it: [what a weight can
mean](../linear/identifiability.py).
"""

# %% tags=["hide-input"]
before = torch.tensor(0.5, dtype=torch.float64)
after = torch.sigmoid(torch.logit(before) + torch.tensor(2.0).log()).item()
Question(
    "A column has an odds ratio of 2, and a tumour a probability of one half. With one standard deviation "
    "more in that column, what is its probability?",
    Choice("1: it doubles", abs(after - 1) < 0.01, "The odds double, not the probability."),
    Choice(
        "two thirds",
        abs(after - 2 / 3) < 0.01,
        f"The odds were 1 to 1 and become 2 to 1: {after:.3f}.",
    ),
    Choice("three quarters", abs(after - 0.75) < 0.01, "That is odds of 3 to 1."),
)

# %% [markdown]
r"""
## What goes wrong: no penalty

All rows should speak for themselves, so somebody sets the strength to zero.
"""

# %% tags=["raises-exception"] cause="The classes can be parted without a mistake, so larger weights always cost less: give a penalty."
fit_logistic(x_train, y_train, strength=0.0)

# %% [markdown]
r"""
With 30 columns, a plane parts the {{ len(y_train) }} training rows without a mistake: they are
[separable](likelihood.py#going-deeper-data-without-a-maximum), and no weights are best. **The symptom** is a
training loss near 0 and weights that grow with every step. **The repair** is a penalty, its strength chosen on validation
rows.

## Going deeper: hardly any penalty

A very weak penalty shows what becomes of the probabilities:
"""

# %% symptom="The model is sure of everything, and its validation loss is high" cause="The weights have grown without a penalty: choose its strength on validation rows."
w, b = fit_logistic(x_train, y_train, strength_from_c(1e5, len(y_train)))
sure = torch.sigmoid(x_valid @ w + b)
for name, p in {"C = 1": p_valid, "C = 100,000": sure}.items():
    extreme = ((p - 0.5).abs() > 0.4999).double().mean()
    loss = nn.functional.binary_cross_entropy(p, y_valid)
    print(f"{name:11} surer than 9,999 in 10,000: {100 * extreme:2.0f} %", end="")
    print(f", cross-entropy {loss:.2f}, cost {price(p, y_valid, formula):.2f}")

# %% tags=["claim", "here"]
loss_1, loss_2 = (nn.functional.binary_cross_entropy(p, y_valid).item() for p in (p_valid, sure))
assert loss_2 > 2 * loss_1, "hardly penalised, the validation rows' cross-entropy more than doubles"
assert price(sure, y_valid, formula) > 2 * costs[2], (
    "and so does the cost at the formula's threshold"
)

# %% [markdown]
r"""
## Going deeper: the same in scikit-learn

scikit-learn's `LogisticRegression` multiplies the sum of the losses by a number $C$ in place of a strength. That is a strength of
$1 / (2 C n)$ on our mean: a large $C$ is a *weak* penalty. With its default, $C = 1$, both should have the same weights:
"""

# %%
from sklearn.linear_model import LogisticRegression

theirs = LogisticRegression(C=1.0, tol=1e-10, max_iter=10_000).fit(x_train, y_train)
gap = (weight - torch.tensor(theirs.coef_[0])).abs().max().item()
print(f"largest difference of a weight to scikit-learn {gap:.0e}")

# %% tags=["claim", "always"]
assert gap < 1e-5, "our weights and scikit-learn's differ by less than 0.00001"
assert abs(bias.item() - theirs.intercept_[0]) < 1e-5, "and so do the biases"

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.logistic.exercises import classifier as exercises

exercises.bill

# %% tags=["hide-input"]
exercises.none_of_many

# %% tags=["hide-input"]
exercises.odds_per_unit

# %% [markdown]
r"""
??? success "What you find"
    The page's test set costs {{ exercises.mean_cost(tested["formula"], alarm, miss):.3f }} per row at the formula's
    threshold. With none of {{ int(y_test.sum()) }} cancers missed, a rate of up to
    {{ 100 * exercises.highest_rate(int(y_test.sum()), 0.95):.1f }} % is not excluded at the usual level: at that
    rate, misses alone would cost
    {{ miss * y_test.mean().item() * exercises.highest_rate(int(y_test.sum()), 0.95):.2f }} per row.

## What to remember

- A threshold follows from what mistakes cost: $c_\mathrm{fp} / (c_\mathrm{fp} + c_\mathrm{fn})$ for calibrated
  probabilities. One half is a choice, too.
- Next to an accuracy: the base rate, and the confusion matrix. ROC and precision–recall show all thresholds.
- [How far a number would move](#going-deeper-how-far-would-it-move): the bootstrap of test rows tells it for this model,
  new splits for the recipe. Nothing missed in a small sample is no promise.
- [An odds ratio](#going-deeper-what-a-coefficient-says) compares rows that are equal in all other columns. Where columns are
  relatives, hardly any two rows are.

Reference: [`fit_logistic`][course.logistic.classifier.fit_logistic],
[`strength_from_c`][course.logistic.classifier.strength_from_c],
[`expected_cost`][course.training.thresholds.expected_cost],
[`cheapest_threshold`][course.training.thresholds.cheapest_threshold],
[`calibrated_threshold`][course.training.thresholds.calibrated_threshold],
[`precision_recall_curve`][course.training.thresholds.precision_recall_curve],
[`bootstrap_interval`][course.training.bootstrap.bootstrap_interval],
[`verdict`][course.plotting.drawings.verdict.verdict]. The test that proves the first two is
`tests/logistic/test_classifier.py`. Next: back to the [theme](index.md) and its key takeaway.
"""
