"""Where to compute: a graphics card when there is one, else the processor."""

import os

import torch


def available() -> list[str]:
    """Return the names of this machine's devices, the one to prefer first.

    Examples:
        >>> available()[-1]
        'cpu'
    """
    names = [f"cuda:{index}" for index in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        names.append("mps")
    return [*names, "cpu"]


def pick_device() -> torch.device:
    """Return the device that `COURSE_DEVICE` names, or else the first available one.

    The environment variable `COURSE_DEVICE` takes a name as torch spells it: `cpu`, `mps`, `cuda`
    (the first card) or `cuda:1` (the second).

    Raises:
        ValueError: If `COURSE_DEVICE` names a device that this machine does not have.

    Examples:
        >>> pick_device().type in {"cuda", "mps", "cpu"}
        True
    """
    names = available()
    wanted = os.environ.get("COURSE_DEVICE") or names[0]
    name = "cuda:0" if wanted == "cuda" else wanted
    if name not in names:
        raise ValueError(
            f"COURSE_DEVICE is {wanted!r}, but this machine has {', '.join(names)}: "
            "name one of these, or unset COURSE_DEVICE"
        )
    return torch.device(name)
