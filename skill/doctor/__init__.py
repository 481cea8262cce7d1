"""Looks at the whole set-up, and says what to do about each fault."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from skill.doctor import amazon, configuration, database, machine, public, voice
from skill.doctor.findings import MARKS, Finding, State
from skill.doctor.look import Look
from skill.settings import SETTINGS, Setting, Settings


@dataclass(frozen=True)
class Report:
    """The settings, and what was found."""

    settings: Settings
    findings: Sequence[Finding]

    @property
    def state(self) -> State:
        """Return the worst of all."""
        states = {one.state for one in self.findings}
        return next(one for one in (State.BROKEN, State.WARNING, State.OK) if one in states)

    def lines(self, marks: Mapping[State, str] = MARKS) -> Iterator[str]:
        """Yield the report as people read it."""
        for one in SETTINGS:
            source = self.settings.sources[one.name]
            yield f"{one.name} = {self._shown(one) or '(unset)'}  [{source}]"
            yield f"    {one.help}"
        yield ""
        yield from (one.line(marks) for one in self.findings)

    def json(self) -> str:
        """Return the report as programs read it."""
        told = {
            "state": self.state,
            "settings": {
                one.name: {"value": self._shown(one), "source": self.settings.sources[one.name]}
                for one in SETTINGS
            },
            "findings": [asdict(one) for one in self.findings],
        }
        return json.dumps(told, indent=2)

    def _shown(self, setting: Setting) -> str:
        value = self.settings.values[setting.name]
        return "(secret)" if setting.secret and value else value


def examined(environ: Mapping[str, str], today: date, network: bool = True) -> Report:
    """Look at everything that `environ` sets up; what needs the network, all at once, if at all.

    Offline, or where the network is slow, it says what could not be checked.
    """
    settings, faults = Settings.read(environ)
    looks = list(_looks(settings)) if network else []
    here = [*configuration.examined(settings, faults, environ, today)]
    if stranger := machine.stranger(settings.data_dir):
        here.append(stranger)
    else:
        here += [*machine.examined(settings), *database.examined(settings)]
    return Report(settings, [*here, *(one for look in looks for one in look.found())])


def _looks(settings: Settings) -> Iterator[Look]:
    yield Look("voices", voice.examined())
    if settings.skill_ids:
        yield Look("Amazon", amazon.examined())
    if settings.public_url:
        yield Look("the public address", public.examined(settings.public_url))
