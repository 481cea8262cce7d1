"""What the service writes to standard error: one line each, and nobody's words in it.

Of an exception only its kind and its place are written: its text may quote what people said.
"""

import json
import logging
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def where(error: BaseException) -> str:
    """Return which exception it is, and where it was raised; for one of ours the reason, too."""
    trace, place = error.__traceback__, ""
    while trace:
        place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
        trace = trace.tb_next
    # The reasons of our own exceptions are words that we chose.
    reason = getattr(error, "reason", "") if type(error).__module__.startswith("skill.") else ""
    return f"{type(error).__name__}{reason and f' ({reason})'} at {place}"


class Plain(logging.Formatter):
    """Lines for people."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        return f"{_when(record)} {record.levelname} {_message(record)}"


class Json(logging.Formatter):
    """Lines for programs: `time` (UTC), `level`, `logger`, `message`, and what it is made of."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        told = {
            "time": _when(record),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        return json.dumps(told | dict(record.args if isinstance(record.args, Mapping) else {}))


def config(kind: str) -> dict[str, Any]:
    """Return the set-up for `logging.config.dictConfig`, by the setting `LANTERN_LOG`."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": Json if kind == "json" else Plain}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
        "loggers": {
            "skill": {"level": "INFO" if kind else "WARNING"},
            # Below an error, it names the addresses that requests come from.
            "gunicorn.error": {"level": "ERROR", "handlers": [], "propagate": True},
        },
    }


def _when(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.exc_info and record.exc_info[1]:
        message += f": {where(record.exc_info[1])}"
    return " ".join(message.split())
