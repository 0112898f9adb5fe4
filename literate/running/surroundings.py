"""What a lesson finds around it when it starts, and what it used of it when it has ended."""

import multiprocessing
import os
import sys

from literate.lesson.model import Code, Job, thread_variables
from literate.running import manifest

_BACKEND = "module://literate.running.backend"


def prepare(job: Job) -> None:
    """Make this process look like a script started in the project's root."""
    os.chdir(job.root)
    sys.path.insert(0, str(job.root))
    sys.argv = [job.page.name]
    os.environ["MPLBACKEND"] = _BACKEND
    if "matplotlib" in sys.modules:
        import matplotlib

        matplotlib.use(_BACKEND)
    if "fork" in multiprocessing.get_all_start_methods():
        # A class defined in the lesson lives in this process alone: workers must inherit it.
        multiprocessing.set_start_method("fork", force=True)
    os.environ.update(thread_variables(job.threads))  # for libraries that are yet to be loaded
    if "torch" in sys.modules:
        import torch

        torch.set_num_threads(job.threads)


def imports(job: Job, files: dict[str, str]) -> list[str]:
    """Return the modules that the lesson, and the project's files that it used, import by name."""
    sources: list[str | bytes] = [step.source for step in job.page.steps if isinstance(step, Code)]
    modules = [name for name, digest in files.items() if digest and name.endswith(".py")]
    sources += [(job.root / name).read_bytes() for name in modules]
    names = {name for source in sources for name in manifest.imported(source)}
    # What may be loaded beforehand counts as loaded, whether it was this time or not.
    preloaded = {name.partition(".")[0] for name in job.preload}
    return sorted(names & (sys.modules.keys() | preloaded))


def device() -> str:
    """Return where the lesson computed: the GPU that it touched, else the CPU."""
    if (torch := sys.modules.get("torch")) is None:
        return "CPU"
    if torch.cuda.is_initialized():
        return str(torch.cuda.get_device_name())
    if torch.backends.mps.is_available() and torch.mps.driver_allocated_memory() > 0:
        return "Apple GPU (MPS)"
    return "CPU"
