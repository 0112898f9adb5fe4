"""The outputs of a lesson while it runs, as notebooks store them, in the order in which they come.

Text is kept in pieces until a step has ended: a text that grew with each print would be copied each
time. An output with an id can be shown anew later, and stays where it was first shown.
"""

import base64
import contextlib
import copy
import ctypes
import json
from typing import Any

from literate.running.streams import Descriptor


class Outputs:
    """What the running step has shown."""

    def __init__(self) -> None:
        self._items: list[dict[str, Any]] = []
        self._clear = False
        self._displays: dict[str, list[dict[str, Any]]] = {}
        self._descriptors = {"stdout": Descriptor(1), "stderr": Descriptor(2)}
        self._c: Any = None
        with contextlib.suppress(OSError, TypeError):
            self._c = ctypes.CDLL(None)

    def take(self) -> list[dict[str, Any]]:
        """Return the outputs of the step that has ended; what comes now belongs to the next."""
        self.collect(final=True)
        items, self._items, self._clear = self._items, [], False
        for item in items:
            if "text" in item:
                item["text"] = "".join(item["text"])
        return items

    def collect(self, final: bool = False) -> None:
        """Add what came in through the descriptors: from C code and from started processes.

        Args:
            final: Whether the step has ended.
        """
        with contextlib.suppress(AttributeError):
            self._c.fflush(None)  # what C code holds back
        for name, descriptor in self._descriptors.items():
            if text := descriptor.read(final):
                self._append(name, text)

    def stream(self, name: str, text: str) -> None:
        """Add text; it joins the output before it when that is the same stream."""
        self.collect()
        if text:
            self._append(name, text)

    def _append(self, name: str, text: str) -> None:
        self._make_room()
        if self._items and self._items[-1].get("name") == name:
            self._items[-1]["text"].append(text)
        else:
            self._items.append({"output_type": "stream", "name": name, "text": [text]})

    def display(self, data: dict[str, Any], metadata: dict[str, Any], name: str = "") -> None:
        """Add a MIME bundle: what pages can show of it, as text.

        Args:
            data: The representations by their types.
            metadata: What is said of them.
            name: The id under which `update` finds it; another with the same id changes too.
        """
        output = {"output_type": "display_data", **_bundle(data, metadata)}
        self.collect()
        self._make_room()
        if name:
            self.update(data, metadata, name)
            self._displays.setdefault(name, []).append(output)
        self._items.append(output)

    def update(self, data: dict[str, Any], metadata: dict[str, Any], name: str) -> None:
        """Put a MIME bundle in the place of all that was shown under an id, in earlier cells too.

        Args:
            data: The representations by their types.
            metadata: What is said of them.
            name: The id.
        """
        for output in self._displays.get(name, ()):
            output.update(_bundle(data, metadata))

    def error(self, error: BaseException, traceback: str) -> None:
        """Add an exception that readers are meant to see."""
        self.collect()
        self._make_room()
        self._items.append(
            {
                "output_type": "error",
                "ename": type(error).__name__,
                "evalue": str(error),
                "traceback": traceback.removesuffix("\n").split("\n"),
            }
        )

    def clear(self, wait: bool) -> None:
        """Forget what the step has shown so far.

        Args:
            wait: Whether only once there is something to take its place.
        """
        self.collect()
        self._clear = True
        if not wait:
            self._make_room()

    def _make_room(self) -> None:
        if self._clear:
            self._items.clear()
            self._clear = False


def _bundle(data: dict[str, Any], metadata: dict[str, Any]) -> dict[str, Any]:
    kept = {}
    for kind, value in data.items():
        if kind == "application/json":
            # Raises here, in the cell, what could not be stored later.
            kept[kind] = json.loads(json.dumps(value, allow_nan=False))
        elif kind.startswith(("image/", "text/")):
            kept[kind] = base64.b64encode(value).decode() if isinstance(value, bytes) else value
    return {"data": kept, "metadata": copy.deepcopy(metadata)}
