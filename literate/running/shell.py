"""IPython for lessons: `display`, rich representations and magics, without a screen."""

from typing import TYPE_CHECKING, Any

from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

if TYPE_CHECKING:
    from literate.running.kernel import Lesson


class Publisher(DisplayPublisher):
    """Receives what `display()` shows."""

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        """Add the bundle to the outputs of the running cell, or change what has its id."""
        outputs = self.shell.lesson.outputs
        name = (transient or {}).get("display_id", "")
        (outputs.update if update else outputs.display)(data, metadata or {}, name)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the running cell has shown so far: at once, or when more comes."""
        self.shell.lesson.outputs.clear(wait)


class Shell(InteractiveShell):
    """IPython without a screen, a history or an event loop."""

    #: The page that runs here: its outputs, and how it wants a figure.
    lesson: "Lesson"

    def note(self, value: Any) -> None:
        """Let the cells that follow find a value as `_`, `_3` and `Out[3]`, as notebooks do."""
        hook: Any = self.displayhook  # without types
        hook.update_user_ns(value)

    def count(self, cells: int) -> None:
        """Begin a cell.

        Args:
            cells: How many there were, with this one: the number of its value.
        """
        hook: Any = self.displayhook
        self.execution_count += cells - hook.prompt_count
        hook.check_for_underscore()

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
