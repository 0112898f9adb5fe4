# ---
# title: One filter everywhere
# description: >-
#   A small kernel slides over an image: convolution by hand, equal to PyTorch's, with stride, padding
#   and pooling, and what it knows beforehand.
# needs: >-
#   [one linear layer for ten classes](softmax.py), [images as tensors](../tensors/matrices.py#images-and-batches),
#   and [intervals over seeds](../training/seeds.py)
# ---

# %% [markdown]
r"""
**The question.** A linear layer has a weight for every pixel. An edge that it has learned to see on the left it has
to learn again on the right. Why not learn it once, and look for it everywhere?

## The idea

Take a small table of weights, the *kernel* (or *filter*). Lay it on the image, multiply each weight with the pixel
under it, add the products: one number. Move the kernel<!-- term --> one pixel on and do it again, at every place.
This is a *convolution*, and the table of its numbers is a *feature map*: it says, for each place in the image, how
much of what the kernel looks for is there.

Such a layer knows two things before it has seen an image: pixels **near** one another belong
together, and what is worth finding in one place is worth finding **everywhere**.

## The smallest case, by hand

One row of pixels, dark on the left and bright on the right, and a kernel of two weights. It takes the left pixel away
from the right one:
"""

# %%
import torch

pixels = torch.tensor([0.0, 0.0, 9.0, 9.0])
kernel = torch.tensor([-1.0, 1.0])
for place in range(3):
    print(place, kernel @ pixels[place : place + 2])

# %% [markdown]
r"""
The answer is 9 where dark meets bright, and 0 where nothing changes: this kernel finds edges. Two weights fit at three
places of four pixels.

In two directions it is the same. Here is a digit, a zero of 8 × 8 pixels from 0 (paper) to 16 (ink), and a kernel
that takes three pixels on the left from three on the right.
"""

# %%
from sklearn.datasets import load_digits

from course.networks.convolution import conv2d

digits = load_digits()
zero = torch.from_numpy(digits.images[0])
kernels = {
    "upright edge": torch.tensor([[-1.0, 0, 1], [-1, 0, 1], [-1, 0, 1]]),
    "level edge": torch.tensor([[-1.0, -1, -1], [0, 0, 0], [1, 1, 1]]),
    "blur": torch.full((3, 3), 1 / 9),
    "sharpen": torch.tensor([[0.0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
}
upright = kernels["upright edge"].double()
print((zero[1:4, 1:4] * upright).sum(), "at row 1, column 1")

# %% alt="Three tables of numbers: an image of 8 by 8 pixels in which a zero is drawn, a kernel with −1 in its left column, 0 in the middle and 1 in the right, and an output of 6 by 6. Nine pixels of the image and one number of the output, at row 1 and column 1, are framed."
from course import plotting
from course.networks.convolution import output_size, window

x, weight = zero.view(1, 1, 8, 8), upright.view(1, 1, 3, 3)
colours = torch.randn(2, 2, 5, 4, generator=torch.Generator().manual_seed(0)).double()
pairs = torch.randn(3, 2, 3, 2, generator=torch.Generator().manual_seed(1)).double()
biases = torch.tensor([0.5, -2.0, 7.0]).double()
plotting.demo(
    "convolution",
    plotting.sliding(zero, upright, conv2d(x, weight)[0, 0], place=(1, 1)),
    "Guess first: where is the sum of the upright edge lowest? Go there. Then see what stride 2 and padding do "
    "to the size of the output.",
    {"image": zero, "kernels": kernels},
    [
        *((conv2d, x, each.view(1, 1, 3, 3), None, 1, 0, 1) for each in kernels.values()),
        *((conv2d, colours, pairs, biases, *each) for each in ((1, 0, 1), (2, 1, 1), (1, 2, 2))),
        *((window, colours, (1, 1), (2, 2), *each) for each in ((1, 2), (2, 1))),
        *((output_size, 9, 3, *each) for each in ((1, 0, 1), (2, 1, 1), (3, 2, 2), (2, 1, 4))),
    ],
)

# %% [markdown]
r"""
## Convolution in code

Images come as (images, channels<!-- term -->, rows, columns), and a layer has several kernels, one for each feature map that it
makes. A kernel has weights for all channels of the image, and the products of all channels are added.

::: course.networks.convolution.conv2d

[`window`][course.networks.convolution.window] takes the pixels under the kernel. (In mathematics a convolution turns
the kernel by 180° first. Networks leave that out, for the weights are learned anyway.)

**The PyTorch way** is `F.conv2d`, with the same arguments in the same order, or the layer `nn.Conv2d`,
which keeps weights and biases:
"""

# %%
from torch import nn
from torch.nn import functional as F

torch.manual_seed(0)
layer = nn.Conv2d(in_channels=3, out_channels=8, kernel_size=3, padding=1)
print(layer.weight.shape, layer.bias.shape)
print(layer(torch.zeros(1, 3, 28, 28)).shape)

# %% tags=["claim", "always"]
images = torch.randn(2, 3, 9, 8)
ours = conv2d(images, layer.weight, layer.bias, padding=1)
assert torch.allclose(ours, layer(images), atol=1e-5), "ours gives what `nn.Conv2d` gives"
ours = conv2d(images, layer.weight, stride=2, padding=2, dilation=2)
theirs = F.conv2d(images, layer.weight, stride=2, padding=2, dilation=2)
assert torch.allclose(ours, theirs, atol=1e-5), (
    "and `F.conv2d` with stride, padding and dilation; a test says so for all that it draws"
)

# %% [markdown]
r"""
## On a photograph

The same four kernels on a part of a real photograph, first in gray:
"""

# %%
from sklearn.datasets import load_sample_image

photo = torch.from_numpy(load_sample_image("china.jpg").copy()).permute(2, 0, 1) / 255
photo = F.avg_pool2d(photo, 2)[:, 20:148, 100:228]
gray = photo.mean(dim=0).view(1, 1, 128, 128)
maps = {name: F.conv2d(gray, each.view(1, 1, 3, 3))[0, 0] for name, each in kernels.items()}

# %% alt="Six images. The photograph of a Chinese pagoda beside a lake, in colour, and in gray. Its upright edges: posts stand out as pairs of white and black lines, roofs hardly show. Its level edges: now roofs and floors stand out, the posts have gone. Then the gray image blurred, and sharpened." lead="One photograph, four kernels of nine weights. In the edges mid-gray is 0: each kernel finds its kind of edge wherever it is." format="png"
edges = [maps[name] / 3 + 0.5 for name in ("upright edge", "level edge")]
shown = [photo, gray[0], *(each.clamp(0, 1) for each in (*edges, maps["blur"], maps["sharpen"]))]
plotting.gallery(shown, ["photograph", "gray", *maps], columns=3, largest=2.3)

# %% [markdown]
r"""
(Photograph: danielbuechele, CC BY 2.0<!-- number: the name of a licence -->, a part of it made smaller; it comes with scikit-learn.)
Nobody has learned these kernels. A network starts with random ones and learns those that it needs.
"""

# %% [markdown]
r"""
## How large is the output?

A kernel of side $k$ fits $s - k + 1$ times into a side of $s$ pixels: each layer makes the image smaller, and pixels at
the border lie under the kernel less often. **Padding** puts $p$ rows and columns of zeros around it. With a **stride** of $t$ the kernel goes on by $t$
pixels, which makes a coarser map:

$$
\text{output} = \left\lfloor \frac{s + 2p - k}{t} \right\rfloor + 1 ,
$$

where $\lfloor\ \rfloor$ rounds down.

**Pooling** makes a map smaller without any weight: *max-pooling* keeps the largest number of each window, by default
windows that lie side by side. Where exactly it was is forgotten; that it was there stays.
"""

# %%
from course.networks.convolution import max_pool2d, output_size

for stride, padding in ((1, 0), (1, 1), (2, 1)):
    print(f"stride {stride}, padding {padding}:", output_size(28, 3, stride, padding))
print(max_pool2d(zero.view(1, 1, 8, 8), 2)[0, 0].int())

# %% tags=["claim", "always"]
for size in range(3, 12):
    for stride, padding in ((1, 0), (1, 1), (2, 0), (2, 1), (3, 2)):
        made = F.conv2d(
            torch.zeros(1, 1, size, size), torch.zeros(1, 1, 3, 3), None, stride, padding
        )
        assert output_size(size, 3, stride, padding) == made.shape[2], (
            "the formula gives the size of PyTorch's output"
        )
assert torch.equal(max_pool2d(images, 3, 2, 1), F.max_pool2d(images, 3, 2, 1)), (
    "pooling is PyTorch's, too"
)

# %% [markdown]
r"""
## What it costs

Eight feature maps of a gray image of 28 × 28, by a convolution and by a linear layer with as many outputs:
"""

# %%
from course.networks.convolution import multiplications

small = nn.Conv2d(1, 8, kernel_size=3, padding=1)
outputs = small(torch.zeros(1, 1, 28, 28)).numel()
parameters = sum(each.numel() for each in small.parameters())
products = multiplications((28, 28), small.weight, padding=1)
print(f"convolution:  {parameters:>9,} parameters, {products:>9,} multiplications")
print(
    f"linear layer: {784 * outputs + outputs:>9,} parameters, {784 * outputs:>9,} multiplications"
)

# %% [markdown]
r"""
## What moves, moves along

Shift the image, and each feature map is shifted with it: the layer is *equivariant*. At the border something new comes
in, so this holds inside it, and with stride 2 for shifts by an even number of pixels.
"""

# %% tags=["claim", "always"]
moved = gray.roll((5, 3), dims=(2, 3))
before, after = (F.conv2d(each, kernels["level edge"].view(1, 1, 3, 3)) for each in (gray, moved))
assert torch.allclose(after[..., 5:, 3:], before[..., :-5, :-3], atol=1e-5), (
    "the map of the photograph moved by 5 and 3 pixels is its map, moved, inside the border"
)

# %% [markdown]
r"""
## What a linear layer does not know

Shuffle the places of the pixels, in all images in the same way. No information is lost, but we cannot read the digits
any more. What about a network of linear layers, and a *convolutional network* (*CNN*)?
Here are both, each with some five thousand parameters, after 160 updates on 500 small digits: eight seeds, with the images as they are
and with shuffled ones.
"""


# %%
def cnn():
    return nn.Sequential(
        *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # (n, 16, 4, 4)
        *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),  # (n, 32, 2, 2)
        *(nn.Flatten(), nn.Linear(32 * 2 * 2, 10)),
    )


def linear_layers():
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))


# %% tags=["fold"]
from torch.utils.data import TensorDataset

from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit
from course.training.measuring import predict
from course.training.metrics import accuracy
from course.training.seeds import mean_interval

device = pick_device()
x = torch.from_numpy(digits.images).float().unsqueeze(1) / 8 - 1  # (1797, 1, 8, 8)
y = torch.from_numpy(digits.target)


def percent_right(make, seed, shuffled):
    generator = torch.Generator().manual_seed(seed)
    rows, order = (torch.randperm(size, generator=generator) for size in (len(x), 64))
    images = x.flatten(1)[:, order].view_as(x) if shuffled else x
    torch.manual_seed(seed)
    model = make().to(device)
    learned, held_out = rows[:500], rows[500:]
    batches = Batches(TensorDataset(images[learned], y[learned]), 32, True, generator=generator)
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    fit(model, batches, nn.CrossEntropyLoss(), optimizer, epochs=10)
    return 100 * accuracy(*predict(model, [(images[held_out], y[held_out])])).item()


right = {}
for name, make in (("linear layers", linear_layers), ("CNN", cnn)):
    for shuffled in (False, True):
        runs = [percent_right(make, seed, shuffled) for seed in range(8)]
        right[f"{name}, shuffled" if shuffled else name] = torch.tensor(runs)
lost = {name: right[name] - right[f"{name}, shuffled"] for name in ("linear layers", "CNN")}

# %% tags=["hide-input"]
from course.practice import Choice, Question

notices = {name: mean_interval(each)[0] > mean_interval(each)[1] for name, each in lost.items()}
Question(
    "Who gets worse when the pixels are shuffled?",
    Choice("Both", all(notices.values()), "One of them has never known where a pixel is."),
    Choice(
        "The CNN alone",
        notices["CNN"] and not notices["linear layers"],
        "The linear layers treat all pixels alike; the kernels look for neighbours that are none any more.",
    ),
    Choice(
        "Neither: no information is lost",
        not any(notices.values()),
        "No information is lost, but it is not where the kernels look for it.",
    ),
)

# %% alt="Four rows of eight dots each, percentages of held-out digits that were right. Linear layers reach about 94 with the images and with shuffled ones. The CNN is at about 95 with the images, and at about 92, below all the others, with shuffled ones."
plotting.dots(right, xlabel="right, % of held-out digits")

# %% [markdown]
r"""
The bars are means. Seed by seed, shuffling costs the CNN {{ mean_interval(lost["CNN"])[0]:.1f }} ± {{ mean_interval(lost["CNN"])[1]:.1f }} percentage points. For
the linear layers the interval goes from {{ mean_interval(lost["linear layers"])[0] - mean_interval(lost["linear layers"])[1]:.1f }} to {{ sum(mean_interval(lost["linear layers"])):.1f }}.
"""

# %% tags=["claim", "in-general"]
mean, margin = mean_interval(lost["CNN"])
assert mean - margin > 0, (
    "the CNN gets worse by shuffling: the interval for what it costs, at 95 %, lies above 0"
)
mean, margin = mean_interval(lost["linear layers"])
assert mean + margin < 1.5, (
    "it costs the linear layers less than 1.5 percentage points: so says the interval at 95 %"
)

# %% [markdown]
r"""
Linear layers have never known which pixels are neighbours. What the CNN knows beforehand is an advantage where it is true, and a burden where it is not. For tables, whose columns
have no neighbours, take linear layers.

## What goes wrong: a size off by one

The last layer of the CNN is linear and needs to know how many numbers come in. It is easy to
compute that for the wrong padding:
"""

# %% tags=["raises-exception"] cause="A linear layer behind a convolution was made for another number of features than arrive: the size of the last feature map is not what was thought, such as after a convolution without padding."
forgotten = nn.Sequential(
    *(nn.Conv2d(1, 16, 3), nn.ReLU(), nn.MaxPool2d(2)),  # padding=1 is missing: 6, then 3
    *(nn.Flatten(), nn.Linear(16 * 4 * 4, 10)),
)
forgotten(torch.zeros(5, 1, 8, 8))

# %% [markdown]
r"""
`mat1` is what arrives: 5 rows of 16 · 3 · 3 = {{ 16 * 3 * 3 }} numbers. `mat2` are the weights, made for {{ 16 * 4 * 4 }}.
**The repair**: put the padding back, or compute the number with `output_size`. Or send one image
through the layers before, `forgotten[:-1](torch.zeros(1, 1, 8, 8)).shape`, and read it off; `nn.LazyLinear(10)` does so by
itself with the first batch.

## Going deeper: unfolding

No library goes from place to place in Python. Put the pixels under each place into a column, and the whole
convolution is **one product of matrices**: kernels as rows times places as columns.

::: course.networks.convolution.unfold

::: course.networks.convolution.conv2d_unfolded

Pooling by hand uses the same columns, and takes the largest of each:

::: course.networks.convolution.max_pool2d

The price is memory: with 3 × 3 weights each pixel stands in nine columns.
"""

# %%
from course.networks.convolution import conv2d_unfolded, unfold

columns = unfold(gray, (3, 3))
print(f"{gray.numel():,} pixels become {columns.numel():,} numbers, shape {tuple(columns.shape)}")

# %% tags=["claim", "always"]
assert torch.equal(columns, F.unfold(gray, 3)), "the columns are those of `F.unfold`"
assert torch.allclose(
    conv2d_unfolded(images, layer.weight, layer.bias, padding=1), layer(images), atol=1e-5
), "and the product is the convolution"

# %% [markdown]
r"""
## Going deeper: dilation and groups

With `dilation=2` the pixels that meet neighbouring weights are two apart: the kernel reaches over
$r = d\,(k - 1) + 1$ pixels with as many weights as before, and in the formula of the size $r$ takes the place of $k$.

With `groups=g`, channels and kernels are cut into $g$ parts that know nothing of each other, which takes a $g$-th of the weights. With as many
groups as channels each map comes from one channel alone.
"""

# %%
print(nn.Conv2d(16, 32, 3).weight.shape, "one group")
print(nn.Conv2d(16, 32, 3, groups=16).weight.shape, "sixteen groups")

# %% tags=["claim", "always"]
means = torch.full((3, 1, 2, 2), 1 / 4)
assert torch.allclose(
    conv2d(images, means, stride=2, groups=3), F.avg_pool2d(images, 2), atol=1e-6
), "mean pooling is a convolution with equal weights, stride 2 and a group for each channel"

# %% [markdown]
r"""
## Going deeper: what an output sees

The *receptive field* of an output is the square of pixels that it can depend on. A layer with kernel size $k$ makes its
side larger by $k - 1$, times the product of all strides before it: behind a stride of 2, neighbours are two pixels
apart.

::: course.networks.convolution.receptive_field

That is a formula about indices. Gradients know it, too: an output depends on a pixel if its derivative by that pixel is not 0.
[`touched`][course.networks.convolution.touched] counts in how many images that is so.
"""

# %%
from course.networks.convolution import receptive_field, touched

sizes = [(3, 1, 1), (2, 2, 1), (3, 1, 1), (2, 2, 1), (3, 1, 1)]  # kernel size, stride, dilation
torch.manual_seed(0)
deep = nn.Sequential(
    *(nn.Conv2d(1, 8, 3), nn.MaxPool2d(2), nn.Conv2d(8, 8, 3), nn.MaxPool2d(2)),
    nn.Conv2d(8, 8, 3),
)
noise = torch.randn(50, 1, 18, 18, generator=torch.Generator().manual_seed(0))
fields = [receptive_field(sizes[:depth]) for depth in range(1, 6)]
seen = [touched(deep[:depth], noise, place=(0, 0)) for depth in range(1, 6)]
alone = touched(deep, noise[:1], place=(0, 0))
for layers, field, counts in zip(range(1, 6), fields, seen, strict=True):
    print(f"{layers} layers: {field} × {field} = {field**2}, by gradients {(counts > 0).sum()}")
print(f"one image alone: {alone.sum()} of {fields[-1] ** 2}")

# %% alt="Six squares of 18 by 18 pixels, in which the pixels that count are bright, from the upper left corner on: 3 by 3 after one layer, then 4, 8, 10, and all 18 by 18 after five, where only the corners are darker. The last square, for one image alone, is white but for a few pixels in its upper right corner."
fractions = [each / len(noise) for each in seen] + [alone.float()]
names = [f"{field} × {field}" for field in fields] + ["one image"]
plotting.gallery(fractions, names, columns=6, largest=1.1)

# %% tags=["claim", "always"]
assert all(
    int(counts[:field, :field].sum()) == int(counts.sum())
    for field, counts in zip(fields, seen, strict=True)
), "no pixel outside the field has a gradient"

# %% tags=["claim", "here"]
assert [int((counts > 0).sum()) for counts in seen] == [field**2 for field in fields], (
    "over fifty images every pixel inside it has one"
)
assert alone.sum() < fields[-1] ** 2, (
    "one image alone does not touch them all, for max-pooling passes on one pixel of four"
)

# %% [markdown]
r"""
The fields begin at the upper left pixel, because the output in that corner was asked. Not all of a field counts equally: more
ways lead from the middle to the output than from a corner.

## Practice

Each exercise begins with code to copy into a notebook. Write your part and run it: `check` says ✓,
or what is missing.
"""

# %% tags=["hide-input"]
larger = multiplications((56, 56), small.weight, padding=1)
made = small(torch.zeros(1, 1, 56, 56))
Question(
    "The image gets twice as high and twice as wide. What becomes of the convolution?",
    Choice(
        "Four times the parameters, four times the multiplications",
        parameters != sum(each.numel() for each in small.parameters()),
        "That is the linear layer's way to take it: its outputs would even grow, too.",
    ),
    Choice(
        "As many parameters, four times the multiplications",
        made.shape[2:] == (56, 56) and larger == 4 * products,
        f"The same {parameters} parameters go to four times as many places. The layer even takes the larger "
        "image as it is.",
    ),
    Choice(
        "As many parameters, as many multiplications",
        larger == products,
        "The kernel stays, but it has more places to go to.",
    ),
)

# %% tags=["hide-input"]
from course.networks.exercises import convolution as exercises

exercises.blur_by_hand

# %% tags=["hide-input"]
exercises.keep_size

# %% tags=["hide-input"]
exercises.layer_matrix

# %% [markdown]
r"""
## What to remember

- One kernel, everywhere: weights times pixels, summed over the window and all channels. One feature map for each
  kernel.
- Output size: $\lfloor (s + 2p - k) / t \rfloor + 1$. Kernel 3 with padding 1 keeps it, max-pooling by 2 halves it.
- The parameters do not depend on the size of the image; the multiplications do.
- What moves in the image moves in the map. That neighbours belong together is built in: right for images, wrong for
  shuffled pixels.
- “mat1 and mat2 shapes cannot be multiplied” behind `nn.Flatten`: look at the shape of what arrives.

Reference: [`conv2d`][course.networks.convolution.conv2d],
[`conv2d_unfolded`][course.networks.convolution.conv2d_unfolded],
[`max_pool2d`][course.networks.convolution.max_pool2d],
[`output_size`][course.networks.convolution.output_size],
[`multiplications`][course.networks.convolution.multiplications],
[`receptive_field`][course.networks.convolution.receptive_field],
[`touched`][course.networks.convolution.touched]. The test that proves them is
`tests/networks/test_convolution.py`. Next: [a small network for real images](images.py).
"""
