"""Images on disk with a table of their labels, and the same images in memory."""

import csv
import operator
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset


class ImageTable(Dataset[tuple[Tensor, int]]):
    """Images that a table lists with their labels, each read when it is asked for.

    The table is a CSV file with the columns `file`, a path from the folder of the table, and
    `label`, a text. All rows are looked at in the beginning, and no image is.

    Args:
        table: The path of the CSV file, in UTF-8, with a line of names first.
        transform: What is done to each image after it was read.
        channels: 1 for gray, 3 for red, green and blue; files are converted to it.
        classes: The labels, in the order of their numbers. Without it, those of the table,
            sorted. A test set needs the classes of its training set.

    Raises:
        ValueError: If a column or a value is missing, if a label is not among the classes,
            or if `channels` is another number.
        FileNotFoundError: If the table, or a file that it names, is not there.

    Examples:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     black = torch.zeros(2, 4, 4, dtype=torch.uint8)
        ...     images = ImageTable(write_images(folder, black, ["cat", "dog"]))
        ...     image, label = images[1]
        >>> image.shape, label, images.classes
        (torch.Size([1, 4, 4]), 1, ('cat', 'dog'))
    """

    def __init__(
        self,
        table: str | Path,
        transform: Callable[[Tensor], Tensor] | None = None,
        channels: int = 1,
        classes: Sequence[str] | None = None,
    ) -> None:
        if channels not in {1, 3}:
            raise ValueError(f"channels is {channels}: give 1 for gray or 3 for colour")
        self.table = Path(table)
        self.transform = transform
        self.channels = channels
        rows = list(_rows(self.table))
        self.classes = tuple(classes or sorted({label for _, _, label in rows}))
        numbers = {label: number for number, label in enumerate(self.classes)}
        for line, file, label in rows:
            if label not in numbers:
                raise ValueError(
                    f"{self.table}, line {line}: the label {label!r} is not among the classes "
                    f"{', '.join(self.classes)}: correct it, or give all classes"
                )
            if not (self.table.parent / file).is_file():
                raise FileNotFoundError(
                    f"{self.table}, line {line}: {self.table.parent / file} is not there: "
                    "correct the row, or put the file there"
                )
        self.rows = [(line, file, numbers[label]) for line, file, label in rows]

    def __len__(self) -> int:
        """Return how many images the table lists."""
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return an image and the number of its class.

        Args:
            index: From 0 to `n - 1`, or from the back from −1 to `−n`, as for a list.

        Returns:
            The image has the shape `(channels, h, w)` and is of uint8, from 0 to 255, unless
            the transform changes it.

        Raises:
            IndexError: If there is no such row.
            OSError: If its file cannot be read as an image.
        """
        line, file, number = self.rows[operator.index(index)]
        image = self._read(line, self.table.parent / file)
        return (image if self.transform is None else self.transform(image)), number

    def _read(self, line: int, path: Path) -> Tensor:
        from PIL import Image
        from torchvision.transforms.v2.functional import pil_to_tensor

        where = f"{self.table}, line {line}: {path}"
        try:
            with Image.open(path) as file:
                mode = file.mode
                image = file.convert("L" if self.channels == 1 else "RGB")
        except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
            raise OSError(
                f"{where} cannot be read as an image: replace the file, or drop the row"
            ) from error
        if mode.startswith(("I", "F")):  # Pillow would cut these to 8 bits
            raise OSError(f"{where} has pixels of mode {mode}: save it with 8 bits per channel")
        read: Tensor = pil_to_tensor(image)
        return read


def _rows(table: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, the file and the label of each row."""
    with table.open(newline="", encoding="utf-8-sig") as lines:  # Excel puts a mark in front
        reader = csv.DictReader(lines, skipinitialspace=True)
        names = reader.fieldnames or []
        for name in ("file", "label"):
            if name not in names:
                raise ValueError(
                    f"{table} has no column {name!r}: it has {', '.join(names) or 'none'}; "
                    "name them file and label, with a comma between them"
                )
        for row in reader:
            if not (row["file"] and row["label"]):
                raise ValueError(
                    f"{table}, line {reader.line_num}: the file is {row['file']!r}, the label "
                    f"{row['label']!r}: give both, or drop the row"
                )
            yield reader.line_num, row["file"], row["label"]


def write_images(folder: str | Path, images: Tensor, labels: Sequence[object] | Tensor) -> Path:
    """Return the path of a new table, `labels.csv`, that lists the images written beside it.

    Args:
        folder: Made if it is not there. The files are `00000.png`, `00001.png` and so on.
        images: Shape `(n, h, w)`, `(n, 1, h, w)` or `(n, 3, h, w)`, uint8.
        labels: One for each image, written as text.

    Raises:
        ValueError: If the images are of another shape or type, or there are not as many labels.
        FileExistsError: If the folder has a table already.
    """
    from torchvision.transforms.v2.functional import to_pil_image

    texts = [str(label) for label in (labels.tolist() if isinstance(labels, Tensor) else labels)]
    stack = images.unsqueeze(1) if images.ndim == 3 else images
    if stack.ndim != 4 or stack.shape[1] not in {1, 3} or stack.dtype != torch.uint8:
        raise ValueError(
            f"images have shape {tuple(images.shape)} and type {images.dtype}: "
            "give (n, h, w), (n, 1, h, w) or (n, 3, h, w) of torch.uint8"
        )
    if len(texts) != len(stack):
        raise ValueError(f"{len(texts)} labels for {len(stack)} images: give one for each")
    table = Path(folder) / "labels.csv"
    table.parent.mkdir(parents=True, exist_ok=True)
    with table.open("x", newline="", encoding="utf-8") as file:  # x: never over another one
        writer = csv.writer(file)
        writer.writerow(["file", "label"])
        for number, (image, text) in enumerate(zip(stack.cpu(), texts, strict=True)):
            name = f"{number:05}.png"
            to_pil_image(image).save(table.parent / name)
            writer.writerow([name, text])
    return table


def in_memory(dataset: Dataset[tuple[Tensor, int]]) -> TensorDataset:
    """Return the examples of a dataset, each read once, now, and kept.

    Args:
        dataset: With a length; its images are of one shape. What its transform does is kept too,
            so one that works by chance has no second chance.

    Raises:
        ValueError: If there are no examples, or if images are of several shapes.

    Examples:
        >>> in_memory([(torch.zeros(1, 2, 2), 3), (torch.ones(1, 2, 2), 5)]).tensors[1]
        tensor([3, 5])
    """
    count = len(dataset)  # type: ignore[arg-type]
    images: list[Tensor] = []
    labels: list[int] = []
    for i in range(count):
        image, label = dataset[i]
        if i and image.shape != images[0].shape:
            raise ValueError(
                f"image {i} has shape {tuple(image.shape)}, image 0 {tuple(images[0].shape)}: "
                "bring all to one shape in the transform"
            )
        images.append(image)
        labels.append(label)
    if not images:
        raise ValueError("there are no examples: give a dataset that has some")
    return TensorDataset(torch.stack(images), torch.tensor(labels))
