"""Puts the two official stacks into throwaway folders under build/bench, once.

What they share with us has our versions; what is theirs alone is pinned here and in package.json.
"""

import os
import re
import shutil
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parent.parent / "build" / "bench"

PYTHON_PACKAGES = (
    "ask-sdk-core",
    "ask-sdk-webservice-support",
    "certvalidator==0.11.1",
    "flask",
    "gunicorn",
    "oscrypto==1.3.0",
    "redis",
)


class NotInstalled(Exception):  # noqa: N818
    """A stack could not be installed; the message is one sentence."""


def official_python() -> Path:
    """Return the interpreter of an environment with Amazon's Python packages.

    Raises `NotInstalled`.
    """
    folder = FOLDER / "python"
    python = folder / "bin" / "python"
    ours = sorted(f"{one.name}=={one.version}\n" for one in distributions())
    wanted = "".join([*ours, *PYTHON_PACKAGES])
    if not _is_installed(folder, wanted):
        _run([sys.executable, "-m", "venv", folder], "Python")
        same = folder / "same-versions.txt"
        same.write_text("".join(ours))
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        _run([*pip, "--constraint", same, *PYTHON_PACKAGES], "Python")
        _let_oscrypto_read_the_version(folder)
        (folder / "installed").write_text(wanted)
    return python


def official_node() -> Path:
    """Return the folder with the packages of Amazon's Node stack; raises `NotInstalled`."""
    folder = FOLDER / "node"
    wanted = (HERE / "package.json").read_text()
    if not _is_installed(folder, wanted):
        if not (shutil.which("node") and shutil.which("npm")):
            raise NotInstalled("The official Node stack needs node and npm; install them.")
        folder.mkdir()
        (folder / "package.json").write_text(wanted)
        _run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund"], "Node")
        (folder / "installed").write_text(wanted)
    return folder / "node_modules"


def node_version() -> str:
    """Return the version of Node."""
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True)
    return said.stdout.strip().removeprefix("v")


def _is_installed(folder: Path, wanted: str) -> bool:
    """Tell whether just this is in a folder; if not, clear it."""
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return True
    shutil.rmtree(folder, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    return False


def _run(command: list[str | Path], stack: str) -> None:
    done = subprocess.run(command, cwd=FOLDER, capture_output=True, check=False)
    if done.returncode:
        raise NotInstalled(
            f"The official {stack} stack could not be installed (`{Path(command[0]).name}` ended "
            f"with {done.returncode}); look whether this machine reaches a package registry."
        )


def _let_oscrypto_read_the_version(folder: Path) -> None:
    """Mend the one line by which Amazon's package fails to be imported at all.

    ask_sdk_webservice_support imports certvalidator, and that oscrypto, whose pattern for the
    version of OpenSSL has one digit for each part: "3.0.19" is not found and the import raises
    LibraryNotFoundError. Two digits are let in; nothing else is touched, and no check is.
    """
    for module in ("_libcrypto_cffi.py", "_libcrypto_ctypes.py"):
        (file,) = folder.glob(f"lib/python*/site-packages/oscrypto/_openssl/{module}")
        text, mended = re.subn(
            re.escape(r"\\b(\\d\\.\\d\\.\\d[a-z]*)\\b"),
            lambda _: r"\\b(\\d+\\.\\d+\\.\\d+[a-z]*)\\b",
            file.read_text(),
        )
        assert mended == 1, file
        file.write_text(text)
        os.utime(file)
