# ---
# title: A small network for real images
# description: >-
#   What you do in this lesson, in one sentence, for the table of the theme and for the search.
# needs: >-
#   what one has to know before, each as a link to its lesson
# ---

# %% [markdown]
r"""
**The question.** One or two sentences that a beginner would ask, too.

## The idea

Why, before how. Every word is explained before it is used.

## The smallest case, by hand
"""

# %%
import torch

x = torch.tensor([1.0, 2.0, 3.0])
x

# %% [markdown]
r"""
## The same as a function

::: course.networks.images.images
"""

# %%
from course.networks.images import images

found = images(x)
found

# %% alt="What one sees." lead="What the figure shows, in a sentence: it leads the page."
from course import plotting

plotting.curves({"found": found}, xlabel="place", ylabel="value")

# %% tags=["claim", "always"]
assert torch.equal(found, x), "a sentence that readers see as checked"

# %% [markdown]
r"""
## The PyTorch way

What PyTorch has for it, and a claim that holds both equal.

## What goes wrong

One failure on purpose, shown and repaired.

## Going deeper: what a first reader can skip

Why it is so, or how far it goes. Nothing below needs it.

## Practice

Copy the code into a notebook or a Python shell and fill it in; `check` says what is missing.
"""

# %% tags=["hide-input"]
from course.networks.exercises import images as exercises

exercises.images_small

# %% tags=["hide-input"]
exercises.images_large

# %% [markdown]
r"""
## What to remember

- One sentence that a reader keeps.

Reference: [`images`][course.networks.images.images]. The test that proves it is
`tests/networks/test_images.py`.
"""
