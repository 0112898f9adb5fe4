"""Train the small network of `networks/images` on Fashion-MNIST, and keep weights and record.

    COURSE_DATA=… nox -s train              # about an hour on two cores
    nox -s train -- --epochs 1 --rows 2000  # a look: no test set, and nothing is written

First three seeds on all training rows but 5,000, which they are measured on: whatever was chosen
was chosen there. Then the same three on all 60,000. Only when all six are through the test set is
opened, once, and all that it says is in the record. The weights are those of the first seed.
"""

import argparse
import hashlib
import io
import os
import shlex
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from course.data.mnist import Images, load_fashion_mnist
from course.networks.images import SmallCNN, train_small_cnn
from course.training.measuring import predict
from course.training.metrics import accuracy, confusion_matrix
from literate.running import records

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs/records/small_cnn.json"
WEIGHTS = RECORD.with_suffix(".pt")
#: The largest that the file of the weights may be, in bytes.
MOST = 350_000
SEEDS = (0, 1, 2)
VALIDATION = 5_000
EPOCHS = 20
QUESTION = (
    "How many images of Fashion-MNIST does a network of fewer than 100,000 parameters name right: "
    f"on {VALIDATION:,} validation rows, where all was chosen, and then, once, on the test set?"
)


def as_inputs(images: Tensor) -> Tensor:
    """Return images `(n, h, w)` of uint8 as the network takes them: `(n, 1, h, w)`, 0 to 1."""
    return images.unsqueeze(1).float() / 255


def trained(
    images: Tensor, labels: Tensor, seed: int, epochs: int, report: Callable[[str], None]
) -> tuple[SmallCNN, float]:
    """Return a trained network and the seconds that it took."""
    torch.manual_seed(seed)
    model, start = SmallCNN(), time.perf_counter()
    generator = torch.Generator().manual_seed(seed)
    history = train_small_cnn(model, TensorDataset(images, labels), epochs, generator)
    seconds = time.perf_counter() - start
    report(f"seed {seed}, {len(images):,} rows: {seconds:.0f} s, loss {history.training[-1]:.3f}")
    return model, seconds


def percent(logits: Tensor, labels: Tensor) -> float:
    """Return the share of right answers in percent, two decimals: 10,000 rows have no more."""
    return round(100 * accuracy(logits, labels).item(), 2)


def measure(
    train: Images, test: Images | None, epochs: int, report: Callable[[str], None]
) -> tuple[dict[str, Any], bytes]:
    """Return what the record says, and the weights of the first seed as a file's content.

    Args:
        train: At least 512 images.
        test: Or None, and it stays closed.
        epochs: Of each training.
        report: Called with a line after each.
    """
    x, y = as_inputs(train.images), train.labels
    chosen = len(x) - VALIDATION if len(x) > 2 * VALIDATION else len(x) // 2
    result: dict[str, Any] = {"epochs": epochs, "validation": [], "test": [], "seconds": []}
    for seed in SEEDS:
        model, _ = trained(x[:chosen], y[:chosen], seed, epochs, report)
        result["validation"].append(percent(*predict(model, [(x[chosen:], y[chosen:])])))
        report(f"seed {seed}: {result['validation'][-1]:.2f} % of the validation rows")
    models = []
    for seed in SEEDS:
        model, seconds = trained(x, y, seed, epochs, report)
        models.append(model)
        result["seconds"].append(round(seconds))
    for model in models if test else []:  # opened here, when nothing is left to choose
        new = as_inputs(test.images)
        logits, labels = predict(model, [(new, test.labels)])
        result["test"].append(percent(logits, labels))
        if model is models[0]:
            answers = logits.argmax(dim=1)
            counts = confusion_matrix(answers, labels, len(test.classes))
            result["counts"] = counts.int().tolist()
    content = as_file(models[0])
    result |= {
        "parameters": sum(each.numel() for each in models[0].parameters()),
        "classes": list(train.classes),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return result, content


def as_file(model: SmallCNN) -> bytes:
    """Return the weights as `torch.save` writes them, for `torch.load(…, weights_only=True)`."""
    model.to(memory_format=torch.contiguous_format)
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer)
    return buffer.getvalue()


def told(line: str) -> None:
    """Print a line at once: the next comes minutes later."""
    print(line, flush=True)


def keep(content: bytes) -> None:
    """Write the weights, whole or not at all."""
    if len(content) > MOST:
        sys.exit(f"the weights have {len(content):,} bytes, and {MOST:,} are the most")
    part = WEIGHTS.with_name(f".{WEIGHTS.name}.{os.getpid()}.tmp")
    part.write_bytes(content)
    part.replace(WEIGHTS)


def main() -> None:
    """Train, and write record and weights, unless this is only a look."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--rows", type=int, help="only so many: nothing is written then")
    arguments = parser.parse_args()
    train, test = load_fashion_mnist()
    if train.stand_in:
        sys.exit("There is no Fashion-MNIST here: set COURSE_DATA to a folder that holds it.")
    if rows := arguments.rows:
        few = replace(train, images=train.images[:rows], labels=train.labels[:rows])
        print(measure(few, None, arguments.epochs, told)[0])
        return

    def work() -> dict[str, Any]:
        result, content = measure(train, test, arguments.epochs, told)
        keep(content)
        return result

    command = shlex.join(["nox", "-s", "train", *(["--", *sys.argv[1:]] if sys.argv[1:] else [])])
    made = records.make(RECORD, work, root=ROOT, question=QUESTION, command=command, seeds=SEEDS)
    print(f"validation {made.result['validation']}, test {made.result['test']}")


if __name__ == "__main__":
    main()
