"""A look at something outside of this machine, which may be slow or gone."""

import time
from collections.abc import Iterable, Sequence
from threading import Thread

from skill.doctor.findings import Finding, warning

PATIENCE = 20.0
"""Seconds that a look may take; most end after a tenth of that."""


class Look:
    """Looks while others do; begins at once, in a thread that a slow network cannot hold for long.

    `check` names it in what is found if it takes longer than `patience` seconds.
    """

    def __init__(self, check: str, findings: Iterable[Finding], patience: float = PATIENCE) -> None:
        self._check = check
        self._findings = findings
        self._found: list[Finding] = []
        self._error: Exception | None = None
        self._until = time.monotonic() + patience
        self._thread = Thread(target=self._run, name=f"doctor-{check}", daemon=True)
        self._thread.start()

    def found(self) -> Sequence[Finding]:
        """Wait, and return what was found; raises whatever the look raised."""
        self._thread.join(max(0.0, self._until - time.monotonic()))
        if self._thread.is_alive():
            late = f"Looking at {self._check} took too long, and was given up."
            return [*self._found, warning(self._check, late, "See whether the network is slow.")]
        if self._error:
            raise self._error
        return self._found

    def _run(self) -> None:
        try:
            self._found.extend(self._findings)
        except Exception as error:
            self._error = error
