"""The wheel carries everything: installed into a fresh environment, it answers."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from served import environ

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        check=True,
        capture_output=True,
    )
    (made,) = folder.glob("*.whl")
    return made


def test_what_is_in_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    for name in (
        "interaction_models/en-US.json",
        "interaction_models/skill.json",
        "content/helplines.toml",
        "content/en/safety/lists.toml",
        "content/en/deck/a1-vulnerability.toml",
        "content/en/deck.json",
        "content/plan.toml",
        "skill/conversation/flows/check_in.py",
    ):
        assert name in names
    assert not [name for name in names if name.startswith("tests/") or "__pycache__" in name]


def test_it_answers_in_a_fresh_environment(wheel: Path, short_dir: Path) -> None:
    place = short_dir / "env"
    venv.create(place, with_pip=False, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))
    with zipfile.ZipFile(wheel) as opened:
        opened.extractall(site)
    # What it depends on comes from here; the project itself must not.
    others = sysconfig.get_path("purelib")
    (site / "others.pth").write_text(f"{others}\n", encoding="utf-8")
    code = (
        "import sys, skill, content, interaction_models; "
        "sys.stderr.write(skill.__file__ + content.__file__); "
        "from skill.cli import main; main()"
    )
    told = subprocess.run(
        [place / "bin" / "python", "-c", code, "ask", "what's tonight's question"],
        env=environ(short_dir),
        cwd=short_dir,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.count("?") == 2
    assert str(ROOT) not in told.stderr
