"""Appreciation reminders: set, change, list, cancel."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.answers import Consent, Days, TimeOfDay, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, do, flow, recall, remember, say
from skill.household.models import PermissionRefused, Reminder, ReminderGone, ReminderKept

PERMISSION = "reminders"


@flow("set_reminder", starts_on={"SetReminderIntent": {}})
def set_reminder(time: str = "", days: str = "") -> Steps:
    """Agree the time and the days, say them back, and set it once they said yes."""
    if not time:
        told = yield ask("reminder.when", TimeOfDay())
        if told and not told["time"]:
            days = told["days"]
            told = yield ask("reminder.when", TimeOfDay())
        if not told or not told["time"]:
            return say("reminder.not_set")
        time, days = told["time"], told["days"] or days
    plan = yield recall("reminder_plan", time=time, days=days)
    if plan["trouble"]:
        return say(f"reminder.{plan['trouble']}")
    if plan["moved"]:
        yield say("reminder.quiet_hours", **plan)
    if not plan["rings"]:
        return say("reminder.calendar", show={"calendar": _when(plan)}, **plan)
    if not (yield ask("reminder.confirm", YesNo(), **plan)):
        return say("reminder.not_set")
    return (yield from _carried_out("reminder.create", plan))


@flow("change_reminder", starts_on={"ChangeReminderIntent": {}})
def change_reminder(time: str = "", days: str = "") -> Steps:
    """Move the one reminder they have, or the one they mean.

    Days tell which of several is meant, or where the only one goes.
    """
    found = yield recall("reminders", days="")
    if not found["kept"]:
        return say("reminder.none")
    if len(found["kept"]) > 1:
        if not days:
            days = yield ask("reminder.which", Days(), all=found["spoken"])
        found = yield recall("reminders", days=days)
        days = ""
        if len(found["kept"]) != 1:
            return say("reminder.left_as_is")
    if not time and not days:
        told = yield ask("reminder.change_to", TimeOfDay())
        if told is None:
            return say("reminder.left_as_is")
        time, days = told["time"], told["days"]
    old = found["kept"][0]
    plan = yield recall("reminder_plan", time=time or old["at"], days=days, old_days=old["days"])
    if plan["trouble"]:
        return say(f"reminder.{plan['trouble']}")
    if plan["moved"]:
        yield say("reminder.quiet_hours", **plan)
    if not (yield ask("reminder.confirm_change", YesNo(), **plan)):
        return say("reminder.left_as_is")
    return (yield from _carried_out("reminder.change", plan, token=old["token"]))


@flow("list_reminders", starts_on={"ListRemindersIntent": {}}, version=2)
def list_reminders() -> Steps:
    """Say which reminders they have."""
    found = yield recall("reminders", days="")
    if not found["rings"]:
        return say("reminder.in_calendar")
    if not found["kept"]:
        return say("reminder.none")
    shown = {"title": "reminders", "rows": found["rows"]}
    return say("reminder.list", show=shown, all=found["spoken"])


@flow("cancel_reminder", starts_on={"CancelReminderIntent": {}})
def cancel_reminder(days: str = "") -> Steps:
    """Cancel their reminders, or those of the days they name, once they said yes."""
    found = yield recall("reminders", days=days)
    if not found["rings"]:
        return say("reminder.in_calendar")
    if not found["kept"]:
        return say("reminder.none")
    if not (yield ask("reminder.confirm_cancel", YesNo(), all=found["spoken"])):
        return say("reminder.left_as_is")
    for reminder in found["kept"]:
        done = yield do("reminder.cancel", token=reminder["token"])
        if done["how"] not in ("cancelled", "gone"):
            return say(f"reminder.{done['how']}")
        yield remember(ReminderGone(reminder["token"]))
    return say("reminder.cancelled")


def _carried_out(act: str, plan: Mapping[str, Any], token: str = "") -> Steps:
    done = yield do(act, token=token, **_when(plan))
    if done["how"] == "permission_needed":
        if plan["refused_lately"]:
            return say("reminder.refused", show={"permission": PERMISSION})
        yield say("reminder.permission_why")
        told = yield ask("reminder.permission", Consent(), consent=PERMISSION)
        if told != "accepted":
            yield remember(PermissionRefused())
            return say("reminder.refused", show={"permission": PERMISSION})
        done = yield do(act, token=token, **_when(plan))
    if done["how"] == "permission_needed":
        return say("reminder.refused", show={"permission": PERMISSION})
    if done["how"] == "gone":
        yield remember(ReminderGone(token))
    if done["how"] not in ("created", "changed"):
        return say(f"reminder.{done['how']}")
    yield remember(ReminderKept(Reminder(done["token"], plan["at"], tuple(plan["days"]))))
    return say(f"reminder.{done['how']}", **plan)


def _when(plan: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: plan[name] for name in ("at", "days", "zone", "text")}
