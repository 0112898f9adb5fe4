# ---
# title: Data you can trust
# description: >-
#   How a model foretells coin tosses: leaks, large and small, copies of rows, an audit that looks for
#   what a program can find, and checksums.
# needs: >-
#   [a simple dataset](dataset.py), and the reader of [one image, many versions](augmentation.py),
#   which answers with the label of the nearest row
# ---

# %% [markdown]
r"""
**The question.** A model is right on nearly nine of ten rows that it has never seen. Its inputs are
random numbers, and the answers are tosses of a coin. Nobody has made a mistake in the model. What has
happened?

## The idea

A test asks: how good is this model on rows that it does not know? Its answer is worth something only if
you can answer three other questions.

1. **Do the training rows know anything of the test rows?** If anything that was computed from test
   rows went into the model, or into what was done to its inputs, then something *leaked*.
2. **Is a test row a training row?** Then it tests memory.
3. **Are these the data?** Every bit of them, as they were published ([the last part](#going-deeper-are-these-the-data)).

None of the three announces itself by an error. You have to ask.

## The smallest case of a leak, by hand

Three training rows and a test row, one column. To bring it to scale, you subtract its mean. Whose?
"""

# %%
import torch

training, test = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([10.0])
everything = torch.cat([training, test])
print("training rows, mean of the training rows:", (training - training.mean()).tolist())
print("training rows, mean of all rows:         ", (training - everything.mean()).tolist())

# %% [markdown]
r"""
In the second line, the numbers that the model trains on depend on the test row. Among many rows that
is nearly harmless, as is [shown below](#statistics-of-the-training-rows-only). A choice that depends on them is not.

## An answer out of nothing

Now the coin tosses. A hundred rows of 5,000 columns, all random; labels 0 and 1, tossed as well. You
mean to work with the hundred columns that have most to do with the label, so you choose those with the
strongest [correlation][course.data.trust.correlations], a number from −1 to 1 that says how closely column
and label follow one line.

::: course.data.trust.most_correlated

Then you do everything properly: half of the rows for training, the others only for the test. The one
question is on which rows [`most_correlated`][course.data.trust.most_correlated] chose. Do all of it forty
times, each with other random numbers: with another *seed*. It is nearly the experiment of Hastie et al.
(2009), section 7.10.2.
"""

# %%
from course.data.neighbours import nearest_labels
from course.data.trust import most_correlated


def accuracy(x, y, training, test):
    answers = nearest_labels(x[training], y[training], x[test])
    return 100 * (answers == y[test]).float().mean().item()


def coin_tosses(seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(100, 5000, generator=generator)
    y = torch.randint(0, 2, (100,), generator=generator)
    return x, y, *torch.randperm(100, generator=generator).split(50)


def out_of_nothing(seed):
    x, y, training, test = coin_tosses(seed)
    from_all = most_correlated(x, y, k=100)
    from_training = most_correlated(x[training], y[training], k=100)
    return [accuracy(x[:, chosen], y, training, test) for chosen in (from_all, from_training)]


leaking, honest = torch.tensor([out_of_nothing(seed) for seed in range(40)]).T

# %% tags=["hide-input"]
from course.practice import Choice, Question

Question(
    "No column has anything to do with any label. How many test rows are right when the columns were "
    "chosen on all rows?",
    Choice(
        "About half, because there is nothing to know",
        45 < leaking.mean() < 55,
        "There is nothing to know about new rows. But these test rows had a say in the choice.",
    ),
    Choice(
        "Some more than half, up to 60 in 100",
        55 < leaking.mean() < 65,
        f"It is {leaking.mean():.0f} in 100. There are {5000:,} columns to choose from, so among them "
        "are many that happen to agree with the labels of all rows.",
    ),
    Choice(
        "More than 80 in 100",
        leaking.mean() > 80,
        f"It is {leaking.mean():.0f} in 100. Among {5000:,} columns are many that happen to agree with "
        "the labels of all rows, test rows included. Chosen for that, they agree in the test.",
    ),
)

# %% alt="Two rows of forty dots, one dot per seed. With the columns chosen on all rows, nearly all dots lie between 80 and 100 percent. With the columns chosen on training rows, they are spread around 50 percent. A bar under each row of dots marks the mean." lead="Data made of pure chance: a score far above 50 percent comes from choosing columns on the test rows too." symptom="The result on test rows is too good, with few rows and many columns" cause="Columns were chosen on all rows, so the choice has seen the labels of the test rows: split first."
from course import plotting

groups = {"chosen on all rows": leaking, "chosen on training rows": honest}
plotting.dots(groups, xlabel="test rows right in %")

# %%
from course.training.seeds import mean_interval

for name, values in groups.items():
    print("{:24}{:.1f} ± {:.1f} % right".format(name, *mean_interval(values)))

# %% tags=["claim", "in-general"]
(mean, margin), (fair, fair_margin) = mean_interval(leaking), mean_interval(honest)
assert mean - margin > 80, (
    "chosen on all rows, more than 80 % of coin tosses are foretold: the 95 % interval lies above"
)
assert abs(fair - 50) < fair_margin, "chosen on training rows, the 95 % interval contains 50 %"

# %% tags=["claim", "here"]
assert (leaking > honest).all(), "the leak looks better with every seed"

# %% [markdown]
r"""
What follows ± says by how much the mean of so few seeds may be off by chance: its *interval*, which
[several seeds](../training/seeds.py) explains.

The reader has seen no test label. The *choice* has: out of 5,000 columns of noise it took those that agree with the
labels by chance, in training rows and in test rows alike. On rows that come tomorrow, these columns are as good as any others, and the model is right in half of
all cases.

**The repair**: everything that looks at data is part of training, the choice of columns as well. Split
first. **The symptom**: a result that is too good, with few rows and many columns.

## Going deeper: columns that agree by chance

Count, among the hundred chosen columns, those whose correlation with the label has the same sign in
training rows and in test rows:
"""

# %%
from course.data.trust import correlations

x, y, training, test = coin_tosses(seed=0)
agree = correlations(x[training], y[training]).sign() == correlations(x[test], y[test]).sign()
for name, rows in {"all rows": range(100), "training rows": training}.items():
    chosen = most_correlated(x[rows], y[rows], k=100)
    print(f"chosen on {name:14}{agree[chosen].sum():3} of {len(chosen)} agree")

# %% tags=["claim", "here"]
signs = [agree[most_correlated(x[rows], y[rows], k=100)].sum() for rows in (range(100), training)]
assert signs[0] > 95, (
    "chosen on all rows, nearly all columns say the same of training and test rows"
)
assert 30 < signs[1] < 70, "chosen on training rows, about half do, as noise does"

# %% [markdown]
r"""
## Statistics of the training rows only

Back to the harmless step. Scale the thirty measurements of a real data set on tumours (Street et al.,
1993) with the mean and the standard deviation of all rows, or of the training rows, and let the reader
answer. To give the leak a chance, train on only thirty rows; and split two hundred times, because there
is little to see.
"""

# %%
from sklearn.datasets import load_breast_cancer

from course.data.dataset import Standardise

measurements, diagnosis = load_breast_cancer(return_X_y=True)
x, y = torch.tensor(measurements, dtype=torch.float32), torch.tensor(diagnosis)


def scaled(seed):
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    training, test = order[:30], order[30:]
    by = (order, training)  # whose statistics
    scales = [Standardise(x[rows].mean(dim=0), x[rows].std(dim=0)) for rows in by]
    return [accuracy(scale(x), y, training, test) for scale in scales]


with_all, with_training = torch.tensor([scaled(seed) for seed in range(200)]).T
gains = {"choosing columns": leaking - honest, "scaling": with_all - with_training}
print(f"scaled with the training rows: {with_training.mean():.1f} % right")
for name, gain in gains.items():
    print("leak in {:17}{:+6.2f} ± {:.2f} points".format(name, *mean_interval(gain)))

# %% tags=["claim", "in-general"]
small, reach = mean_interval(gains["scaling"])
assert abs(small) + reach < 1, (
    "the leak in scaling is worth less than a point, either way, by its 95 % interval"
)

# %% tags=["claim", "here"]
assert mean_interval(gains["choosing columns"])[0] > 30, (
    "the one in choosing columns more than 30 points"
)
assert (gains["scaling"] < 0).sum() > 20, (
    "in more than 20 of 200 splits, scaling with all rows is worse"
)

# %% [markdown]
r"""
So a mean that has seen the test rows changes next to nothing here. It saw no label, and sixty numbers of 569 rows say
little about any one of them. (The interval is about other splits of the same rows; for other patients it would be
wider.) Do it right nevertheless: when the model is in use, one row comes at a time, and there is no mean of the test
rows.

## Rows that come twice

Here are four measurements of each of 150 flowers, and the species of each; they come with scikit-learn (Fisher, 1936).
Two flowers are the same in all four. Is the second a fair question for a model that knows the first? A random split
often puts them on different sides. [`shared_rows`][course.data.trust.shared_rows] finds them.
"""

# %%
from sklearn.datasets import load_iris

from course.data.trust import shared_rows

measurements, species = load_iris(return_X_y=True)
iris, species = torch.tensor(measurements, dtype=torch.float32), torch.tensor(species)

later = [i for i in range(1, len(iris)) if shared_rows(iris[:i], iris[i : i + 1])]
print("flowers that were there before:", later, iris[later[0]])

# %% [markdown]
r"""
How much do copies help? Take noise once more: 200 rows, tossed labels, and of every third row a copy
that somebody has appended. Then split at random.
"""

# %%


def with_copies(seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(200, 20, generator=generator)
    y = torch.randint(0, 2, (200,), generator=generator)
    x, y = torch.cat([x, x[::3]]), torch.cat([y, y[::3]])
    training, test = torch.randperm(len(x), generator=generator).tensor_split(2)
    known = shared_rows(x[training], x[test])
    new = test[~known]
    return accuracy(x, y, training, test), accuracy(x, y, training, new), 100 * known.float().mean()


copied, new, share = torch.tensor([with_copies(seed) for seed in range(20)]).T
print("all test rows:                 {:.1f} ± {:.1f} % right".format(*mean_interval(copied)))
print("without those of training too: {:.1f} ± {:.1f} %".format(*mean_interval(new)))
print(f"{share.mean():.0f} % of the test rows were training rows too")

# %% tags=["claim", "here"]
assert later == [142], "one flower of iris repeats an earlier one"

# %% tags=["claim", "in-general"]
assert copied.mean() - mean_interval(copied)[1] > 55, (
    "with copies on both sides, more than 55 % of the coin tosses are foretold: the 95 % interval "
    "lies above"
)
assert abs(new.mean() - 50) < 1.5 * mean_interval(new)[1], (
    "without them, it is within one and a half margins of the 95 % interval around coin tosses"
)

# %% [markdown]
r"""
A copy is foretold because it is remembered. Remove copies *before* you split. And think of rows that
are not equal but belong together, four scans of one patient, say: keep them on one side.

## An audit

What can be looked for by a program should be. [`audit`][course.data.trust.audit] takes the training and
the test rows as tables, a tensor for each column's name, and returns what it finds suspicious.

::: course.data.trust.audit

Split the flowers, and let it look.
"""

# %%
from course.data.trust import audit

names = ("sepal length", "sepal width", "petal length", "petal width")
table = {name: iris[:, i].clone() for i, name in enumerate(names)} | {"species": species}


def split(table, order):
    parts = order[:100], order[100:]
    return [{name: values[rows] for name, values in table.items()} for rows in parts]


def found(table, order):
    return audit(*split(table, order), target="species")


at_random = torch.randperm(150, generator=torch.Generator().manual_seed(3))
each_once = at_random[at_random != later[0]]
print("at random:   ", found(table, at_random))
print("without copy:", found(table, each_once))
print("as they lie:", *found(table, torch.arange(150)), sep="\n  ")

# %% [markdown]
r"""
The random split has the two equal flowers on different sides. Without the second one nothing is found. The last split
takes the first hundred flowers, `x[:100]`. The file is sorted by species, so that the last species is never seen in
training. Now spoil the table in four ways in which real tables are spoilt, and split at random again.
"""

# %%
spoilt = table | {
    "petal width": table["petal width"].clone(),
    "garden": torch.ones(150),
    "label number": species * 10 + 5.0,
}
spoilt["petal width"][[4, 40, 90]] = float("nan")
spoilt = {name: torch.cat([values, values[:30]]) for name, values in spoilt.items()}

order = torch.randperm(180, generator=torch.Generator().manual_seed(3))
findings = found(spoilt, order)
print(*findings, sep="\n")

# %% tags=["claim", "here"]
assert found(table, each_once) == [], "in a random split without the copy, nothing is found"

# %% tags=["claim", "always"]
sorted_split = found(table, torch.arange(150))
assert "species: 2 is in the test rows and in no training row" in sorted_split, (
    "in the sorted one, that a species is missing"
)
spoilt_ways = ("petal width: NaN", "garden: the same", "label number: gives species away", "too: ")
assert all(any(way in line for line in findings) for way in spoilt_ways), (
    "each of the four ways to spoil the table is found"
)

# %% [markdown]
r"""
What an audit cannot know: which columns will exist when the model is in use, which rows belong
together, and how you chose the columns. An empty list is no proof; a line in it is worth an hour.

## Going deeper: are these the data?

A *checksum* turns a file of any size into a few digits, and another file practically never has the same.
Write the flowers to a file, and note its size and its checksum, by the rule called MD5.
"""

# %%
import contextlib
import hashlib
import tempfile
from pathlib import Path

folder = tempfile.TemporaryDirectory()
with contextlib.chdir(folder.name):
    Path("iris.bin").write_bytes(iris.numpy().tobytes())
    size, md5 = Path("iris.bin").stat().st_size, hashlib.md5(iris.numpy().tobytes()).hexdigest()
print(f"{size:,} bytes, MD5 {md5}")

# %% [markdown]
r"""
On its way through a network or in an old disk, a single one of its {{ f"{8 * size:,}" }} bits changes.
"""

# %%
with contextlib.chdir(folder.name):
    content = bytearray(Path("iris.bin").read_bytes())
    content[1602] ^= 0b100_0000
    Path("iris.bin").write_bytes(content)
    read = torch.frombuffer(bytearray(Path("iris.bin").read_bytes()), dtype=torch.float32).view(
        150, 4
    )

(flower, column) = (read != iris).nonzero()[0].tolist()
print(f"flower {flower}: {iris[flower, column]:.4g} cm has become {read[flower, column]:.4g} cm")
print(f"mean of the column: {iris[:, column].mean():.4f}, now {read[:, column].mean():.4f}")

# %% [markdown]
r"""
The file is as long as before, it is read without complaint, and the number could be one.
[`verify_file`][course.data.checksums.verify_file] notices:
"""

# %% tags=["raises-exception"] cause="The file is not the one whose checksum is written down: a bit was lost on its way, or somebody changed it."
from course.data.checksums import verify_file

with contextlib.chdir(folder.name):
    verify_file(Path("iris.bin"), size, md5)

# %% [markdown]
r"""
**The repair** is a new copy. [`load_mnist`][course.data.mnist.load_mnist] checks its four files in this
way each time it reads them, against checksums that stand in the course's own code. That matters: a
checksum that lies beside the file was written by whoever wrote the file. (Damage practically never
meets the same MD5; somebody who means to can. Where that matters, take SHA-256.)

It is not only bits. Of these very flowers, the copy in the UCI Machine Learning Repository has two wrong
rows, says the documentation of scikit-learn, which has corrected them. So there are two data sets called
iris, and a checksum tells which one you have.

For tensors, [`fingerprint`][course.data.trust.fingerprint] does the same. Write it down with a result,
and you can tell next year whether these are the data it came from.
"""

# %%
from course.data.trust import fingerprint

print(fingerprint(iris)[:16], "the flowers")
print(fingerprint(read)[:16], "with one bit changed")

# %% tags=["claim", "always"]
changed = int.from_bytes(iris.numpy().tobytes()) ^ int.from_bytes(read.numpy().tobytes())
assert changed.bit_count() == 1, "the two files differ in one bit"
assert fingerprint(read) != fingerprint(iris), "the fingerprint tells them apart"
folder.cleanup()
assert fingerprint(iris.T.contiguous().T) == fingerprint(iris), (
    "and is the same for the same numbers in another order in memory"
)

# %% [markdown]
r"""

## Practice

Write each function from its description; `check` says ✓, or what is missing.
"""

# %% tags=["hide-input"]
from course.data.exercises import trust as exercises

exercises.training_statistics

# %% tags=["hide-input"]
exercises.repeats

# %% [markdown]
r"""
??? success "What you find"
    `repeated(iris)` marks {{ exercises.repeated(iris).sum().item() }} row, number
    {{ exercises.repeated(iris).nonzero().item() }}; of the spoilt table's 180 flowers, without the gaps, it would mark
    {{ exercises.repeated(torch.cat([iris, iris[:30]])).sum().item() }}.
"""

# %% tags=["hide-input"]
exercises.patients

# %% [markdown]
r"""
## What to remember

- Everything that looks at data is part of training: choosing columns, means, filling gaps. Split first.
- How bad a leak is depends on what leaks. Labels that took part in a choice can make a perfect result out
  of noise; a mean hardly matters. You know only when you have done it right.
- Rows that are equal, or belong together, stay on one side.
- Check what you read against a checksum that you got from elsewhere.

Reference: [`fingerprint`][course.data.trust.fingerprint],
[`correlations`][course.data.trust.correlations],
[`most_correlated`][course.data.trust.most_correlated], [`shared_rows`][course.data.trust.shared_rows],
[`audit`][course.data.trust.audit], [`verify_file`][course.data.checksums.verify_file]. The test that
proves the first five is `tests/data/test_trust.py`. Next:
[arrays of NumPy, tables of pandas](interop.py).
"""
