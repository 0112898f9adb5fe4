# ---
# title: One image, many versions
# description: >-
#   MNIST and Fashion-MNIST through torchvision: crop, flip, scale and normalise images, and find out
#   which of these changes leave the label true.
# needs: >-
#   [a simple dataset](dataset.py) with its transforms, and [vectors](../tensors/vectors.py)
# ---

# %% [markdown]
r"""
**The question.** You have two hundred labelled digits. Move one of them by a pixel, and it is still
the same digit: a new image, and its label for free. Which changes may you make to an image, and do
they help?

## The idea

An example is an image $x$ with a label $y$. A *transform* $T$ makes another image of it. Two kinds of
transforms stand between a file and a model, for two different reasons:

- **Preparing** brings every image into the form that the model takes: one size, one type, one range.
  It is the same each time, in training and afterwards.
- **Augmenting** makes new examples $(T(x), y)$, with a $T$ drawn at random. That is honest only where
  $T(x)$ still shows a $y$. No library can know; it depends on what the labels mean.

## Two data sets

MNIST holds handwritten digits (LeCun et al., 1998), Fashion-MNIST pieces of clothing in the same form
(Xiao et al., 2017). [`load_mnist`][course.data.mnist.load_mnist] reads the files that
`torchvision.datasets.MNIST` downloads, and checks that they are intact. Where there is no network, it
takes the digits that come with scikit-learn (Alpaydin and Kaynak, 1998), and warns.
"""

# %%
import warnings

from course.data.mnist import load_fashion_mnist, load_mnist

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the next lines say what was read
    training, test = load_mnist()
    clothes, _ = load_fashion_mnist()

for images in (training, clothes):
    print(images.source)
    print(" ", tuple(images.images.shape), images.images.dtype)

# %% [markdown]
r"""
!!! note "What this page was built with"
    {{ training.source }}; {{ clothes.source }}.
    {{ "So the pieces of clothing below are digits, too." if clothes.stand_in else "Without them, scikit-learn's digits would stand in for both." }}
    What is checked below was checked with these images; with others the numbers differ.

Here is the first image of each class, of one data set and then of the other.
"""

# %% alt="A row of ten small images of digits, from 0 to 9, white on black, each below its class."
from course import plotting


def first_of_each_class(images):
    return [images.images[images.labels == number][0] for number in range(10)]


plotting.gallery(first_of_each_class(training), labels=training.classes, columns=10)

# %% alt="Two rows of five small gray images on black, one for each of ten classes, each below its name."
plotting.gallery(first_of_each_class(clothes), labels=clothes.classes, columns=5)

# %% [markdown]
r"""
## The smallest case, by hand

An image is a tensor, so crop and flip are an index and a reversal. Take one of three by three pixels.
"""

# %%
import torch

image = torch.tensor([[1, 2, 3], [4, 5, 6], [7, 8, 9]])
print("two rows, from column 1 on:", image[:2, 1:].tolist())
print("left and right exchanged:  ", image.flip(-1).tolist())

# %% [markdown]
r"""
## The transforms as functions

Rows and columns are the last two axes<!-- term -->, so the same function takes one image, a batch, and images with
colours. A crop may reach over the edge; there it is black. So one that begins at `(1, 0)` and is as
large as the image moves what it shows up by a pixel.

::: course.data.augmentation.crop

Beside [`crop`][course.data.augmentation.crop] stands
[`horizontal_flip`][course.data.augmentation.horizontal_flip], which is the reversal above. The other
two prepare: [`to_float`][course.data.augmentation.to_float] scales values from 0 … 255 to 0 … 1, and
[`normalize`][course.data.augmentation.normalize] subtracts the mean and divides by the standard
deviation, those of all pixels of the *training* images in each channel<!-- term -->. (It is
[`Standardise`][course.data.dataset.Standardise] with one mean and one deviation per channel.)
"""

# %%
from course.data.augmentation import channel_statistics, normalize, to_float

batch = training.images.unsqueeze(1)  # (n, 1, 28, 28): gray images have one channel
mean, std = channel_statistics(to_float(batch))
normalised = normalize(to_float(batch[:1000]), mean, std)
print(f"mean {mean.item():.4f}, standard deviation {std.item():.4f}")
print(f"black becomes {normalised.min():.2f}, white {normalised.max():.2f}")

# %% [markdown]
r"""
## The PyTorch way

`torchvision.transforms.v2` has these and many more, as callables that `v2.Compose` calls one after the
other. Its data sets hand out pictures as the library PIL knows them, so the first step is `ToImage`,
which makes a tensor. Watch one picture go through.
"""

# %%
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

prepare = v2.Compose(
    [
        v2.ToImage(),
        v2.CenterCrop(24),
        v2.Resize(28),
        v2.ToDtype(torch.float32, scale=True),
        v2.Normalize(mean.tolist(), std.tolist()),
    ]
)
value = functional.to_pil_image(batch[0])
print(f"{'PIL picture':12} {value.size[0]}×{value.size[1]}, mode {value.mode}")
for step in prepare.transforms:
    value = step(value)
    print(f"{type(step).__name__:12} {tuple(value.shape)}, {value.dtype},", end=" ")
    print(f"from {value.min():.4g} to {value.max():.4g}")

# %% tags=["claim", "always"]
from course.data.augmentation import crop, horizontal_flip

few = batch[:100]
places = [(0, 0, 20, 20), (-3, 2, 28, 28), (5, -4, 30, 10)]
assert all(torch.equal(crop(few, *place), functional.crop(few, *place)) for place in places), (
    "`crop` gives what `v2.functional.crop` gives, over the edge as well"
)
assert torch.equal(horizontal_flip(few), functional.horizontal_flip(few)), (
    "`horizontal_flip` gives what `v2.functional.horizontal_flip` gives"
)
scaled = v2.ToDtype(torch.float32, scale=True)(few)
assert torch.allclose(to_float(few), scaled, atol=1e-6), (
    "`to_float` gives what `v2.ToDtype(torch.float32, scale=True)` gives, up to rounding"
)
assert torch.allclose(
    normalised[: len(few)], v2.Normalize(mean.tolist(), std.tolist())(scaled), atol=1e-5
), "`normalize` gives what `v2.Normalize` gives, up to rounding"
assert torch.equal(value, prepare(functional.to_pil_image(batch[0]))), (
    "`Compose` gives what the steps give one by one"
)

# %% [markdown]
r"""
The word *scale* means two things here: `Resize` changes how many pixels there are, `ToDtype` with
`scale=True` what the values mean. Without `scale=True` the values stay as they are, up to 255.

The order counts. Here a crop that reaches over the edge comes after `Normalize` instead of before.
"""

# %% tags=["hide-input"]
from course.practice import Choice, Question

late = crop(normalised[:1], -4, 0, 28, 28)[0, 0, 0, 0]
Question(
    "A crop fills what lies outside the image with zeros. What do they look like after `Normalize`?",
    Choice(
        "Black, as the background",
        bool(torch.isclose(late, normalised.min())),
        f"Black is {normalised.min():.2f} by then, and the crop writes {late:.0f}.",
    ),
    Choice(
        "Gray",
        bool(normalised.min() + 0.1 < late < normalised.max() - 0.1),
        f"Zero is the mean of all pixels by then, {mean.item():.2f} on the scale from black to white, "
        f"and black is {normalised.min():.2f}. A frame of gray tells the model where you cropped. Crop "
        "first.",
    ),
    Choice(
        "White",
        bool(torch.isclose(late, normalised.max())),
        f"White is {normalised.max():.2f} by then.",
    ),
)

# %% [markdown]
r"""
## Side by side

A transform whose name begins with `Random` draws anew at each call. It takes no generator: it draws
from the global one of torch, which the rest of the program uses too. So
[`versions`][course.data.augmentation.versions] seeds<!-- no term --> that generator, and puts it back.
(`smooth` says how a turned image gets its pixels: from several old ones each.)

A digit, eight versions of it, by four transforms and by three of them together:
"""

# %% alt="Five rows of eight versions of the same digit. Cropped, it stands in different places and is cut at the edge at times. Flipped, some versions are its mirror image. In the third row its size and proportions vary, in the fourth it leans to the left or to the right. In the last row place, size and angle vary at once, and some are mirrored." lead="One digit, eight times in each of five ways: what a model gets to see of it."
from course.data.augmentation import versions

smooth = v2.InterpolationMode.BILINEAR
changes = {
    "crop": v2.RandomCrop(28, padding=4),
    "flip": v2.RandomHorizontalFlip(),
    "crop, scale": v2.RandomResizedCrop(28, scale=(0.5, 1.0)),
    "turn": v2.RandomRotation(30, smooth),
}
three = [changes[name] for name in ("turn", "crop, scale", "flip")]
changes["together"] = v2.Compose(three)

two = training.images[training.labels == 2][:1]
rows = [versions(change, two, count=8, seed=1) for change in changes.values()]
plotting.gallery(torch.cat(rows), columns=8, rows=list(changes))

# %% [markdown]
r"""
Look at the second row. A flipped 2 is no 2, and no other digit either; with its label, it would be a false example. A
boot that points the other way would still be a boot. So the *labels* decide.

## Which change keeps the label?

You can judge that by looking. To count it, take a reader that has nothing to train: it remembers
labelled images and answers with the label of the *nearest* one, the one whose pixels differ least
(Cover and Hart, 1967). Written as [`nearest_labels`][course.data.neighbours.nearest_labels], it is one
line and its checks: `labels[torch.cdist(queries, known).argmin(dim=1)]`, where `cdist` gives the distance
of each query to each known image.

Let it remember 1,500 training images, and each of them moved by up to a pixel, so that a pixel does
not matter to it. Show it test images it has never
seen: as they are, moved, flipped, and turned by half.
"""

# %%
from course.data.augmentation import horizontal_flip, shifts
from course.data.neighbours import nearest_labels

most = 1
copies = (2 * most + 1) ** 2
known = to_float(shifts(training.images[:1500], most))
known_labels = training.labels[:1500].repeat(copies)
seen, labels = test.images[:500], test.labels[:500]
ways = {
    "as it is": lambda images: images,
    "moved": lambda images: crop(images, 1, -1, 28, 28),
    "flipped": horizontal_flip,
    "turned": lambda images: images.rot90(2, (-2, -1)),
}
read = {}
for name, way in ways.items():
    read[name] = nearest_labels(known, known_labels, to_float(way(seen)))

# %% tags=["hide-input"]
answers = read["turned"][labels == 9]
mostly = answers.mode().values.item()
share = 100 * (answers == mostly).float().mean()
Question(
    "A 9 is turned by half a turn and keeps its label. What does the reader take it for most often?",
    Choice("a 9", mostly == 9, "It would, if the turn kept what the image shows."),
    Choice(
        "a 6",
        mostly == 6,
        f"{share:.0f} % of them. These are not poor examples of a 9, they are good examples of a 6 "
        "with a false label.",
    ),
    Choice(
        "each time something else",
        mostly not in (6, 9),
        "So it is for images that look like no digit. A turned 9 looks like one.",
    ),
)

# %% alt="Four rows of ten images, one for each digit; above each stands what the reader takes it for. As they are, all or most are read correctly, and moved by a pixel too. Flipped, the 2 and others are their mirror images and are read as something else. Turned by half, the 6 looks like a 9 and the 9 like a 6."
chosen = [(labels == digit).nonzero()[0].item() for digit in range(10)]
plotting.gallery(
    torch.cat([way(seen[chosen]) for way in ways.values()]),
    labels=torch.cat([read[name][chosen] for name in ways]),
    columns=10,
    rows=list(ways),
)


# %% tags=["claim", "here"]
def mostly_read(name, digit):
    return read[name][labels == digit].mode().values.item()


right = {name: (answers == labels).float().mean().item() for name, answers in read.items()}
assert right["as it is"] > 0.85, "as they are, more than 85 % of the digits are read correctly"
assert right["moved"] > 0.8, "moved by a pixel, more than 80 %"
assert mostly_read("turned", 9) == 6, (
    "a 9 turned by half is read as a 6 more often than as anything else"
)
assert mostly_read("turned", 6) == 9, (
    "a 6 turned by half is read as a 9 more often than as anything else"
)
assert all((read["flipped"] == labels)[labels == d].float().mean() > 0.5 for d in (0, 8)), (
    "of the flipped 0s and 8s, more than half are still read as what they were"
)
assert (read["flipped"] == labels)[labels == 2].float().mean() < 0.5, (
    "of the flipped 2s, fewer than half are still read as a 2"
)

# %% [markdown]
r"""
So: moved by a pixel, a digit keeps its label, and the reader, which has seen such images, finds it. Flipped, a 0 and an 8 nearly keep it, most others do not. Turned by half,
the 6 and the 9 exchange theirs. The reader errs, also on images that nobody changed. Whether a *label* is still true,
only you can say. And does it help? Versions with a true label do, those with a false one do harm:
[counted below](#going-deeper-does-it-help).

## In training only

What you measure with must stay what it is, or no two measurements are of the same images. So make two transforms, which
prepare alike, and give the one without chance to the dataset of validation or test rows. The dataset is that of
[a simple dataset](dataset.py). (Those of torchvision take a `transform` too; there, `v2.ToImage()` comes first.)
"""

# %%
from course.data.dataset import Pairs

to_unit = v2.ToDtype(torch.float32, scale=True)
ready = [to_unit, v2.Normalize(mean.tolist(), std.tolist())]
for_training = v2.Compose([v2.RandomCrop(28, padding=1), *ready])
for_testing = v2.Compose(ready)

training_rows = Pairs(batch, training.labels, transform=for_training)
test_rows = Pairs(test.images.unsqueeze(1), test.labels, transform=for_testing)

# %% tags=["claim", "always"]
once, twice = test_rows[0][0], test_rows[0][0]
assert torch.equal(once, twice), "asked for twice, a test row is the same image"

# %% tags=["claim", "here"]
drawn = versions(lambda i: training_rows[i][0], 0, count=8, seed=0)
assert len(drawn.unique(dim=0)) > 1, "a training row is not"

# %% [markdown]
r"""
## What goes wrong: normalised too early

You mean to do both steps, and begin with the second.
"""

# %% tags=["raises-exception"] cause="`Normalize` comes before `ToDtype`: the image still holds whole numbers from 0 to 255."
functional.normalize(two, mean.tolist(), std.tolist())

# %% [markdown]
r"""
The images are whole numbers, and the mean of {{ mean.item():.2f }} belongs to values from 0 to 1. **The repair**:
`ToDtype` comes before `Normalize`. This time torchvision noticed. Had you converted with `image.float()`, it would not
have:
"""

# %% symptom="The inputs of the model are in the hundreds" cause="The images were normalised as numbers from 0 to 255, with a mean that belongs to numbers from 0 to 1: `ToDtype(…, scale=True)` is missing before `Normalize`."
silent = v2.Normalize(mean.tolist(), std.tolist())(two.float())
print(f"from {silent.min():.1f} to {silent.max():.1f}, mean {silent.mean():.1f}")

# %% [markdown]
r"""
**The symptom**: inputs in the hundreds. Look at the range of the first batch that comes out, every
time.

## Going deeper: counted for each digit

How many of each digit are read correctly, by the way in which they were changed:
"""

# %%
print("right, in %, of each digit")
print("          ", "".join(f"{digit:5}" for digit in range(10)))
for name, answers in read.items():
    right = (answers == labels).float()
    shares = [100 * right[labels == digit].mean() for digit in range(10)]
    print(f"{name:10} ", "".join(f"{share:5.0f}" for share in shares))

# %% [markdown]
r"""
## Going deeper: one draw for a whole batch

Before you hand a whole batch to a transform that draws: it does so **once per call**, not once per image.
Here are eight times the same digit, and how many different images come back.
"""

# %%
eight = two.expand(8, 1, 28, 28)
whole = versions(changes["crop"], eight, count=1, seed=1)[0]
one_by_one = versions(changes["crop"], two, count=8, seed=1)
print("the batch at once:", len(whole.unique(dim=0)), "different")
print("image by image:   ", len(one_by_one.unique(dim=0)), "different")

# %% tags=["claim", "always"]
state = torch.get_rng_state()
again = versions(changes["crop"], two, count=8, seed=1)
assert torch.equal(one_by_one, again), "the same seed gives the same versions"
assert torch.equal(state, torch.get_rng_state()), (
    "and torch's global generator stands where it stood before"
)
assert len(whole.unique(dim=0)) == 1, "a batch handed over at once is cropped in one place"

# %% tags=["claim", "here"]
assert len(one_by_one.unique(dim=0)) > 4, "image by image, in more than four"

# %% [markdown]
r"""
In a dataset's `__getitem__` each image is handed over by itself.

## Going deeper: does it help?

Let the reader remember only two hundred images: as they are, and together with versions of them. Compare, on the
same test images, how many more are read correctly. What two hundred images one gets is chance, so
draw them twenty times.
"""

# %% alt="Three rows of twenty dots. With images moved by a pixel, most dots lie to the right of zero. With flipped images all or nearly all lie to the left. With turned images most or all lie to the left as well."


def percent_right(images, their_labels):
    k = len(images) // len(their_labels)
    answers = nearest_labels(to_float(images), their_labels.repeat(k), to_float(seen))
    return 100 * (answers == labels).float().mean().item()


groups = {"moved by a pixel": [], "flipped": [], "turned by half": []}
for seed in range(20):
    generator = torch.Generator().manual_seed(seed)
    rows = torch.randperm(len(training.images), generator=generator)[:200]
    few, few_labels = training.images[rows], training.labels[rows]
    moved = shifts(few, 1)
    flipped, turned = (torch.cat([few, ways[name](few)]) for name in ("flipped", "turned"))
    for gains, images in zip(groups.values(), (moved, flipped, turned), strict=True):
        gains.append(percent_right(images, few_labels) - percent_right(few, few_labels))

plotting.dots(groups, xlabel="more test images right than without, in points")

# %%
for name, gains in groups.items():
    gains = torch.tensor(gains)
    print(f"{name:17} {gains.mean():+.1f} points; more right in {(gains > 0).sum()} of 20 draws")

# %% tags=["claim", "here"]
moved, flipped, turned = (torch.tensor(gains) for gains in groups.values())
assert moved.mean() > 0.5, "moved by a pixel, they bring more than half a point on average"
assert (moved > 0).sum() >= 12, "and something in at least 12 of the 20 draws"
assert flipped.mean() < -0.1, "flipped, they take away more than 0.1 points on average"
assert turned.mean() < -0.3, "turned by half, they take away more than 0.3 points on average"

# %% [markdown]
r"""
Each time there are more images to remember. Those with a true label help, those with a false one do
harm, and no error message tells the two apart.

(All draws are measured on the same {{ len(seen) }} test images, so the dots say what other *training*
images would change, and nothing about other test images.)

## Going deeper: tested on disturbed images

Here is the reader with its 1,500 images, and each of them moved by up to a pixel, tested on
the test images as they are, and on crops of them, drawn three times.
"""

# %%
augment = v2.RandomCrop(28, padding=2)


def crop_each(images):
    return torch.stack([augment(image) for image in images])


three_times = versions(crop_each, seen.unsqueeze(1), count=3, seed=0).squeeze(2)
read_cropped = [nearest_labels(known, known_labels, to_float(each)) for each in three_times]
cropped = [100 * (answers == labels).float().mean().item() for answers in read_cropped]
as_they_are = 100 * (read["as it is"] == labels).float().mean().item()
print(f"as they are        {as_they_are:.1f} %")
print("cropped at random ", ", ".join(f"{share:.1f} %" for share in cropped))

# %% tags=["claim", "here"]
assert sum(cropped) / 3 < as_they_are - 0.5, (
    "on images cropped at random it is lower, by more than half a point on average"
)
assert not torch.equal(read_cropped[0], read_cropped[1]), (
    "and the answers are not the same each time"
)

# %% [markdown]
r"""
(To average a model's answers over several versions of each test image is a method of its own. It changes the model, and
its name is *test-time augmentation*.)

## Practice

Write each function from its description; `check` says ✓, or what is missing.
"""

# %% tags=["hide-input"]
from course.data.exercises import augmentation as exercises

exercises.centre

# %% tags=["hide-input"]
exercises.some_flipped

# %% tags=["hide-input"]
exercises.pixels

# %% tags=["fold"]
from course.data.exercises import augmentation as exercises

back = exercises.to_pixels(normalised, mean, std)
assert torch.equal(back, batch[: len(back)])

# %% [markdown]
r"""
??? success "What you find"
    Of {{ len(back) }} training images, normalised and brought back,
    {{ (back == batch[:len(back)]).flatten(1).all(dim=1).sum().item() }} are what they were, pixel by pixel.

## What to remember

- Preparing is the same every time; augmenting is random, and for training rows only.
- A change is allowed if its result still deserves the label. A 0 may be flipped, a 2 may not.
- Geometry first, on whole numbers; then `ToDtype(torch.float32, scale=True)`; then `Normalize`.
- The transforms of torchvision draw from torch's global generator, once per call.

Reference: [`crop`][course.data.augmentation.crop],
[`horizontal_flip`][course.data.augmentation.horizontal_flip],
[`normalize`][course.data.augmentation.normalize], [`shifts`][course.data.augmentation.shifts],
[`versions`][course.data.augmentation.versions],
[`nearest_labels`][course.data.neighbours.nearest_labels]. The tests that prove them are
`tests/data/test_augmentation.py` and `tests/data/test_neighbours.py`. Next:
[data you can trust](trust.py).
"""
