"""Compiles the library when the package is built or installed: see `content.compiled`."""

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Compiled(BuildHookInterface[Any]):
    """Writes `content/<language>/deck.json`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write it before the files are gathered."""
        sys.path.insert(0, self.root)
        try:
            from content.compiled import write
        finally:
            sys.path.remove(self.root)
        for deck in Path(self.root, "content").glob("*/deck"):
            write(deck.parent)
