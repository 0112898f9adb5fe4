"""Where to compute: a graphics card when there is one, else the processor."""

import os

import torch


def available() -> list[str]:
    """Return the names of this machine's devices, the one to prefer first.

    These are the accelerators that torch finds, `cuda:0` and so on, or `mps`, and the CPU.

    Examples:
        >>> available()[-1]
        'cpu'
    """
    accelerator = torch.accelerator.current_accelerator()
    if accelerator is None:
        return ["cpu"]
    # The module of its kind counts without starting it: forked processes could not use it then.
    count = torch.get_device_module(accelerator).device_count()
    names = [f"{accelerator.type}:{index}" for index in range(count)]
    if accelerator.type == "mps":
        names = names and ["mps"]  # there is never a second, and torch gives it no number
    return [*names, "cpu"]


def pick_device() -> torch.device:
    """Return the device that `COURSE_DEVICE` names, or else the first available one.

    The environment variable `COURSE_DEVICE` takes a name as torch spells it: `cpu`, `mps`, `cuda`
    (the first card) or `cuda:1` (the second), and so for accelerators of other kinds.

    Raises:
        ValueError: If `COURSE_DEVICE` names a device that this machine does not have.

    Examples:
        >>> str(pick_device()) in available()
        True
    """
    names = available()
    wanted = os.environ.get("COURSE_DEVICE") or names[0]
    name = wanted if wanted in names else f"{wanted}:0"
    if name not in names:
        raise ValueError(
            f"COURSE_DEVICE is {wanted!r}, but this machine has {', '.join(names)}: "
            "name one of these, or unset COURSE_DEVICE"
        )
    return torch.device(name)
