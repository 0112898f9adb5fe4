# ---
# title: From a table to a decision
# description: >-
#   A whole project on real data: audit, split, scale, regularise, tune, judge once, explain, save, and
#   decide new rows; with functions that take any table.
# needs: >-
#   [a real classifier](../logistic/classifier.py), [measuring](../training/measuring.py) and [data
#   you can trust](../data/trust.py)
# ---

# %% [markdown]
r"""
**The question.** Somebody hands you a table with a column of yes and no, and wants to know what to do with
the next row. What do you do, in which order, and what may each step look at? A wrong order raises no error:
it makes a result that is too good to be true.
"""

# %% [markdown]
r"""
## The idea

Every step learns something from rows. A step that has learned from a row can no longer be judged on it. So
the order of the work is an order of who may look at what:

| Step | What it learns | From which rows |
| --- | --- | --- |
| audit | whether the table can be used | all, cell by cell |
| scale, fit | mean, deviation, weights<!-- term --> | training |
| regularise, tune | how strong the penalty is | validation |
| decide | the threshold<!-- term --> | none: from what mistakes cost |
| judge | what it is worth | test, once |
| explain | what the model leans on | the test rows, now that they are open |

The functions of this page know nothing about the data below. They take any table with numbers in its columns
and two values in the column to predict; point them at a CSV file of your own.
"""

# %% [markdown]
r"""
## The smallest case, by hand

Three rows are enough for what is wrong with most tables. Read the file yourself first.
"""

# %%
from io import StringIO

import pandas as pd

from course.project.table import problems

text = """age,bmi,clinic,fast
61,24.1,7,no
48,unknown,7,yes
,31.5,7,no
"""
small = pd.read_csv(StringIO(text))
print(small.dtypes.to_string())
for line in problems(small, target="fast", positive="yes"):
    print("-", line)

# %% [markdown]
r"""
pandas reads it without a word: one cell of text makes a column of text, and the empty cell becomes NaN.
[`problems`][course.project.table.problems] tells everything at once, with row and column. A frame counts its rows
from 0; give the path of a file instead, and they are numbered as a spreadsheet does, with the header as row 1.
[`read_table`][course.project.table.read_table] refuses such a table, so that no later step has to ask.
"""

# %% [markdown]
r"""
## The table

Ten measurements of each of 442 patients with diabetes, and how far the disease had gone a year later
(Efron et al., 2004). `s1` to `s6` come from their blood. Suppose that a clinic can see some patients sooner. It
asks: will the number be above 200? Write the table to a file, as if somebody had sent it.
"""

# %%
import tempfile
from pathlib import Path

from sklearn.datasets import load_diabetes

from course.project.table import read_table

frame = load_diabetes(scaled=False, as_frame=True).frame
frame["fast"] = (frame.pop("target") > 200).map({True: "yes", False: "no"})
folder = tempfile.TemporaryDirectory()
path = Path(folder.name) / "patients.csv"
frame.to_csv(path, index=False)
print(path.read_text()[:150], "…", sep="")

table = read_table(path, target="fast", positive="yes")
fast = int(table.y.sum())
print(f"{len(table.names)} columns, {len(table.y)} rows, {fast} of them fast")

# %% [markdown]
r"""
`pop` matters: the column from which the answers were made is gone. What happens otherwise stands under
[too good](#what-goes-wrong-too-good).
"""

# %% [markdown]
r"""
## Split, scale, regularise, tune

A quarter of the rows is sealed in [`HeldOut`][course.training.splits.HeldOut]. Look for what is suspicious
about the split, then choose between models on the others.
"""

# %%
import torch

from course.data.trust import audit
from course.project.pipeline import develop, judge
from course.training.splits import HeldOut, split_rows_by_class

generator = torch.Generator().manual_seed(25)
rows, test = split_rows_by_class(table.y, (0.75, 0.25), generator)
held_out = HeldOut(table.x[test], table.y[test])


def columns_of(part):
    answers = {table.target: table.y[part].long()}
    return dict(zip(table.names, table.x[part].T, strict=True)) | answers


print("suspicious:", audit(columns_of(rows), columns_of(test), table.target) or "nothing")

x, y = table.x[rows], table.y[rows]
tuned = develop(x, y, generator)
print(len(tuned.training), "training,", len(tuned.validation), "validation rows,", held_out)
for strength, loss in tuned.losses.items():
    print(f"strength {strength:5}: {loss:.4f}", "← lowest" if strength == tuned.strength else "")

other_splits = [develop(x, y, torch.Generator().manual_seed(seed)) for seed in range(20)]
at_edge = sum(other.at_edge for other in other_splits)
print(f"lowest at the edge: {tuned.at_edge}; in 20 other splits of these rows, {at_edge} times")

# %% [markdown]
r"""
The audit compares the two parts and chooses nothing. [`develop`][course.project.pipeline.develop] splits off
the validation rows and calls [`tune`][course.project.pipeline.tune], which fits one model per strength of the
penalty and keeps the one with the lowest cross-entropy on rows that it was not fitted on. Too strong a penalty
forgets what the columns say, too weak a one learns the chance in {{ len(tuned.training) }} rows. With ten columns
that is little: the weakest comes within {{ [*tuned.losses.values()][-1] - min(tuned.losses.values()):.3f }} of the lowest
loss, and in {{ at_edge }} of 20 other splits the lowest stands at the edge of what was tried. Then `tuned.at_edge` is
true: one beyond might do better still.

::: course.project.pipeline.LogisticModel

The scaling is part of the [model][course.project.pipeline.LogisticModel], so that there is one thing to
save, and nobody can scale new rows by their own mean. [`fit_model`][course.project.pipeline.fit_model] finds its
weights by Newton's method, whose steps use the curvature as well as the gradient. On standardised rows they are those of
[`fit_logistic`][course.logistic.classifier.fit_logistic], which asks an optimizer of PyTorch, L-BFGS:
"""

# %%
from course.logistic.classifier import fit_logistic

model = tuned.model
scaled = (x[tuned.training] - model.mean) / model.std
weight, bias = fit_logistic(scaled, y[tuned.training], tuned.strength)
apart = (weight - model.weight).abs().max().item()
print(f"largest difference of a weight {apart:.0e}")

# %% tags=["claim", "always"]
assert apart < 1e-5, "Newton's method and L-BFGS find the same weights"

# %% tags=["claim", "here"]
first, *_, last = tuned.losses.values()
assert first > min(tuned.losses.values()) + 0.05, (
    "the strongest penalty has a validation loss more than 0.05 above the lowest"
)
assert last < min(tuned.losses.values()) + 0.05, "the weakest has one less than 0.05 above it"

# %% [markdown]
r"""
## Decide, and judge once

A missed patient is, say, four times as bad as an appointment that was not needed. (Doctors and patients know, the
table does not.) That makes [the threshold](../logistic/classifier.py#the-idea) one in five. Nothing is left to
choose, so open the test set.
"""

# %% alt="Four panels about the test rows. Counts: of those with the answer no, 58 are taken for no and 22 for yes; of those with yes, 5 are taken for no and 25 for yes. ROC: a curve of steps well above the dotted diagonal, with the dot nearly three tenths to the right and a little over eight tenths up. Precision–recall: the curve falls in teeth from the upper left to the dotted line at the lower right; the dot is at a recall of a little over eight tenths and a precision a little over one half. Calibration: five dots with their numbers of rows, 63 in the lowest bin near the diagonal, the others to either side of it." lead="One model on its test rows, looked at in four ways."
from course import plotting
from course.training.metrics import calibration_curve, roc_curve
from course.training.thresholds import calibrated_threshold, precision_recall_curve

alarm, miss = 1, 4
threshold = calibrated_threshold(alarm, miss)
x_test, y_test = held_out.open()
judged = judge(model, x_test, y_test, threshold)

p = model(x_test).sigmoid().detach()
plotting.verdict(
    judged.matrix,
    roc_curve(p, y_test)[:2],
    precision_recall_curve(p, y_test)[:2],
    calibration_curve(p, y_test, bins=5),
    names=table.labels,
)

# %%
from course.training.bootstrap import bootstrap_interval
from course.training.metrics import roc_auc
from course.training.thresholds import expected_cost


def cost(probabilities, answers):
    at = torch.tensor([threshold], dtype=torch.float64)
    return expected_cost(probabilities, answers, at, alarm, miss).item()


def saved(probabilities, answers):
    without_model = min(alarm * (1 - answers.mean()), miss * answers.mean())
    return without_model.item() - cost(probabilities, answers)


generator = torch.Generator().manual_seed(0)
low, high = bootstrap_interval(roc_auc, p, y_test, generator=generator)
least, most = bootstrap_interval(saved, p, y_test, generator=generator)
everybody, nobody = alarm * (1 - y_test.mean()).item(), miss * y_test.mean().item()
print(f"area under ROC {judged.auc:.3f}, interval {low:.3f} to {high:.3f}")
print(f"accuracy       {judged.accuracy:.3f}, base rate {judged.base_rate:.3f}")
print(f"cost per row   {cost(p, y_test):.3f}, all called {everybody:.3f}, none {nobody:.3f}")
print(f"saved per row  {saved(p, y_test):.3f}, interval {least:.3f} to {most:.3f}")

# %% tags=["claim", "in-general"]
assert low > 0.7, (
    "the 95 % interval of the area under ROC lies above 0.7: the columns say something"
)
assert least > 0, (
    "the 95 % interval of what is saved, against the cheaper of calling everybody and nobody, lies "
    "above 0"
)

# %% tags=["claim", "here"]
assert judged.accuracy < judged.base_rate + 0.1, (
    "by accuracy it is less than 10 points above the base rate"
)

# %% [markdown]
r"""
The intervals are [percentile intervals of the bootstrap][course.training.bootstrap.bootstrap_interval]: made so
from other test sets of the same source, about 95 of 100 hold what this model is worth for all patients there. By
accuracy the model hardly beats the
base rate. It was never meant to: it calls {{ judged.matrix[0, 1].item() }} patients too many so as to miss only
{{ judged.matrix[1, 0].item() }} of {{ judged.matrix[1].sum().item() }}, and that is what the clinic asked for.
**The decision:** use it. Compared with the cheaper of the two decisions that need no model, to call everybody, it
saves {{ 100 * saved(p, y_test) / everybody:.0f }} % of the cost.
"""

# %% [markdown]
r"""
## What goes wrong: too good

Leave in what `pop` took out: the number that the answers were made from.
"""

# %% symptom="100 % right, or nearly, on validation rows: too good to be true" cause="A column holds the answer, or was made from it, and is not known when the decision is due."
leak = load_diabetes(scaled=False, as_frame=True).frame
leak["fast"] = leak["target"] > 200
leaking = read_table(leak, target="fast", positive=True)
leaky = develop(leaking.x[rows], leaking.y[rows], torch.Generator().manual_seed(0))
too_good = judge(leaky.model, leaking.x[rows][leaky.validation], leaking.y[rows][leaky.validation])
print(f"area under ROC {too_good.auc:.3f}, accuracy {too_good.accuracy:.3f}")
names = dict(zip(leaking.names, leaky.model.weight.tolist(), strict=True))
print("largest weight:", max(names, key=lambda name: abs(names[name])))

# %% tags=["claim", "here"]
assert too_good.auc > 0.99, (
    "with the leak, the validation rows are ranked without a mistake, or nearly"
)
assert max(names, key=lambda name: abs(names[name])) == "target", "one column does it"

# %% [markdown]
r"""
**The symptom:** a result better than anybody who knows the matter believes, and one column that does it all.
**The repair** is a question about each column, which no program can answer for you: *would I know this number at
the time when the decision is due?*
"""

# %% [markdown]
r"""
## Going deeper: what does it lean on?

Shuffle one column of the test rows, so that its values belong to other patients, and see how much the score falls:
that is the *permutation importance* of the column.

::: course.project.evidence.permutation_importance

Next to it, a different question: what if the column had never been there? Then the model is fitted and tuned
without it.
"""

# %%
from course.project.evidence import permutation_importance
from course.project.pipeline import tune


def score(x):
    return judge(model, x, y_test).auc


shuffled = permutation_importance(score, x_test, 50, generator).mean(dim=0)


def lost(p, p_without, answers):
    return roc_auc(p, answers) - roc_auc(p_without, answers)


missing, intervals = {}, {}
print("Area under ROC lost if the column is")
print("       shuffled   left out, and the interval")
for j in shuffled.argsort(descending=True).tolist():
    name, others = table.names[j], [k for k in range(len(table.names)) if k != j]
    without = tune(x[:, others], y, tuned.training, tuned.validation).model
    pair = (p, without(x_test[:, others]).sigmoid().detach(), y_test)
    missing[name] = lost(*pair).item()
    intervals[name] = bootstrap_interval(lost, *pair, draws=300, generator=generator)
    print(f"{name:6} {shuffled[j].item():z8.3f} {missing[name]:z10.3f}", end="   ")
    print("{:z6.3f} to {:z6.3f}".format(*intervals[name]))

# %% tags=["claim", "here"]
leaders = {table.names[j] for j in shuffled.topk(3).indices}
assert leaders == {"s5", "bmi", "bp"}, "the model leans most on s5, bmi and bp"
assert shuffled[table.names.index("s5")] > max(missing.values()), (
    "to shuffle s5 costs more than it costs to leave any column out"
)

# %% [markdown]
r"""
[`permutation_importance`][course.project.evidence.permutation_importance] explains the *model*, not the disease.
A model without `s5` leans on the other values of the blood, which say much of the same. So a column may look
important and be dispensable; and of two columns that say the same, both may look unimportant. The intervals, for these
two models and other patients, contain 0 for {{ sum(low <= 0 <= high for low, high in intervals.values()) }} of the
{{ len(intervals) }} columns: {{ len(y_test) }} rows cannot say what can be left out. Do not read an order into such
numbers.
"""

# %% [markdown]
r"""
## Going deeper: save, load, decide

A [`Bundle`][course.project.bundle.Bundle] holds what deciding takes: the model with its scaling, the names of the
columns, the threshold, and what the answers mean. [`save_bundle`][course.project.bundle.save_bundle] writes the
file whole or not at all, [`decide`][course.project.bundle.decide] checks new rows as strictly as the table was.
"""

# %%
from course.project.bundle import Bundle, decide, load_bundle, save_bundle

bundle = Bundle(model, table.names, table.target, table.labels, threshold)
save_bundle(bundle, Path(folder.name) / "patients.pt")

loaded = load_bundle(Path(folder.name) / "patients.pt")
text = """name,bmi,bp,age,sex,s1,s2,s3,s4,s5,s6
Ms A,33.1,101,59,2,196,118,38,5,5.4,102
Mr B,21.4,84,36,1,171,92,61,3,4.2,85
"""
new = pd.read_csv(StringIO(text), index_col="name")
decided = decide(loaded, new)
print(decided.round(3).to_string())

# %% tags=["claim", "always"]
assert decide(loaded, new).equals(decide(bundle, new)), (
    "what was loaded decides like what was saved"
)
assert decide(loaded, new[list(table.names)]).equals(decided), (
    "the order of the columns does not matter: they are found by name"
)

# %% [markdown]
r"""
The next table comes from a colleague whose program writes other names, and who noted the answer as well. A model
that took columns by their *place* would decide something, and nobody would notice.
"""

# %% tags=["raises-exception"] cause="A column is missing, added, or holds what is no number; the lines below the message say which, and in which row."
decide(loaded, new.rename(columns={"bmi": "BMI"}).assign(fast="no"))

# %% tags=["hide-input"]
from course.practice import Choice, Question

by_own_mean = new[list(table.names)].sub(new.mean()).div(new.std())
own = torch.tensor(by_own_mean[list(table.names)].to_numpy()) @ model.weight + model.bias
same = torch.allclose(
    own.sigmoid().detach(), torch.tensor(decided.iloc[:, 0].to_numpy()), atol=0.01
)
one = new.iloc[:1][list(table.names)]
undefined = bool(one.std().isna().all())
Question(
    "Without the scaling in the model, somebody standardises new rows by the mean and deviation of *these* rows. "
    "What becomes of a single new patient?",
    Choice("the same decision", same, "Even for two patients the probabilities differ."),
    Choice(
        "none: the deviation of one row is NaN",
        undefined and not same,
        "With two rows or more there are numbers, and wrong ones: the same patient gets another answer for "
        "coming with others.",
    ),
    Choice(
        "a decision as for the average patient",
        not undefined,
        "Less its own mean, the row is all zeros, but it is divided by a deviation that one row does not have.",
    ),
)

# %% [markdown]
r"""
## Going deeper: columns of text

Most tables have some. [`learn_categories`][course.project.categories.learn_categories] reads off the training rows
what such a column can hold, [`with_categories`][course.project.categories.with_categories] makes a column of 0 and
1 of each. Suppose that the ward had been noted.
"""

# %% tags=["fold"]
from course.project.categories import learn_categories, with_categories

wards = frame.assign(ward=["north", "south"] * (len(frame) // 2))
known, rare = rows[tuned.training], rows[tuned.validation][0]
wards.loc[rare.item(), "ward"] = "east"  # in no training row
wards.loc[known[0].item(), "ward"] = "west"

categories = learn_categories(wards.iloc[known], ["ward"])
more = read_table(with_categories(wards, categories), target="fast", positive="yes")
print("learned:", categories)

again = tune(more.x[rows], more.y[rows], tuned.training, tuned.validation)
fewer = tune(more.x[rows], more.y[rows], tuned.training[1:], tuned.validation)
print("without the first row, constant:", [more.names[j] for j in fewer.constant])

ward_bundle = Bundle(again.model, more.names, more.target, more.labels, threshold, categories)
print(decide(ward_bundle, wards.drop(columns="fast").iloc[[rare]])["unknown"].to_string())

# %% tags=["claim", "always"]
assert "ward=east" not in more.names, "a category that no training row holds gets no column"
assert fewer.model.weight[fewer.constant].eq(0).all(), (
    "a column that is the same in all training rows gets the weight 0, and stops nothing"
)

# %% [markdown]
r"""
A category that training did not know has 0 in all columns, and the answer names it. One that falls wholly
outside the training rows leaves a column that never changes; it gets the weight 0, and
[`Tuned.constant`][course.project.pipeline.Tuned] names it.
"""

# %% [markdown]
r"""
## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
from course.project.exercises import pipeline as exercises

exercises.worth

# %% tags=["hide-input"]
exercises.outside

# %% tags=["hide-input"]
exercises.columns

# %% [markdown]
r"""
??? success "What they give on the data of this page"
    Of the {{ len(x_test) }} test rows, {{ int((exercises.columns_outside(x[tuned.training], x_test) > 0).sum()) }} leave the
    training range in at least one column. With ten columns a few usually do; a row that leaves it in many is a row to
    look at before it is decided.
"""

# %% [markdown]
r"""
## What to remember

- Write down which rows each step may learn from. Scale by training rows, tune on validation rows, judge on
  test rows, once.
- Refuse a bad table before anything is fitted, and say which cell.
- The threshold comes from what mistakes cost. Compare the cost with that of deciding without any model.
- What is too good is a leak, until you can say why it is none.

Reference: [tables][course.project.table], [the pipeline][course.project.pipeline],
[evidence][course.project.evidence], [bundles][course.project.bundle]. The tests that prove them are in
`tests/project`. Next: [when to stop](evidence.py), the same code on data in which there is nothing to find.
"""
