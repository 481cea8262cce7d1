"""One file a conversation, each to be read from top to bottom."""

from skill.conversation.flows import (
    breathing,
    check_in,
    household,
    reminders,
    support,
    time_out,
    tonights_question,
    welcome,
)

__all__ = [
    "breathing",
    "check_in",
    "household",
    "reminders",
    "support",
    "time_out",
    "tonights_question",
    "welcome",
]
