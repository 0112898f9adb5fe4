"""Measure `fit` and `Batches` against hand-written loops and Lightning, side by side, in one run.

First every variant trains on the same batches from the same weights, and has to reach the same
losses. Then the variants take turns, so that a busy machine slows all of them; a ratio is the
median of the ratios within each round. Lightning takes part where it is installed, as in the
session `bench`.

    python benchmarks/training.py --rounds 9

With `--record`, how fast the variants are is kept in docs/records/training.json, which the page
Speed shows. What levers gain and what imports cost is printed only.
"""

import argparse
import importlib.util
import itertools
import math
import pkgutil
import shlex
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

import course
from course.device import pick_device
from course.training.batches import Batches
from course.training.loop import fit
from literate.running import records

ROOT = Path(__file__).resolve().parents[1]
RECORD = ROOT / "docs/records/training.json"
SEED = 0
DEVICE = pick_device()
Mark = Callable[[], None]  # called at the end of each epoch


@dataclass
class Task:
    """A model to train and the data for it."""

    title: str
    model: Callable[[], nn.Module]
    criterion: nn.Module
    batch_size: int
    x: Tensor
    y: Tensor

    def start(self) -> tuple[nn.Module, torch.optim.Optimizer]:
        """Return the model, with the same weights every time, and an optimizer for it."""
        torch.manual_seed(SEED)
        model = self.model().to(DEVICE)
        return model, torch.optim.SGD(model.parameters(), lr=0.05)


def mlp() -> nn.Module:
    """Return a hidden layer of 256 units and ten outputs."""
    return nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


def cnn() -> nn.Module:
    """Return two convolutions, each with its pooling, and ten outputs."""
    first = (nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    second = (nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(16 * 7 * 7, 10))


def tasks(part: float = 1.0) -> dict[str, Task]:
    """Return the four tasks, with this part of their rows."""
    generator = torch.Generator().manual_seed(SEED)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=generator)

    small, large = int(10_000 * part), int(60_000 * part)
    line, table, images, weight = draw(small, 1), draw(large, 784), draw(small, 784), draw(784, 10)
    yes = (table @ weight[:, :1] > 0).float()
    digit, shape = (table @ weight).argmax(1), (images @ weight).argmax(1)
    images = images.view(-1, 1, 28, 28)
    cross_entropy = nn.CrossEntropyLoss()
    return {
        "a": Task(
            "linear regression, 1 input, batch 32",
            *(lambda: nn.Linear(1, 1), nn.MSELoss(), 32, line, 3 * line + 1),
        ),
        "b": Task(
            "logistic regression, 784 inputs, batch 256",
            *(lambda: nn.Linear(784, 1), nn.BCEWithLogitsLoss(), 256, table, yes),
        ),
        "c": Task("MLP 784-256-10, batch 256", mlp, cross_entropy, 256, table, digit),
        "d": Task("CNN on 1 × 28 × 28, batch 64", cnn, cross_entropy, 64, images, shape),
    }


def bare_loop(task: Task, batches: Iterable[Any], epochs: int, mark: Mark) -> list[float]:
    """Return the mean loss of each epoch of the loop that everybody writes."""
    model, optimizer = task.start()
    history = []
    for _ in range(epochs):
        model.train()
        total, rows = 0.0, 0
        for x, y in batches:
            x, y = x.to(DEVICE), y.to(DEVICE)
            optimizer.zero_grad()
            loss = task.criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(y)
            rows += len(y)
        history.append(total / rows)
        mark()
    return history


def our_fit(task: Task, batches: Iterable[Any], epochs: int, mark: Mark) -> list[float]:
    """Return the mean loss of each epoch of `fit`."""
    model, optimizer = task.start()
    callbacks = [lambda history: mark()]
    return fit(model, batches, task.criterion, optimizer, epochs, callbacks=callbacks).training


def lightning_fit(task: Task, batches: Iterable[Any], epochs: int, mark: Mark) -> list[float]:
    """Return the mean loss of each epoch of Lightning's trainer, its extras switched off."""
    import lightning

    model, optimizer = task.start()
    history: list[float] = []

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.total, self.rows = 0.0, 0

        def training_step(self, batch: Any, index: int) -> Tensor:
            x, y = batch
            loss: Tensor = task.criterion(self.model(x), y)
            self.total += loss.item() * len(y)
            self.rows += len(y)
            return loss

        def on_train_epoch_end(self) -> None:
            history.append(self.total / self.rows)
            self.total, self.rows = 0.0, 0
            mark()

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return optimizer

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice about workers and logging
        trainer = lightning.Trainer(
            max_epochs=epochs,
            accelerator=DEVICE.type,
            devices=1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        trainer.fit(Module(), batches)
    return history


def loader(task: Task, shuffle: bool) -> DataLoader[Any]:
    """Return a `DataLoader` over the task's rows."""
    return DataLoader(TensorDataset(task.x, task.y), task.batch_size, shuffle=shuffle)


def in_memory(task: Task, shuffle: bool) -> Batches:
    """Return `Batches` over the task's rows, on the device."""
    dataset = TensorDataset(task.x.to(DEVICE), task.y.to(DEVICE))
    return Batches(dataset, task.batch_size, shuffle=shuffle)


def sliced(task: Task, shuffle: bool) -> list[tuple[Tensor, Tensor]]:
    """Return batches cut once, always in the same order: the least that loading can cost."""
    x, y = task.x.to(DEVICE), task.y.to(DEVICE)
    return list(zip(x.split(task.batch_size), y.split(task.batch_size), strict=True))


Variant = tuple[Callable[..., list[float]], Callable[[Task, bool], Any]]
BARE, LIMIT, FIT_LOADER, FIT_BATCHES, LIGHTNING = (
    "bare loop, `DataLoader`",
    "bare loop, pre-sliced (limit)",
    "`fit`, `DataLoader`",
    "`fit`, `Batches`",
    "Lightning, `DataLoader`",
)
VARIANTS: dict[str, Variant] = {
    BARE: (bare_loop, loader),
    LIMIT: (bare_loop, sliced),
    FIT_LOADER: (our_fit, loader),
    FIT_BATCHES: (our_fit, in_memory),
}
if importlib.util.find_spec("lightning"):
    VARIANTS[LIGHTNING] = (lightning_fit, loader)


def check_losses(task: Task) -> None:
    """Train each variant for two epochs without shuffling, and compare the losses.

    Raises:
        RuntimeError: If a variant's losses differ from the bare loop's.
    """
    losses = {
        name: loop(task, batches(task, False), 2, lambda: None)
        for name, (loop, batches) in VARIANTS.items()
    }
    for name, values in losses.items():
        if not all(map(lambda a, b: math.isclose(a, b, rel_tol=1e-3), values, losses[BARE])):
            raise RuntimeError(f"{task.title}: {name} reaches {values}, {BARE} {losses[BARE]}")


def seconds_per_epoch(variant: Variant, task: Task, epochs: int) -> float:
    """Return the median seconds of an epoch, after one to warm up."""
    loop, batches = variant
    times: list[float] = []

    def mark() -> None:
        if DEVICE.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter())

    loop(task, batches(task, True), epochs + 1, mark)
    return statistics.median(end - start for start, end in itertools.pairwise(times))


def seconds_to_iterate(batches: Iterable[Any]) -> float:
    """Return the seconds of one pass over batches without doing anything with them."""
    start = time.perf_counter()
    for _ in batches:
        pass
    return time.perf_counter() - start


def rotated(names: list[str], number: int) -> list[str]:
    """Return the names in their order, beginning with another one in each round."""
    first = number % len(names)
    return names[first:] + names[:first]


Rounds = dict[str, list[float]]  # for each variant its seconds, round by round


def measure(chosen: Mapping[str, Task], rounds: int, epochs: int) -> dict[str, Any]:
    """Return the seconds of an epoch of each variant, and of each way to iterate, task by task.

    Args:
        chosen: The tasks by their letter.
        rounds: How often the variants take turns.
        epochs: Epochs to time in each turn.
    """
    return {
        "rounds": rounds,
        "epochs": epochs,
        "threads": torch.get_num_threads(),
        "tasks": {letter: measure_task(task, rounds, epochs) for letter, task in chosen.items()},
    }


def measure_task(task: Task, rounds: int, epochs: int) -> dict[str, Any]:
    """Return what was measured for one task, after a check that the variants do the same."""
    check_losses(task)
    training: Rounds = {name: [] for name in VARIANTS}
    loading: Rounds = {"DataLoader": [], "Batches": []}
    for number in range(rounds):
        for name in rotated(list(VARIANTS), number):  # who comes first has an advantage
            training[name].append(significant(seconds_per_epoch(VARIANTS[name], task, epochs)))
        loading["DataLoader"].append(significant(seconds_to_iterate(loader(task, True))))
        loading["Batches"].append(significant(seconds_to_iterate(in_memory(task, True))))
    steps = math.ceil(len(task.x) / task.batch_size)
    measured = {"training": training, "loading": loading}
    return {"title": task.title, "rows": len(task.x), "steps": steps, **measured}


def significant(seconds: float) -> float:
    """Return a measured time with the four digits that it is good for."""
    return float(f"{seconds:.4g}")


def ratio(rounds: Rounds, slow: str, fast: str) -> float:
    """Return how many times as fast one variant is as another, the median over the rounds."""
    return statistics.median(a / b for a, b in zip(rounds[slow], rounds[fast], strict=True))


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table in Markdown."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def titles(result: Mapping[str, Any]) -> str:
    """Return a list of the tasks that were measured."""
    lines = (
        f"- **{letter}**: {task['title']}, {task['rows']:,} rows"
        for letter, task in result["tasks"].items()
    )
    return "\n".join(lines)


def speed_table(result: Mapping[str, Any]) -> str:
    """Return a table of the speed of each variant, as a multiple of the bare loop's."""
    training = {letter: task["training"] for letter, task in result["tasks"].items()}
    rows = [
        [name, *(f"{ratio(rounds, BARE, name):.2f}" for rounds in training.values())]
        for name in next(iter(training.values()))
    ]
    medians = (statistics.median(rounds[BARE]) for rounds in training.values())
    milliseconds = (f"{1000 * median:.0f} ms" for median in medians)
    rows.append(["an epoch of the bare loop", *milliseconds])
    return table(["× bare loop", *training], rows)


def goals(result: Mapping[str, Any]) -> str:
    """Return a table of what was aimed at and what was measured."""
    tasks = result["tasks"]

    def ratios(slow: str, fast: str, of: str = "training") -> list[float]:
        return [ratio(task[of], slow, fast) for task in tasks.values()]

    beyond = []
    for task in tasks.values():
        pairs = zip(task["training"][FIT_BATCHES], task["training"][LIMIT], strict=True)
        beyond.append(statistics.median(1e6 * (a - b) / task["steps"] for a, b in pairs))
    lines = [
        (
            "`fit` over `Batches`, × pre-sliced",
            *("0.85 (b: 0.80)", ratios(LIMIT, FIT_BATCHES), "{:.2f}"),
        ),
        ("the same, µs per step above pre-sliced", "at most 15", beyond, "{:.0f}"),
        ("`fit` over a `DataLoader`, × bare loop", "0.95", ratios(BARE, FIT_LOADER), "{:.2f}"),
        (
            "iterating `Batches`, × `DataLoader`",
            *("12", ratios("DataLoader", "Batches", "loading"), "{:.0f}"),
        ),
    ]
    if all(LIGHTNING in task["training"] for task in tasks.values()):
        faster = ratios(LIGHTNING, FIT_BATCHES)
        lines.append(("`fit` over `Batches`, × Lightning", "4 on a and b", faster, "{:.1f}"))
    rows = [[what, wanted, *map(form.format, values)] for what, wanted, values, form in lines]
    return table(["", "goal", *tasks], rows)


@dataclass
class Lever:
    """A change that may make training faster without another result.

    Args:
        title: What is changed.
        letter: The task on which it is measured.
        precision: Of products of float32, as `torch.set_float32_matmul_precision` names it.
        layout: Of images in memory.
        autocast: Whether products are computed in bfloat16.
        fused: Whether Adam changes all parameters in one pass.
    """

    title: str
    letter: str
    precision: str = "highest"
    layout: torch.memory_format = torch.contiguous_format
    autocast: bool = False
    fused: bool = False

    def epoch(self, task: Task) -> tuple[float, float]:
        """Return the seconds of an epoch of Adam over pre-sliced batches, and its last loss."""
        torch.set_float32_matmul_precision(self.precision)
        model = task.start()[0].to(memory_format=self.layout)
        optimizer = torch.optim.Adam(model.parameters(), fused=self.fused)
        batches = [(x.to(memory_format=self.layout), y) for x, y in sliced(task, False)]
        loss = torch.zeros(())
        start = time.perf_counter()
        for x, y in batches:
            optimizer.zero_grad()
            with torch.autocast(DEVICE.type, torch.bfloat16, enabled=self.autocast):
                loss = task.criterion(model(x), y)
            loss.backward()
            optimizer.step()
        last = loss.item()
        torch.set_float32_matmul_precision("highest")
        return time.perf_counter() - start, last


LEVERS = (
    Lever("float32 products at precision medium", "c", precision="medium"),
    Lever("bfloat16 products (autocast)", "c", autocast=True),
    Lever("fused Adam", "c", fused=True),
    Lever("channels last", "d", layout=torch.channels_last),
)


def levers(chosen: Mapping[str, Task], rounds: int) -> str:
    """Return a table of what each lever gains on this machine, and what it does to the loss."""
    rows = []
    for lever in LEVERS:
        if lever.letter not in chosen:
            continue
        plain, task = Lever("plain", lever.letter), chosen[lever.letter]
        runs = [(plain.epoch(task), lever.epoch(task)) for _ in range(rounds + 1)][1:]
        gain = statistics.median(before / after for ((before, _), (after, _)) in runs)
        (_, loss), (_, other) = runs[-1]
        rows.append([lever.title, lever.letter, f"{gain:.2f}", f"{loss:.4f}", f"{other:.4f}"])
    return table(["lever", "task", "× plain", "last loss, plain", "with it"], rows)


# One process imports torch, then forks one child for each module.
IMPORT = """
import os, sys, time
import torch, {others}
for name in {names}:
    if (child := os.fork()) == 0:
        start = time.perf_counter()
        __import__(name)
        seconds = time.perf_counter() - start
        print(name, seconds, "torchvision" in sys.modules, flush=True)
        os._exit(0)
    if os.waitpid(child, 0)[1]:
        sys.exit(name + " cannot be imported")
"""


def imports(rounds: int) -> str:
    """Return a table of what importing each module costs beyond torch.

    The modules that draw are measured beyond matplotlib, too: what they draw with is not theirs.
    The last column says whether torchvision came along, which takes two seconds.
    """
    names = [each.name for each in pkgutil.walk_packages(course.__path__, "course.")]
    drawing = [name for name in names if name.startswith("course.plotting")]
    seconds: dict[str, list[float]] = {name: [] for name in names}
    heavy = {}
    for others, some in (("math", set(names) - set(drawing)), ("matplotlib.pyplot", drawing)):
        code = IMPORT.format(others=others, names=sorted(some))
        for _ in range(rounds):
            run = subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            )
            for line in run.stdout.splitlines():
                name, taken, torchvision = line.split()
                seconds[name].append(float(taken))
                heavy[name] = torchvision
    rows = [
        [f"`{name}`", f"{1000 * statistics.median(times):.0f} ms", heavy[name]]
        for name, times in seconds.items()
    ]
    return table(["module", "beyond torch", "imports torchvision"], rows)


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--part", type=float, default=1.0, help="part of the rows to use")
    parser.add_argument("--tasks", default="abcd", help="letters of the tasks")
    parser.add_argument("--record", action="store_true", help=f"write {RECORD.name}")
    arguments = parser.parse_args()
    chosen = {
        letter: task for letter, task in tasks(arguments.part).items() if letter in arguments.tasks
    }

    def work() -> dict[str, Any]:
        return measure(chosen, arguments.rounds, arguments.epochs)

    result = record(work) if arguments.record else work()
    print(f"torch {torch.__version__}, {DEVICE}, {torch.get_num_threads()} threads\n")
    print(titles(result), "\n")
    print(speed_table(result), "\n")
    print(goals(result), "\n")
    print(levers(chosen, arguments.rounds), "\n")
    print(imports(3))


def record(work: Callable[[], dict[str, Any]]) -> Any:
    """Return the result of the work, and keep it."""
    question = (
        "How fast are `fit` and `Batches`, measured in turns with the loops that they stand in for?"
    )
    command = shlex.join(["nox", "-s", "bench", "--", "training", *sys.argv[1:]])
    made = records.make(RECORD, work, root=ROOT, question=question, command=command, seeds=[SEED])
    return made.result


if __name__ == "__main__":
    main()
