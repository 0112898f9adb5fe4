# ---
# title: Speed
# description: The training loop and the batches of this course, measured against other loops.
# search:
#   boost: 0.3
# ---

# %% [markdown]
r"""
# Speed

A loop that you can read should not cost you speed. Here [`fit`][course.training.loop.fit] and
[`Batches`][course.training.batches.Batches] are measured against the loop that everybody writes, a
`for` over a `DataLoader`, and against the same loop over batches that were cut once beforehand,
which is the least that loading can cost. Before the clock starts, every variant has to reach the
same losses.
"""

# %% tags=["hide-input"]
from pathlib import Path

from IPython.display import Markdown, display

from benchmarks.training import goals, speed_table, titles
from literate.running import records

place = Path("docs/records/training.json")
result = records.read(place).result
Markdown(records.note(place, "../records/training.json", Path.cwd()))

# %% [markdown]
r"""
The tasks, and what their batches come from:
"""

# %% tags=["hide-input"]
Markdown(titles(result))

# %% [markdown]
r"""
## Against other loops

How many times as fast as the bare loop over a `DataLoader`, the median of {{ result["rounds"] }} rounds:
"""

# %% tags=["hide-input"]
Markdown(speed_table(result))

# %% [markdown]
r"""
The smaller the step, the more loading weighs. A `DataLoader` asks its data set for one row after
another and stacks them; for tensors that are in memory already, that is most of the work of a small
model. `Batches` picks all rows of a batch with one `index_select`, and the rest of the loop is as it
was. With a larger model the computation takes over, and it hardly matters how the batches come.

## What was aimed at
"""

# %% tags=["hide-input"]
Markdown(goals(result))

# %% [markdown]
r"""
## On your machine

`nox -s bench -- training` measures where you are, and adds what other levers gain and what each module
costs to import; `--record` keeps the result for this page. With the variable `COURSE_MEASURE=1` a build of
the site measures as well, on a part of the rows and without Lightning, and shows it here. With few rows an
epoch is short, so that what happens once per epoch weighs more than in the record.
"""

# %% tags=["exclusive", "hide-input", "volatile"]
import os

if os.environ.get("COURSE_MEASURE", "") not in ("", "0"):
    from benchmarks.training import measure, tasks

    here = measure(tasks(part=0.1), rounds=5, epochs=1)
    display(Markdown("\n\n".join([titles(here), speed_table(here), goals(here)])))
