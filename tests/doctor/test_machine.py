"""What is said of this machine: folders that cannot be written, little room, no time zones."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from skill.doctor import examined, machine
from skill.doctor.findings import State
from skill.settings import Settings


def test_all_is_well(tmp_path: Path) -> None:
    settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path / "new")})
    found = {one.check: one for one in machine.examined(settings)}
    assert found.keys() == {"data.folder", "data.room", "time.zones", "sounds"}
    assert found["data.folder"].state is State.OK
    assert found["time.zones"].state is State.OK
    assert found["sounds"].state is State.OK
    assert list((tmp_path / "new" / "sounds").iterdir()), "it is kept for whoever needs it"


def test_root_leaves_the_folder_of_another_user_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Theirs:
        st_uid = 4711

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert machine.stranger(tmp_path / "not made yet") is None
    with monkeypatch.context() as patch:
        patch.setattr(Path, "stat", lambda path, **options: Theirs)
        found = machine.stranger(tmp_path)
        patch.setattr(os, "geteuid", lambda: 1000)
        assert machine.stranger(tmp_path) is None, "they may share it"
    assert found
    assert found.state is State.BROKEN
    monkeypatch.setattr(machine, "stranger", lambda folder: found)
    report = examined({"LANTERN_DATA_DIR": str(tmp_path)}, date(2026, 11, 30), network=False)
    assert found in report.findings
    assert not {"redis", "sounds", "voices"} & {one.check for one in report.findings}
    assert not list(tmp_path.iterdir())


def test_a_folder_inside_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (found,) = machine.folder(tmp_path / "file" / "data")
    assert found.state is State.BROKEN
    assert "Not a directory" in found.what
    assert "LANTERN_DATA_DIR" in found.remedy


def test_a_folder_that_nobody_can_write() -> None:
    (found,) = machine.folder(Path("/proc/nowhere"))
    assert found.state is State.BROKEN
    assert "/proc/nowhere" in found.what


def test_a_disk_without_room(tmp_path: Path) -> None:
    """A process that may write no byte more finds what a full disk would tell it."""
    code = (
        "import resource, signal; from pathlib import Path; from skill.doctor import machine\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))\n"
        f"print(*[one.line() for one in machine.folder(Path({str(tmp_path)!r}))])\n"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("✗ The data folder")
    assert "File too large" in told.stdout


@pytest.mark.parametrize(
    ("megabytes", "state"),
    [(10_000, State.OK), (500, State.OK), (499, State.WARNING), (49, State.BROKEN)],
)
def test_little_room(megabytes: int, state: State) -> None:
    found = machine.room(megabytes * 1_000_000)
    assert found.state is state
    assert f"{megabytes:,} MB" in found.what


def test_no_time_zone_data() -> None:
    code = (
        "import sys; sys.modules['tzdata'] = None\n"
        "from skill.doctor import machine; print(machine.zones('Europe/Berlin').line())"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONTZPATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.startswith("✗ There are no time zone data")
    assert "tzdata" in told.stdout


def test_no_encoder_for_sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "lameenc", None)
    found = machine.sounds(tmp_path)
    assert found.state is State.BROKEN
    assert "lameenc" in found.what
    assert "make install" in found.remedy
