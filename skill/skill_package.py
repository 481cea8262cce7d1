"""Writes the skill package, as ask-cli sends it to Amazon: manifest, interaction models, icons.

Amazon, "Skill Package Format" and "Skill Manifest Schema"; ask-cli 2 reads `ask-resources.json`.
"""

import json
import re
import shutil
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from content import LANGUAGES
from skill.channels.alexa.webhook import PATH
from skill.channels.web.notices import PRIVACY, TERMS
from skill.conversation.model import path as model_file
from skill.settings import is_https

PACKAGE = "skill-package"
RESOURCES = "ask-resources.json"
MARK = ".lantern-package"
"""A folder that holds a file of this name was written by us, and may be written anew."""

SHARED_HOSTS = (
    ".amazonaws.com",
    ".azurewebsites.net",
    ".fly.dev",
    ".herokuapp.com",
    ".ngrok-free.app",
    ".ngrok.app",
    ".on.aws",
    ".onrender.com",
    ".pythonanywhere.com",
    ".run.app",
    ".up.railway.app",
)
"""Hosts of services that have one certificate for all their customers."""

_FUNCTION = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w-]+(:[\w$-]+)?", re.ASCII)


class NotPackaged(Exception):  # noqa: N818  (it says what did not happen)
    """Nothing was written. The message says why in one sentence."""


def write(folder: Path, address: str, function: str = "", wildcard: bool = False) -> None:
    """Write into `folder` what `ask deploy` needs there.

    `address` is that of the service, where its pages are and Alexa calls it, unless `function`
    names a Lambda function (its ARN) for that. `wildcard` says that the certificate of the
    address is one for a whole domain. What was packaged there before is replaced; the settings
    of ask-cli are left as they are. Raises `NotPackaged`, and `OSError` if the folder cannot be
    written.
    """
    manifest = filled_in(address, function, wildcard)
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise NotPackaged(
            f"{folder} holds something that is not ours; name an empty or new folder with --out."
        )
    told = f"`lantern package` writes {PACKAGE} anew each time, and leaves the rest alone.\n"
    (folder / MARK).write_text(told, encoding="utf-8")
    with tempfile.TemporaryDirectory(dir=folder, prefix=".draft-") as draft:
        made = Path(draft) / PACKAGE
        _fill(made, manifest)
        if (folder / PACKAGE).exists():
            shutil.rmtree(folder / PACKAGE)
        made.rename(folder / PACKAGE)
    if not (folder / RESOURCES).exists():
        _write(folder / RESOURCES, _RESOURCES)


_RESOURCES = {
    "askcliResourcesVersion": "2020-03-31",
    "profiles": {"default": {"skillMetadata": {"src": f"./{PACKAGE}"}}},
}


def filled_in(address: str, function: str = "", wildcard: bool = False) -> dict[str, Any]:
    """Return the manifest with the addresses of one service; see `write`.

    Raises `NotPackaged` for addresses that Amazon would not take.
    """
    _check(address, function)
    told: dict[str, Any] = json.loads(_files().joinpath("skill.json").read_text(encoding="utf-8"))
    manifest = told["manifest"]
    for part in (manifest["apis"]["custom"], manifest["events"]):
        part["endpoint"] = _endpoint(address, function, wildcard)
    for locale in manifest["privacyAndCompliance"]["locales"].values():
        locale["privacyPolicyUrl"] = address + PRIVACY
        locale["termsOfUseUrl"] = address + TERMS
    return told


def _check(address: str, function: str) -> None:
    if not address:
        raise NotPackaged(
            "the address of the service is missing; set LANTERN_PUBLIC_URL, or give --url https://..."
        )
    there = urlsplit(address)
    # Amazon, "Host a Custom Skill as a Web Service": 443, and no other.
    if not is_https(address) or there.port not in (None, 443):
        raise NotPackaged(
            f"{address} is no address that Alexa can call; it begins with https:// and is on "
            "port 443."
        )
    if "alexa" in str(there.hostname):
        raise NotPackaged(
            f"{there.hostname} has the name of Amazon's brand in it, which its policy forbids; "
            "use another host name."
        )
    if function and not _FUNCTION.fullmatch(function):
        raise NotPackaged(
            f"{function} is no Lambda function; its ARN looks like "
            "arn:aws:lambda:us-east-1:123456789012:function:evening-lantern."
        )


def _endpoint(address: str, function: str, wildcard: bool) -> dict[str, str]:
    if function:
        return {"uri": function}
    shared = wildcard or str(urlsplit(address).hostname).endswith(SHARED_HOSTS)
    return {"uri": address + PATH, "sslCertificateType": "Wildcard" if shared else "Trusted"}


def _fill(package: Path, manifest: dict[str, Any]) -> None:
    _write(package / "skill.json", manifest)
    for locale in LANGUAGES:
        _copy(model_file(locale), package / "interactionModels" / "custom" / f"{locale}.json")
    for image in (_files() / "assets" / "images").iterdir():
        _copy(image, package / "assets" / "images" / image.name)


def _files() -> Any:
    return resources.files("interaction_models")


def _copy(source: Any, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(source.read_bytes())


def _write(file: Path, told: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
