"""Writes what AWS Lambda runs, `build/lambda.zip`: `make bundle`

It holds the locked packages as Amazon Linux takes them, and ours. Everything is compiled ahead, by
the same Python as the runtime's: a function cannot keep what it compiles, so it would do so again
at each start.
"""

import argparse
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

HOME = Path(__file__).parent.parent
OURS = ("skill", "content", "interaction_models")
RUNTIME = "3.12"
"""Amazon Linux 2023 has a C library that current wheels accept (glibc 2.34)."""

PLATFORMS = ("manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux2014_x86_64")
LARGEST = 250_000_000
"""Bytes, unzipped (AWS, "Lambda quotas")."""

UNUSED = ("bin", "setuptools", "_distutils_hack", "pkg_resources")
"""What packages bring and nothing of ours imports."""


def bundle(folder: Path, runtime: str, python: str) -> Path:
    """Fill `folder`, write the archive beside it, and return that."""
    shutil.rmtree(folder, ignore_errors=True)
    wheels = [f"--platform={one}" for one in PLATFORMS]
    locked = HOME / "requirements-aws.lock"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    install += ["--no-compile", "--require-hashes", "--no-deps", "--only-binary=:all:"]
    install += [f"--python-version={runtime}", "--implementation=cp", *wheels]
    subprocess.run([*install, f"--target={folder}", "--requirement", locked], check=True)
    for name in OURS:
        shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "content.compiled"], cwd=folder, check=True)
    for one in _unused(folder):
        shutil.rmtree(one)
    compiled = [python, "-m", "compileall", "-q", "--invalidation-mode=unchecked-hash", folder]
    subprocess.run(compiled, check=True)
    return _archive(folder)


def _unused(folder: Path) -> Iterator[Path]:
    yield from (folder / name for name in UNUSED if (folder / name).exists())
    yield from (one for one in folder.glob("*/**/tests") if one.is_dir())


def _archive(folder: Path) -> Path:
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                zipped.write(file, file.relative_to(folder))
    return archive


def main() -> None:
    """Write the archive; say how large it is, and refuse one that Lambda would refuse."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runtime", default=RUNTIME, help="of the function; the default is ours")
    parser.add_argument("--python", default="", help="that compiles; python<runtime> by default")
    parser.add_argument("--to", default=HOME / "build" / "lambda", type=Path, help="a folder")
    asked = parser.parse_args()
    python = shutil.which(asked.python or f"python{asked.runtime}")
    if not python:
        sys.exit(
            f"bundle: there is no python{asked.runtime} on the PATH, which compiles for Lambda; "
            "install it, or name it with --python."
        )
    archive = bundle(asked.to, asked.runtime, python)
    size = sum(one.stat().st_size for one in asked.to.rglob("*") if one.is_file())
    print(f"{archive}: {archive.stat().st_size / 1e6:.0f} MB, unzipped {size / 1e6:.0f} MB")
    if size > LARGEST:
        sys.exit(f"bundle: Lambda takes {LARGEST / 1e6:.0f} MB at most.")


if __name__ == "__main__":
    main()
