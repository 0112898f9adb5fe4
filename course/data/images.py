"""Images on disk with a table of their labels, and the same images in memory."""

import csv
import io
import operator
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from course.data.paths import expanded


def read_image(path: str | Path, channels: int = 1) -> Tensor:
    """Return an image, shape `(channels, h, w)`, uint8 from 0 to 255.

    Args:
        path: A file of any kind that Pillow reads, with 8 bits per channel; `~` is your home
            folder. A photo that was taken sideways, as its Exif data say, is turned upright.
        channels: 1 for gray, 3 for red, green and blue: what the file has is converted.

    Raises:
        OSError: If the file cannot be read as an image.
        ValueError: If `channels` is another number, or the pixels have more than 8 bits.
    """
    from PIL import Image, ImageOps
    from torchvision.transforms.v2.functional import pil_to_tensor

    if channels not in {1, 3}:
        raise ValueError(f"channels is {channels}: give 1 for gray or 3 for colour")
    try:
        with Image.open(expanded(path)) as file:
            mode = file.mode
            image = ImageOps.exif_transpose(file).convert("L" if channels == 1 else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise OSError(f"{path} cannot be read as an image: replace it, or leave it out") from error
    if mode.startswith(("I", "F")):  # Pillow would cut these to 8 bits
        raise ValueError(f"{path} has pixels of mode {mode}: save it with 8 bits per channel")
    with torch.device("cpu"):  # where Pillow keeps its pixels
        pixels: Tensor = pil_to_tensor(image)
    return pixels


def read_table(table: Path) -> Iterator[tuple[int, str, str]]:
    """Yield the line number, the file and the label of each row of a CSV file.

    Args:
        table: In UTF-8, with the columns `file`, a path from the folder of the table, and
            `label`, a text. Others do no harm, nor do blanks around a name or a value.

    Raises:
        ValueError: If a column or a value is missing, or if the table is no text in UTF-8.
        FileNotFoundError: If the table, or a file that it names, is not there.
    """
    table = expanded(table)
    with _opened(table) as lines:
        reader = csv.DictReader(lines, skipinitialspace=True)
        reader.fieldnames = names = [name.strip() for name in reader.fieldnames or []]
        for name in ("file", "label"):
            if name not in names:
                raise ValueError(
                    f"{table} has no column {name!r}: it has {', '.join(names) or 'none'}; "
                    "name them file and label, with a comma between them"
                )
        for row in reader:
            where = f"{table}, line {reader.line_num}"
            given = row["file"], row["label"]
            file, label = ((text or "").strip() for text in given)
            if not (file and label):
                raise ValueError(
                    f"{where}: the file is {given[0]!r}, the label {given[1]!r}: "
                    "give both, or drop the row"
                )
            if not (table.parent / file).is_file():
                raise FileNotFoundError(
                    f"{where}: {table.parent / file} is not there: "
                    "correct the row, or put the file there"
                )
            yield reader.line_num, file, label


def _opened(table: Path) -> io.StringIO:
    """Return the text of a table, without the mark that Excel puts in front."""
    try:
        return io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{table} is no text in UTF-8 ({error.reason} at byte {error.start}): save it as "
            "'CSV UTF-8'"
        ) from error


class ImageTable(Dataset[tuple[Tensor, int]]):
    """Images that a table lists with their labels, each read when it is asked for.

    All rows of the table are checked in the beginning, and no image is opened.

    Args:
        table: The path of a CSV file, as `read_table` takes it; `~` is your home folder.
        transform: What is done to each image after it was read.
        channels: 1 for gray, 3 for red, green and blue.
        classes: The labels, in the order of their numbers. Without it, those of the table,
            sorted. A test set needs the classes of its training set.

    Raises:
        ValueError: If the table lacks something, or a label is not among the classes.
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
        self.table, self.transform, self.channels = expanded(table), transform, channels
        self.rows = list(read_table(self.table))
        self.classes = tuple(classes or sorted({label for _, _, label in self.rows}))
        for line, _, label in self.rows:
            if label not in self.classes:
                raise ValueError(
                    f"{self.table}, line {line}: {label!r} is none of the classes "
                    f"{', '.join(self.classes)}: correct it, or give all classes"
                )

    def __len__(self) -> int:
        """Return how many images the table lists."""
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        """Return an image, as `read_image` and the transform give it, and its class.

        Args:
            index: From 0 to `n - 1`, or from the back from −1 to `−n`, as for a list.

        Raises:
            IndexError: If there is no such row.
            OSError: If its file cannot be read as an image.
            ValueError: If its pixels have more than 8 bits.
        """
        line, file, label = self.rows[operator.index(index)]
        try:
            image = read_image(self.table.parent / file, self.channels)
        except (OSError, ValueError) as error:
            kind = OSError if isinstance(error, OSError) else ValueError
            raise kind(f"{self.table}, line {line}: {error}") from error
        if self.transform is not None:
            image = self.transform(image)
        return image, self.classes.index(label)


def write_images(folder: str | Path, images: Tensor, labels: Sequence[object] | Tensor) -> Path:
    """Return the path of a new table, `labels.csv`, that lists the images written beside it.

    Args:
        folder: Made if it is not there; `~` is your home folder. The files are `00000.png`,
            `00001.png` and so on.
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
    table = expanded(folder) / "labels.csv"
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

    What the transform of the dataset gives is kept too, so it runs once per example.

    Args:
        dataset: Has a length; its images are of one shape.

    Raises:
        ValueError: If there are no examples, or images of several shapes.

    Examples:
        >>> pairs = [(torch.zeros(1, 2, 2), 3), (torch.ones(1, 2, 2), 5)]
        >>> in_memory(pairs).tensors[1]
        tensor([3, 5])
    """
    examples = [dataset[i] for i in range(len(dataset))]  # type: ignore[arg-type]
    shapes = {tuple(image.shape) for image, _ in examples}
    if len(shapes) != 1:
        raise ValueError(
            f"{len(examples)} images have the shapes {sorted(shapes)}: "
            "give at least one, all of one shape; a transform can resize them"
        )
    images, labels = zip(*examples, strict=True)
    stack = torch.stack(images)
    return TensorDataset(stack, torch.tensor(labels, device=stack.device))
