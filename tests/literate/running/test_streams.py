"""What a cell prints is taken in at a cost that grows with it, and not faster."""

import pytest

from literate.lesson.text import collapse
from literate.running import outputs as module
from literate.running.outputs import Outputs


class Descriptor:
    """Stands for a descriptor to which nothing is written, and counts how often it is read."""

    reads = 0

    def __init__(self, fd: int) -> None:
        self.fd = fd

    def read(self, final: bool = False) -> str:
        Descriptor.reads += 1
        return ""


class Piece(str):
    """A text that must not be appended to another: that would copy the other each time."""

    def __radd__(self, other: str) -> str:
        raise AssertionError("copies all that came before")


@pytest.fixture
def collected(monkeypatch) -> Outputs:
    monkeypatch.setattr(module, "Descriptor", Descriptor)
    monkeypatch.setattr(Descriptor, "reads", 0)
    return Outputs()


@pytest.mark.parametrize("count", [100, 200])
def test_each_print_is_copied_once_and_reads_each_descriptor_once(collected, count):
    for number in range(count):
        collected.stream("stdout", Piece(f"{number}\n"))
    assert Descriptor.reads == 2 * count
    (output,) = collected.take()
    assert output["text"] == "".join(f"{number}\n" for number in range(count))


def test_text_that_comes_between_two_steps_belongs_to_the_next(collected):
    collected.stream("stdout", "one")
    first = collected.take()
    collected.stream("stdout", "two")
    assert [output["text"] for output in (*first, *collected.take())] == ["one", "two"]


def test_a_character_that_comes_in_two_halves_is_one(project, outputs):
    page = project.page(r"""
        # %%
        import os
        _ = os.write(1, b"gr\xc3")
        _ = display()
        import sys; sys.stdout.flush(); print(end="")
        _ = os.write(1, b"\xbcn\xc3")
    """)
    assert outputs(page) == [("", "grün\ufffd")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abc\rX", "Xbc"),
        ("abc\rXYZW\rd", "dYZW"),
        ("one\r\ntwo\r", "one\ntwo"),
        ("ab\b\b\bXYZ", "XYZ"),
        ("a\b\nb", "a\nb"),
        ("\r\r", ""),
    ],
)
def test_what_is_written_over_is_gone_and_the_rest_of_the_line_stays(text, shown):
    assert collapse(text) == shown
