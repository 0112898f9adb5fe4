# ---
# title: Images on disk
# description: >-
#   A table of labels and a folder of images as one dataset, and what it costs and saves to read an
#   image only when it is asked for.
# needs: >-
#   [a simple dataset](dataset.py), and [tensors with several axes](../tensors/matrices.py)
# ---

# %% [markdown]
r"""
**The question.** Your data are image files and a table that says what each of them shows. Do you read
all of them before you train, or each one when its turn comes?

## The idea

A dataset says how many examples there are and gives the one with number `i`. Nothing in that says where
the example is kept, and so there are two ways:

- *eager*: read all images first and keep them in memory;
- *lazy*: keep the table, and read an image when it is asked for.

A model cannot tell them apart. Your memory and your clock can.

## The smallest case, by hand

One image of a handwritten digit, written to a file and read back. The images come with scikit-learn
(Alpaydin and Kaynak, 1998), here enlarged to 28 × 28 pixels, each a byte from 0 to 255.
"""

# %%
import tempfile
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from course.data.digits import digits_like_mnist

(digits, labels), _ = digits_like_mnist()
temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)

Image.fromarray(digits[0].numpy()).save(folder / "one.png")

with Image.open(folder / "one.png") as file:
    read = torch.from_numpy(np.array(file))
print(read.shape, read.dtype)

# %% tags=["claim", "always"]
assert torch.equal(read, digits[0]), "what was read is what was written, pixel by pixel"

# %% [markdown]
r"""
PNG keeps every pixel. (JPEG does not: it makes smaller files, in which pixels are no longer quite what they were.)
Reading is opening the file and decoding it, and decoding is work for the processor.

## A table and its folder

All {{ len(digits) }} digits now, as somebody may hand them to you: one file each, and a table beside
them. [`write_images`][course.data.images.write_images] makes such a folder.
"""

# %%
from course.data.images import ImageTable, in_memory, write_images

table = write_images(folder / "digits", digits, labels)
print("\n".join(table.read_text().splitlines()[:4]))
print("…")

# %% [markdown]
r"""
The dataset reads the table when it is made, and looks whether each file is there: a lost file is told
before anything is trained, with its row and its name. It opens an image in `__getitem__`, and not earlier.

::: course.data.images.ImageTable

Models want numbers for classes, and tables have names. [`ImageTable`][course.data.images.ImageTable]
sorts the names and numbers them. The columns of the table are the business of
[`read_table`][course.data.images.read_table], the pixels that of
[`read_image`][course.data.images.read_image].
"""

# %%
from course import plotting

dataset = ImageTable(table)
print(f"{len(dataset) = }")
print(f"{dataset.classes = }")

image, label = dataset[0]
print(f"{image.shape = }, {image.dtype = }, {label = }")

# %% alt="Sixteen small gray images in two rows, each a handwritten digit in white on black with the digit that the table names above it: 4, 3, 1, 3, 9, 8, 1, 5 and 5, 7, 4, 3, 1, 3, 4, 0." lead="The first sixteen images and their labels, as the dataset gives them."
first = [dataset[i] for i in range(16)]
plotting.gallery(
    [image for image, _ in first], labels=[dataset.classes[label] for _, label in first]
)

# %% tags=["claim", "always"]
shown = [dataset.classes[label] for _, label in first]
written = [line.split(",")[1] for line in table.read_text().splitlines()[1:17]]
assert shown == written, "above the images stand the labels of the table"
everything = torch.cat([image for image, _ in dataset])
assert torch.equal(everything, digits), "all images come back as they were written"
assert [label for _, label in dataset] == labels.tolist(), "and so do all labels"

# %% [markdown]
r"""
## Lazy against eager

To make a lazy dataset an eager one, go through it once and keep what comes. Where it has a transform, you
keep what that gave, so it [runs once](#going-deeper-how-often-a-transform-runs) for each image.

::: course.data.images.in_memory
"""

# %%
lazy = ImageTable(table)
eager = in_memory(lazy)

# Somebody replaces the first file: a 4 becomes the 3 that stands beside it.
Image.fromarray(digits[1].numpy()).save(table.parent / "00000.png")
lazy_sees, eager_sees = lazy[0][0][0], eager[0][0][0]

Image.fromarray(digits[0].numpy()).save(table.parent / "00000.png")  # as it was

# %% tags=["hide-input"]
from course.practice import Choice, Question

Question(
    "Both datasets were made before the file was replaced. Which of them gives the new image?",
    Choice(
        "Both",
        torch.equal(lazy_sees, digits[1]) and torch.equal(eager_sees, digits[1]),
        "The eager one read the old file, and will not look again.",
    ),
    Choice(
        "The lazy one",
        torch.equal(lazy_sees, digits[1]) and torch.equal(eager_sees, digits[0]),
        "It opens the file each time, so it gives what is there now; the eager one gives what was "
        "there. Neither notices that the label, still 4, has become wrong.",
    ),
    Choice(
        "Neither: a dataset does not change",
        torch.equal(lazy_sees, digits[0]) and torch.equal(eager_sees, digits[0]),
        "What the lazy one has in memory did not change. But the image was never in there.",
    ),
)

# %% [markdown]
r"""
Now measure. Each dataset is made once, and then read twice from front to back. Memory is what stays
allocated after it was made: objects of Python, and the pixels of tensors.
"""

# %% tags=["volatile"]
import time
import tracemalloc
from functools import partial


def seconds(action):
    start = time.perf_counter()
    result = action()
    return result, time.perf_counter() - start


def read_all(dataset):
    for i in range(len(dataset)):
        dataset[i]


def kilobytes(make):
    tracemalloc.start()
    dataset = make()
    objects, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    pixels = sum(tensor.nbytes for tensor in getattr(dataset, "tensors", ()))
    return (objects + pixels) / 1e3


ways = {
    "lazy": lambda: ImageTable(table),
    "eager": lambda: in_memory(ImageTable(table)),
}
print("        made in   1st epoch   2nd epoch   memory")
for name, make in ways.items():
    dataset, making = seconds(make)
    _, first_epoch = seconds(partial(read_all, dataset))
    _, second_epoch = seconds(partial(read_all, dataset))
    print(f"{name:6}{making:8.3f} s{first_epoch:10.3f} s{second_epoch:10.3f} s", end="")
    print(f"{kilobytes(make):6.0f} kB")

# %% [markdown]
r"""
The table shows when reading is paid for. The eager dataset reads everything once, before the first
step of training, and from then on an example costs next to nothing. The lazy one is there as soon as it
has looked at the names, and reads everything again in each epoch, which is one round of training over
all examples. These files come from the memory in which the operating system keeps what was read lately;
from a disk or over a network, reading takes longer still.

The lazy dataset is not free of memory either: it holds the rows of its table. With images as small as
these, that is a noticeable part of what the pixels take. The size of the images decides: names stay as
long as they are, and pixels grow with height times width.
"""

# %%
sets = {
    "these digits": (len(digits), 1, 28, 28),
    "MNIST, for training": (60_000, 1, 28, 28),
    "ImageNet, for training": (1_281_167, 3, 224, 224),
}
for name, shape in sets.items():
    size = torch.empty(shape, dtype=torch.uint8, device="meta").nbytes  # meta: a shape, no memory
    print(f"{name:24}{size / 1e6:10,.0f} MB")

# %% tags=["claim", "always"]
assert torch.equal(lazy_sees, digits[1]), "the lazy dataset gives what is in the file now"
assert torch.equal(eager_sees, digits[0]), "the eager one gives what was in it"
assert eager.tensors[0].nbytes == digits.nbytes == len(digits) * 28 * 28, (
    "in memory, an image takes a byte for each pixel"
)

# %% [markdown]
r"""
So MNIST belongs in memory. ImageNet (Russakovsky et al., 2015) fits in that of few machines, at the
size that models usually take. In between, it depends on what is left. When you read lazily, let
`DataLoader(…, num_workers=4)` read ahead in processes of its own, so that the model need not wait.
"""

# %% [markdown]
r"""
## The PyTorch way

`torchvision.datasets.ImageFolder` is lazy too. It needs no table: the folder that an image lies in is
its class. It hands the transform an image as Pillow, the library `PIL`, opens it, in colour, so the
transform has to make a tensor of it.
"""

# %%
import shutil

from torchvision.datasets import ImageFolder
from torchvision.transforms import v2

for i in range(100):
    own = folder / "by class" / str(labels[i].item())
    own.mkdir(parents=True, exist_ok=True)
    shutil.copy(table.parent / f"{i:05}.png", own)

folders = ImageFolder(folder / "by class", transform=v2.PILToTensor())
image, label = folders[0]
print(f"{len(folders) = }, {image.shape = }, {folders.classes[label] = }")

# %% tags=["claim", "always"]
colour = ImageTable(table, channels=3)
for (path, _), (image, label) in zip(folders.samples, folders, strict=True):
    expected, number = colour[int(Path(path).stem)]
    assert torch.equal(image, expected), "`ImageFolder` and `ImageTable` read the same images"
    assert folders.classes[label] == colour.classes[number], "and give them the same classes"

# %% [markdown]
r"""
## Going deeper: how often a transform runs

Lazy or eager also decides how often a transform<!-- term --> runs. Count it:
"""

# %%
from torch.utils.data import Subset

runs = 0


def shifted(image):
    global runs
    runs += 1
    return image.roll(runs % 3, dims=2)  # by 0, 1 or 2 pixels


twenty = Subset(ImageTable(table, transform=shifted), range(20))
for _ in range(3):
    read_all(twenty)
lazy_runs, runs = runs, 0

kept = in_memory(twenty)
for _ in range(3):
    read_all(kept)
eager_runs = runs

# %% tags=["hide-input"]
Question(
    "Twenty images, three epochs. How often does the transform run, lazily and eagerly?",
    Choice(
        "60 times and 60 times",
        (lazy_runs, eager_runs) == (60, 60),
        "In memory lies what the transform gave: it does not run again.",
    ),
    Choice(
        "60 times and 20 times",
        (lazy_runs, eager_runs) == (60, 20),
        "In memory lies what the transform gave. Where it changes an image by chance, so that no "
        "epoch sees the same, keep the image as it was read, and transform it on its way out.",
    ),
    Choice(
        "20 times and 20 times",
        (lazy_runs, eager_runs) == (20, 20),
        "The lazy one keeps nothing, so it has to read and transform again.",
    ),
)

# %% tags=["claim", "always"]
assert (lazy_runs, eager_runs) == (60, 20), (
    "a transform runs in every epoch for the one, and once for the other"
)

# %% [markdown]
r"""
## Going deeper: files that go wrong

Files get lost, renamed and cut off, and among a hundred thousand of them you need to know which. Here
is a folder with three faults, one after another. (The path is shortened.)
"""

# %% cause=["The file is there, and its content is no image.", "A row of the table names a file that is not in the folder.", "The table calls its columns by other names than the dataset expects."]
spoilt = write_images(folder / "spoilt", digits[:4], labels[:4])


def complaint(read):
    try:
        read()
    except (OSError, ValueError) as error:
        print(f"{type(error).__name__}: {error}\n".replace(str(folder), "…"))


path = spoilt.parent / "00002.png"
path.write_bytes(path.read_bytes()[:60])  # a download that broke off
complaint(lambda: ImageTable(spoilt)[2])

path.unlink()
complaint(lambda: ImageTable(spoilt))

spoilt.write_text(spoilt.read_text().replace("label", "digit"))
complaint(lambda: ImageTable(spoilt))

# %% [markdown]
r"""
A lost file and a lost column are told when the dataset is made, before anything was trained. A damaged
image can be told only when it is opened, which may be an hour later, so at least the message has to name
the row and the file.

One fault this dataset does not see, because it looks at one example at a time, and each is right by itself:
"""

# %% tags=["raises-exception"] cause="A batch is one tensor, so all its images need one size: resize or crop them in the transform."
from torch.utils.data import DataLoader

mixed = write_images(folder / "mixed", digits[:4], labels[:4])
Image.fromarray(digits[2].numpy()[4:24, 4:24]).save(mixed.parent / "00002.png")  # 20 × 20 pixels
next(iter(DataLoader(ImageTable(mixed), batch_size=4)))

# %% [markdown]
r"""
A batch is one tensor, so all its images need one shape<!-- term -->. Bring them to it in the transform:
"""

# %%
same_size = ImageTable(mixed, transform=v2.Resize((28, 28)))
images, _ = next(iter(DataLoader(same_size, batch_size=4)))
print(f"{images.shape = }")

temporary.cleanup()

# %% [markdown]
r"""
## Practice

Write each part from its description; `check` says ✓, or what is missing.
"""

# %% tags=["hide-input"]
from course.data.exercises import images as exercises

exercises.memory

# %% tags=["hide-input"]
exercises.table

# %% tags=["hide-input"]
exercises.remember

# %% [markdown]
r"""
## What to remember

- A lazy dataset keeps the table and reads an image when it is asked for, in every epoch anew. An eager
  one reads all images once and keeps them.
- Eager costs memory, a byte or more per pixel, and a wait before the first step. Lazy costs the reading
  in every epoch. Read eagerly what fits.
- An eager dataset keeps what the transform gave: one that changes images at random draws once for each.
- Check names and columns when the dataset is made, and name row and file in every error.

Reference: [`ImageTable`][course.data.images.ImageTable],
[`in_memory`][course.data.images.in_memory], [`write_images`][course.data.images.write_images],
[`read_table`][course.data.images.read_table], [`read_image`][course.data.images.read_image],
[`gallery`][course.plotting.drawings.gallery.gallery]. The test that proves the first five is
`tests/data/test_images.py`. Next: [one image, many versions](augmentation.py).
"""
