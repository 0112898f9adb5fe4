# ---
# title: Speed
# description: The training loop and the batches of this course, measured against other loops.
# ---

# %% [markdown]
r"""
# Speed

A loop that you can read should not cost you speed. Here [`fit`][course.training.loop.fit] and
[`Batches`][course.training.batches.Batches] are measured against the loop that everybody writes, a
`for` over a `DataLoader`, and against the same loop over batches that were cut once beforehand,
which is the least that loading can cost. Before the clock starts, every variant has to reach the
same losses.

The numbers below were measured while this page was built, on a part of the rows so that the page is
soon there. `nox -s bench` measures with all rows, more rounds, and Lightning as one more peer.
"""

# %% tags=["exclusive", "hide-input", "volatile"]
from IPython.display import Markdown

from benchmarks.training import goals, measure, speed_table, tasks

chosen = tasks(part=0.1)
training, loading = measure(chosen, rounds=5, epochs=1)
Markdown("\n".join(f"- **{letter}**: {task.title}" for letter, task in chosen.items()))

# %% [markdown]
r"""
## Against other loops

How many times as fast as the bare loop over a `DataLoader`:
"""

# %% tags=["hide-input", "volatile"]
Markdown(speed_table(training))

# %% [markdown]
r"""
The smaller the step, the more loading weighs. A `DataLoader` asks its data set for one row after
another and stacks them; for tensors that are in memory already, that is most of the work of a small
model. `Batches` picks all rows of a batch with one `index_select`, and the rest of the loop is as it
was. With a larger model the computation takes over, and it hardly matters how the batches come.

## What was aimed at
"""

# %% tags=["hide-input", "volatile"]
Markdown(goals(chosen, training, loading))

# %% [markdown]
r"""
With a part of the rows an epoch is short, so that what happens once per epoch weighs more here than
in the full measurement.
"""
