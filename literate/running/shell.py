"""IPython for lessons: `display`, rich representations and magics, without a screen."""

from typing import TYPE_CHECKING, Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from literate.running.kernel import Lesson


class Publisher(DisplayPublisher):
    """Receives what `display()` shows."""

    def publish(  # type: ignore[override]
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Add the bundle to the outputs of the running cell."""
        self.shell.lesson.outputs.display(data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the running cell has shown so far."""
        self.shell.lesson.outputs.items.clear()


class Shell(InteractiveShell):
    """IPython without a screen, a history or an event loop."""

    #: The page that runs here: its outputs, and how it wants a figure.
    lesson: "Lesson"

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept any GUI: figures are outputs here."""

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Accept `%matplotlib …`: the backend is set already."""
        return "inline", "module://literate.running.backend"

    def ask_exit(self) -> None:
        """End the lesson, as `exit()` asks."""
        raise SystemExit

    def showtraceback(self, *_: Any, **__: Any) -> None:
        """Raise what a magic or a representation raised, where IPython would print and go on."""
        raise  # what is being handled: nobody calls this outside an `except`
