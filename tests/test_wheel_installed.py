"""The wheel, installed by pip into a fresh environment, brings a `lantern` that answers."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest
from served import PATIENCE, environ, redis_servers, tonights

from content import content

ROOT = Path(__file__).parent.parent
PACKAGES = ("skill", "content", "interaction_models")


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


@pytest.fixture(scope="module")
def fresh(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it; what it depends on is borrowed from this one."""
    place = tmp_path_factory.mktemp("fresh")
    venv.create(place, with_pip=False, symlinks=True)
    python = str(place / "bin" / "python")
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", str(wheel)],
        check=True,
        capture_output=True,
    )
    # A folder named in a .pth file has its own .pth files left alone: the checkout stays unseen.
    (site(place) / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", "utf-8")
    return place


def site(place: Path) -> Path:
    return Path(sysconfig.get_path("purelib", vars={"base": str(place), "platbase": str(place)}))


def run(*command: str | Path, folder: Path) -> str:
    return subprocess.run(
        command,
        env=environ(folder),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE * 2,
        check=True,
    ).stdout


def test_all_that_is_data_is_in_it(wheel: Path) -> None:
    """Every file of the three packages, and nothing else."""
    here = {
        str(one.relative_to(ROOT))
        for name in PACKAGES
        for one in (ROOT / name).rglob("*")
        if one.is_file() and "__pycache__" not in one.parts
    }
    with zipfile.ZipFile(wheel) as opened:
        inside = {one for one in opened.namelist() if ".dist-info/" not in one}
    assert {"interaction_models/en-US.json", "content/en/prompts/check_in.toml"} <= inside
    assert inside == here


def test_the_modules_are_those_of_the_wheel(fresh: Path, short_dir: Path) -> None:
    code = f"import {', '.join(PACKAGES)}, flask; " + "; ".join(
        f"print({one}.__file__ or {one}.__path__[0])" for one in (*PACKAGES, "flask")
    )
    *ours, flask = run(fresh / "bin" / "python", "-c", code, folder=short_dir).split()
    assert all(Path(one).is_relative_to(site(fresh)) for one in ours)
    assert Path(flask).is_relative_to(sysconfig.get_path("purelib"))


def test_it_tells_tonights_question(fresh: Path, short_dir: Path) -> None:
    said = run(fresh / "bin" / "lantern", "ask", "what's tonight's question", folder=short_dir)
    assert tonights(said).count("?") == 1
    assert not redis_servers(short_dir)


def test_its_content_and_its_model_are_whole(fresh: Path, short_dir: Path) -> None:
    lantern = fresh / "bin" / "lantern"
    assert "keeps its rules" in run(lantern, "content", "check", folder=short_dir)
    assert "in step" in run(lantern, "models", "sync", "--check", folder=short_dir)
    assert "as the records are" in run(lantern, "content", "schema", "--check", folder=short_dir)


def test_its_library_is_compiled_already(fresh: Path, short_dir: Path) -> None:
    """It is read where nothing could read the deck's own files."""
    code = (
        "from content import compiled, content; compiled.read = None; "
        "print(len(content().library.items))"
    )
    read = int(run(fresh / "bin" / "python", "-c", code, folder=short_dir))
    assert read == len(content().library.items)
