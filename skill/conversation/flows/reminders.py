"""Appreciation reminders: set, change, list, cancel."""

from collections.abc import Mapping
from typing import Any

from skill.conversation.answers import Consent, TimeOfDay, YesNo
from skill.conversation.replay import Steps
from skill.conversation.steps import ask, do, flow, recall, remember, say
from skill.household.models import PermissionRefused, Reminder, ReminderGone, ReminderKept

PERMISSION = "reminders"


@flow("set_reminder", starts_on={"SetReminderIntent": {}})
def set_reminder(time: str = "", days: str = "") -> Steps:
    """Agree the time and the days, say them back, and set it once they said yes."""
    if not time:
        time = yield ask("reminder.when", TimeOfDay())
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
    """Move the one reminder they have, or the one they mean."""
    found = yield recall("reminders", days="")
    if not found["kept"]:
        return say("reminder.none")
    if not time and not days:
        time = yield ask("reminder.change_to", TimeOfDay())
    old = found["kept"][0]
    plan = yield recall("reminder_plan", time=time or old["at"], days=days, old_days=old["days"])
    if plan["trouble"]:
        return say(f"reminder.{plan['trouble']}")
    if plan["moved"]:
        yield say("reminder.quiet_hours", **plan)
    if not (yield ask("reminder.confirm_change", YesNo(), **plan)):
        return say("reminder.left_as_is")
    return (yield from _carried_out("reminder.change", plan, token=old["token"]))


@flow("list_reminders", starts_on={"ListRemindersIntent": {}})
def list_reminders() -> Steps:
    """Say which reminders they have."""
    found = yield recall("reminders", days="")
    if not found["rings"]:
        return say("reminder.in_calendar")
    if not found["kept"]:
        return say("reminder.none")
    return say("reminder.list", all=found["spoken"])


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
