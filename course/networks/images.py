"""A small convolutional network for images of 28 × 28 pixels, and what it looks at."""

import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.utils.data import TensorDataset

from course.training.batches import Batches
from course.training.loop import History, fit

#: The rows and columns of an image.
SIDE = 28


class SmallCNN(nn.Module):
    """A network that turns gray images into one logit for each class.

    For each width, a convolution, max-pooling by 2, batch norm and ReLU; behind the last, a linear
    layer. Pooling comes first, so that what follows has a quarter of the numbers.

    Args:
        widths: How many feature maps each convolution makes; each halves the side of the image.
        kernel_size: Of all convolutions, odd.
        classes: How many logits.

    Raises:
        ValueError: If there is no width or more than four, if a number is not positive, or if the
            kernel size is even: then no padding keeps the size.

    Examples:
        >>> SmallCNN()(torch.zeros(5, 1, 28, 28)).shape
        torch.Size([5, 10])
        >>> sum(each.numel() for each in SmallCNN().parameters())
        83050
    """

    def __init__(
        self, widths: Sequence[int] = (32, 64, 96), kernel_size: int = 3, classes: int = 10
    ) -> None:
        super().__init__()
        if not 1 <= len(widths) <= 4 or min(*widths, kernel_size, classes) < 1:
            raise ValueError(
                f"widths {tuple(widths)}, kernel_size {kernel_size}, classes {classes}: give "
                f"positive numbers, and one to four widths: a side of {SIDE} is halved for each"
            )
        if kernel_size % 2 == 0:
            raise ValueError(f"kernel_size is {kernel_size}: give an odd one, such as 3 or 5")
        layers: list[nn.Module] = []
        for before, width in zip((1, *widths), widths, strict=False):
            layers += [
                nn.Conv2d(before, width, kernel_size, padding=kernel_size // 2, bias=False),
                nn.MaxPool2d(2),
                nn.BatchNorm2d(width),
                nn.ReLU(),
            ]
        self.features = nn.Sequential(*layers)
        self.classify = nn.Linear(widths[-1] * (SIDE // 2 ** len(widths)) ** 2, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits, shape `(n, classes)`.

        Args:
            images: Shape `(n, 1, 28, 28)`, from 0 (background) to 1.
        """
        logits: Tensor = self.classify(self.features(images).flatten(1))
        return logits


class Augmented:
    """Batches whose images are moved by a few pixels and mirrored, anew each time they are read.

    What comes in from outside is background, 0. Each image has its own shift, each as likely as any
    other, and half of the images are mirrored, left for right.

    Args:
        batches: Of images `(n, 1, h, w)` and labels, such as a `DataLoader`.
        generator: Draws shifts and mirrors, on the CPU.
        shift: The most that an image moves, in pixels, to each side.
        mirror: Whether to mirror at all: a mirrored shoe is a shoe, and a mirrored 3 is no digit.

    Raises:
        ValueError: If `shift` is negative.

    Examples:
        >>> batches = [(torch.eye(3).view(1, 1, 3, 3), torch.tensor([7]))]
        >>> ((images, labels),) = Augmented(batches, torch.Generator().manual_seed(1), shift=1)
        >>> images[0, 0].int().tolist(), labels
        ([[0, 0, 0], [0, 0, 1], [0, 1, 0]], tensor([7]))
    """

    def __init__(
        self,
        batches: Iterable[tuple[Tensor, Tensor]],
        generator: Generator,
        shift: int = 1,
        *,
        mirror: bool = True,
    ) -> None:
        if shift < 0:
            raise ValueError(f"shift is {shift}: give 0 or more pixels")
        self.batches, self.generator, self.shift, self.mirror = batches, generator, shift, mirror

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        """Go through the batches once, each with its images changed."""
        for images, labels in self.batches:
            yield self._changed(images), labels

    def _changed(self, images: Tensor) -> Tensor:
        n, _, height, width = images.shape
        draws = torch.randint(2 * self.shift + 1, (2, n, 1), generator=self.generator, device="cpu")
        mirrored = torch.rand(n, generator=self.generator, device="cpu") < 0.5
        (down, right), mirrored = draws.to(images.device), mirrored.to(images.device)
        rows = (down + torch.arange(height, device=images.device)).unsqueeze(2)
        columns = (right + torch.arange(width, device=images.device)).unsqueeze(1)
        padded = nn.functional.pad(images, (self.shift,) * 4)
        one_each = torch.arange(n, device=images.device).view(n, 1, 1)
        moved = padded[one_each, :, rows, columns].permute(0, 3, 1, 2)
        mirrored &= self.mirror
        return torch.where(mirrored.view(n, 1, 1, 1), moved.flip(3), moved)


class Faster(nn.Module):
    """A model of images, computed in bfloat16 with channels last, which many CPUs do faster.

    Weights and logits stay in float32; the memory format of the images changes no value.

    Args:
        model: Takes images `(n, c, h, w)`.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model.to(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return the logits of the model, in float32."""
        images = images.contiguous(memory_format=torch.channels_last)
        with torch.autocast(images.device.type, torch.bfloat16):
            logits: Tensor = self.model(images)
        return logits.float()


def train_small_cnn(
    model: nn.Module,
    dataset: TensorDataset,
    epochs: int,
    generator: Generator,
    *,
    lr: float = 0.2,
    batch_size: int = 128,
) -> History:
    """Train a network of images by the recipe of the record; return the history of the losses.

    Images moved by a pixel and mirrored; SGD with Nesterov's momentum, whose rate rises for a
    quarter of the steps and then falls to 0; weights of two and more dimensions decay; labels are
    smoothed, so that nothing is gained by more than enough certainty.

    Args:
        model: Maps images `(n, 1, h, w)` to logits `(n, k)`; trained in place.
        dataset: Images and labels.
        epochs: How often each image is seen.
        generator: Draws orders, shifts and mirrors, on the CPU.
        lr: The highest learning rate.
        batch_size: Images of a step; those that make no full batch wait for the next epoch.

    Raises:
        ValueError: If there are fewer than five steps.
    """
    if epochs * (len(dataset) // batch_size) < 5:
        raise ValueError(
            f"{epochs} epochs of {len(dataset)} images in full batches of {batch_size} are fewer "
            "than five steps: give more, for the rate to rise and to fall"
        )
    batches = Batches(dataset, batch_size, shuffle=True, drop_last=True, generator=generator)
    parameters = list(model.parameters())
    groups = [
        {"params": [each for each in parameters if each.dim() > 1], "weight_decay": 5e-4},
        {"params": [each for each in parameters if each.dim() <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.SGD(groups, lr=lr, momentum=0.9, nesterov=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, lr, total_steps=epochs * len(batches), pct_start=0.25, anneal_strategy="linear"
    )
    optimizer.register_step_post_hook(lambda *_: schedule.step())
    criterion = nn.CrossEntropyLoss(label_smoothing=0.05)
    return fit(Faster(model), Augmented(batches, generator), criterion, optimizer, epochs)


def surest_mistakes(logits: Tensor, labels: Tensor, count: int) -> Tensor:
    """Return which rows are wrong with the highest probability for their answer, surest first.

    Args:
        logits: Shape `(n, k)`.
        labels: Shape `(n,)`, int64.
        count: How many rows at most.

    Returns:
        Indices of rows, shape `(m,)`, `m` at most `count`: there may be fewer mistakes.

    Raises:
        ValueError: If the shapes do not fit.

    Examples:
        >>> logits = torch.tensor([[0.0, 1.0], [0.0, 3.0], [2.0, 0.0]])
        >>> surest_mistakes(logits, torch.tensor([0, 0, 0]), count=2)
        tensor([1, 0])
    """
    if logits.dim() != 2 or labels.shape != logits.shape[:1]:
        raise ValueError(
            f"logits have shape {tuple(logits.shape)}, labels {tuple(labels.shape)}: "
            "give (n, k) and (n,)"
        )
    sure, answers = logits.softmax(dim=1).max(dim=1)
    wrong = (answers != labels).nonzero().squeeze(1)
    return wrong[sure[wrong].argsort(descending=True, stable=True)][:count]


def confused(counts: Tensor) -> tuple[int, int]:
    """Return the pair of classes that are taken for each other most often, the smaller first.

    Args:
        counts: A confusion matrix, shape `(k, k)`: rows are true classes, columns answers.

    Raises:
        ValueError: If it is not square, or has fewer than two classes.

    Examples:
        >>> confused(torch.tensor([[9, 0, 3], [1, 8, 1], [4, 0, 9]]))
        (0, 2)
    """
    if counts.dim() != 2 or counts.shape[0] != counts.shape[1] or len(counts) < 2:
        raise ValueError(f"counts have shape {tuple(counts.shape)}: give (k, k), k at least 2")
    pairs = (counts + counts.T).triu(diagonal=1)
    place = int(pairs.argmax())
    return place // len(counts), place % len(counts)


@torch.no_grad()
def occlusion(model: nn.Module, image: Tensor, label: int, size: int = 5) -> Tensor:
    """Return how much less probable a class gets when a square around each pixel is wiped out.

    Args:
        model: Gives logits; it is asked in `eval` mode, and its mode is left as it was.
        image: Shape `(1, h, w)`, background 0.
        label: The class that is asked for.
        size: The side of the square, in pixels, odd.

    Returns:
        Shape `(h, w)`: positive where the square hides what speaks for the class.

    Raises:
        ValueError: If the image has another shape, or if `size` is even or not positive.

    Source: Zeiler and Fergus (2014), "Visualizing and Understanding Convolutional Networks", 4.2.
    """
    if image.dim() != 3 or image.shape[0] != 1:
        raise ValueError(f"image has shape {tuple(image.shape)}: give (1, h, w)")
    if size < 1 or size % 2 == 0:
        raise ValueError(f"size is {size}: give an odd number of pixels, such as 5")
    _, height, width = image.shape
    rows, columns = torch.arange(height), torch.arange(width)
    near = [(each.unsqueeze(1) - each).abs() <= size // 2 for each in (rows, columns)]
    hidden = near[0].view(height, 1, height, 1) & near[1].view(1, width, 1, width)
    wiped = image.masked_fill(hidden.flatten(0, 1).unsqueeze(1).to(image.device), 0)
    mode = model.training
    model.eval()
    try:
        logits = model(torch.cat([image.unsqueeze(0), wiped]))
    finally:
        model.train(mode)
    probabilities: Tensor = logits.softmax(dim=1)[:, label]
    return (probabilities[0] - probabilities[1:]).view(height, width)


def small_cnn_record(folder: Path | None = None) -> dict[str, Any]:
    """Return what the record of the small network says: accuracies in percent, counts, seconds.

    Args:
        folder: As in `load_small_cnn`.

    Raises:
        FileNotFoundError: If the record is missing.
    """
    path = (folder or _records()) / "small_cnn.json"
    result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["result"]
    return result


def load_small_cnn(folder: Path | None = None) -> SmallCNN:
    """Return the network of the record, trained on Fashion-MNIST, in `eval` mode on the CPU.

    Its classes are those of Fashion-MNIST in their order: T-shirt/top, trouser, pullover, dress,
    coat, sandal, shirt, sneaker, bag, ankle boot.

    Args:
        folder: Holds `small_cnn.pt` and `small_cnn.json`, its record. Without it that is this
            package where it is installed, and `docs/records` in a checkout.

    Raises:
        FileNotFoundError: If one of the files is missing.
        ValueError: If the weights are not those of the record.
    """
    folder = folder or _records()
    weights = folder / "small_cnn.pt"
    content, wanted = weights.read_bytes(), small_cnn_record(folder)["sha256"]
    if (found := hashlib.sha256(content).hexdigest()) != wanted:
        raise ValueError(
            f"{weights} has the SHA-256 {found}, and its record says {wanted}: "
            "take another copy of both"
        )
    model = SmallCNN()
    model.load_state_dict(torch.load(io.BytesIO(content), map_location="cpu", weights_only=True))
    return model.eval()


def _records() -> Path:
    """Return the folder of the record: the package's, or in a checkout the one it is made in."""
    here = Path(__file__).parent
    installed = (here / "small_cnn.pt").exists()
    return here if installed else here.parents[1] / "docs" / "records"
