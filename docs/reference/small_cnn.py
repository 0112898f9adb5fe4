# ---
# title: The small network
# description: How the network whose weights come with the package was trained, and what it is worth.
# search:
#   boost: 0.3
# ---

# %% [markdown]
r"""
# The small network

[A small network for real images](../lessons/networks/images.py) explains it; `course.networks.images.load_small_cnn`
gives it to you. Here is where it comes from.
"""

# %% tags=["hide-input"]
from pathlib import Path

import torch
from IPython.display import Markdown

from literate.running import records

place = Path("docs/records/small_cnn.json")
result = records.read(place).result
Markdown(records.note(place, "../records/small_cnn.json", Path.cwd()))

# %% [markdown]
r"""
## What it reaches

Right answers in percent. Everything was chosen on 5,000 validation rows; the test set was opened when all six
trainings were through. (Earlier trials of other recipes had seen its figures.)
"""

# %% tags=["hide-input"]
seeds = range(len(result["test"]))
rows = [
    "| seed | 55,000 rows, on validation | 60,000 rows, on test | seconds of the second |",
    "|---|---|---|---|",
    *(
        f"| {seed} | {result['validation'][seed]:.2f} | {result['test'][seed]:.2f} | {result['seconds'][seed]} |"
        for seed in seeds
    ),
    f"| **mean** | **{sum(result['validation']) / 3:.2f}** | **{sum(result['test']) / 3:.2f}** | |",
]
Markdown("\n".join(rows))

# %% [markdown]
r"""
## Class by class

The test set as the network of the first seed sees it: of 1,000 images of each class, how many are right, and what
the others are mostly taken for.
"""

# %% tags=["hide-input"]
counts, classes = torch.tensor(result["counts"]), result["classes"]
others = counts.clone().fill_diagonal_(0)
rows = ["| class | right | most often taken for |", "|---|---|---|"]
for k, name in enumerate(classes):
    other = int(others[k].argmax())
    rows.append(f"| {name} | {counts[k, k]} | {classes[other]}, {others[k, other]} times |")
Markdown("\n".join(rows))

# %% [markdown]
r"""
## What it is not for

It has seen clothes of one shop, photographed in one way, cut out and brought to 28 × 28 gray pixels, bright on black. It
names one of ten classes whatever it is shown, and says so with a probability; a cat is a bag to it, or a
shirt. With other photographs expect less, and measure.

Weights: {{ f"{result['parameters']:,}" }} parameters in `docs/records/small_cnn.pt`, SHA-256 `{{ result["sha256"][:16] }}…`; read with
`weights_only=True`.
"""
