"""A pretended accelerator: a device of its own whose values are computed on the CPU.

It is a tool of the tests, not a backend. What forgets a device fails on it as it would on a GPU, on
a machine that has none:

- tensors of two devices in one operation, and a generator of the CPU that is to draw on the device,
  raise (`kernel`);
- each moment at which a program would wait for a GPU is noted, with its line (`waits`).

`import tests.pretend.active` switches it on, for the rest of the process; `torch.device("pretend")`
is then there, and `course.device.available` names it. `python -m pytest -p tests.pretend.active`
runs tests on it, `nox -s pretend` the lessons.

It uses what torch calls private and new, `torch.utils.backend_registration`, and is therefore
written for one minor version of torch. What it does not have: generators and streams of its own,
several devices, kernels for autocast, and the speed. Where there is a real GPU, that counts.
"""
