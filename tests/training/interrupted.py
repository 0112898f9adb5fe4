"""Trainings that are killed and go on, for test_checkpoints.py: `python interrupted.py FOLDER`.

Importing torch takes seconds, so this process does it once, computes nothing, and forks one process
per run of the training. Where a run is to be killed is told as the number of an event: a batch, or
a moment while a file is written. There the process sends itself SIGKILL, so that nothing depends on
how fast it is. What came of it all is left in files.
"""

import io
import json
import os
import random
import shutil
import signal
import sys
import traceback
from pathlib import Path

import torch
import torch._dynamo  # takes seconds, too, and the first optimizer would import it in every run
import tqdm  # noqa: F401  (`fit` would)
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from course.training.checkpoints import load_checkpoint, save_checkpoint
from course.training.loop import fit
from course.training.stopping import BestModel

EPOCHS = 5
KILLED = 20
KINDS = ["batch"] + [
    f"{moment} {name}"
    for name in ("checkpoint.pt", "best.pt")
    for moment in ("opened", "halfway", "before fsync", "before replace", "replaced")
]


class Events:
    """The list of what happened, which ends with the event whose number is `last`."""

    def __init__(self, last=None):
        self.names = []
        self.last = last

    def add(self, name):
        self.names.append(name)
        if len(self.names) == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch_files(self):
        """Add the moments of writing a file to the events, from now on, in this process."""
        add, opening, replacing, names = self.add, Path.open, Path.replace, {}

        class Halting(io.FileIO):
            """Writes in two halves, without a buffer."""

            def write(self, data):
                data = bytes(data)
                super().write(data[: len(data) // 2])
                add(f"halfway {names[self.fileno()]}")
                super().write(data[len(data) // 2 :])
                return len(data)

        def open_(path, mode="r", *rest, **named):
            if mode != "wb":
                return opening(path, mode, *rest, **named)
            file = Halting(path, mode)
            names[file.fileno()] = path.stem  # without .part
            add(f"opened {path.stem}")
            return file

        def replace(path, target):
            add(f"before replace {path.stem}")
            replacing(path, target)
            add(f"replaced {path.stem}")

        def fsync(number):
            add(f"before fsync {names[number]}")  # no more: what is written outlives the process

        Path.open, Path.replace, os.fsync = open_, replace, fsync


class Watched:
    """Batches that are events."""

    def __init__(self, batches, events):
        self.batches = batches
        self.events = events

    def __iter__(self):
        for batch in self.batches:
            self.events.add("batch")
            yield batch


def program(folder, events):
    """Train as far as the events let it, from where an earlier run came to."""
    data = torch.Generator().manual_seed(1)
    x, y = torch.randn(30, 3, generator=data), torch.randn(30, 1, generator=data)
    torch.manual_seed(2)
    model = nn.Sequential(nn.Linear(3, 8), nn.ReLU(), nn.Dropout(0.5), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    order = torch.Generator().manual_seed(3)
    rows = TensorDataset(x[:23], y[:23])
    batches = DataLoader(rows, batch_size=6, shuffle=True, generator=order)
    best = BestModel(model, path=folder / "best.pt")

    def save(history):
        save_checkpoint(folder / "checkpoint.pt", model, optimizer, history, [order])

    history = load_checkpoint(folder / "checkpoint.pt", model, optimizer, [order])
    events.watch_files()
    fit(
        model,
        Watched(batches, events),
        nn.MSELoss(),
        optimizer,
        EPOCHS,
        validation=[(x[23:], y[23:])],
        callbacks=[best, save],
        history=history,
    )
    result = {
        "model": {name: value.clone() for name, value in model.state_dict().items()},
        "optimizer": optimizer.state_dict(),
        "order": order.get_state(),
        "dropout": torch.get_rng_state(),
        "training": history.training,
        "validation": history.validation,
        "epoch": best.epoch,
    }
    best.restore()
    events.last = None
    torch.save({**result, "best": model.state_dict()}, folder / "result.pt")
    (folder / "events.json").write_text(json.dumps(events.names))


def run(folder, last=None):
    """Return how a process ended that ran the program: the exit code, or minus the signal."""
    folder.mkdir(exist_ok=True)
    child = os.fork()
    if child == 0:
        try:
            program(folder, Events(last))
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(root):
    torch.set_num_threads(1)
    done = [run(root / "whole")]
    events = json.loads((root / "whole" / "events.json").read_text())
    draw = random.Random(4)
    report = []
    for i in range(KILLED):
        folder = root / str(i)
        kind = KINDS[i % len(KINDS)]
        last = draw.choice([n for n, name in enumerate(events, 1) if name == kind])
        ends = [run(folder, last)]
        if (folder / "checkpoint.pt").exists():
            shutil.copy(folder / "checkpoint.pt", folder / "left.pt")
        ends.append(run(folder, last))  # killed once more, if it comes so far again
        if ends[-1] != 0:
            ends.append(run(folder))
        whole = events[:last].count("replaced checkpoint.pt")
        report.append({"kind": kind, "event": last, "epochs": whole, "ends": ends})
    (root / "report.json").write_text(json.dumps({"whole": done, "killed": report}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
