"""`lantern package`: what ask-cli finds in the folder, and what it never touches."""

import json
import subprocess
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from served import LANTERN, environ

from content import LANGUAGES
from skill.app import create_app
from skill.channels.alexa import webhook
from skill.settings import Settings
from skill.skill_package import MARK, NotPackaged, filled_in, write

ADDRESS = "https://lantern.family.org"
FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:evening-lantern"
KEPT = resources.files("interaction_models")


def files(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()}


def manifest(folder: Path) -> Any:
    return json.loads((folder / "skill-package" / "skill.json").read_text("utf-8"))["manifest"]


def test_it_holds_what_ask_cli_sends(tmp_path: Path) -> None:
    write(tmp_path / "new" / "alexa", ADDRESS)
    models = {f"skill-package/interactionModels/custom/{locale}.json" for locale in LANGUAGES}
    assert files(tmp_path / "new" / "alexa") == {
        *models,
        MARK,
        "ask-resources.json",
        "skill-package/skill.json",
        "skill-package/assets/images/108.png",
        "skill-package/assets/images/512.png",
    }


def test_models_and_icons_are_those_that_are_kept(tmp_path: Path) -> None:
    write(tmp_path, ADDRESS)
    package = tmp_path / "skill-package"
    for locale in LANGUAGES:
        sent = package / "interactionModels" / "custom" / f"{locale}.json"
        assert sent.read_bytes() == (KEPT / f"{locale}.json").read_bytes()
    for locale in manifest(tmp_path)["publishingInformation"]["locales"].values():
        for name in ("smallIconUri", "largeIconUri"):
            image = locale[name].removeprefix("file://")
            assert (package / image).read_bytes() == (KEPT / image).read_bytes()


def test_ask_cli_is_told_where_the_package_is(tmp_path: Path) -> None:
    """The keys are those that ask-cli 2.30 reads (its model `ask-resources`)."""
    write(tmp_path, ADDRESS)
    told = json.loads((tmp_path / "ask-resources.json").read_text("utf-8"))
    source = told["profiles"]["default"]["skillMetadata"]["src"]
    assert (tmp_path / source / "skill.json").is_file()
    assert told["askcliResourcesVersion"] == "2020-03-31"


def places(folder: Path) -> tuple[Any, Any]:
    told = manifest(folder)
    return told["apis"]["custom"]["endpoint"], told["events"]["endpoint"]


@pytest.mark.parametrize(
    ("address", "wildcard", "kind"),
    [
        (ADDRESS, False, "Trusted"),
        (ADDRESS, True, "Wildcard"),
        ("https://lantern.fly.dev", False, "Wildcard"),
        ("https://x1y2.execute-api.eu-west-1.amazonaws.com", False, "Wildcard"),
        ("https://fly.development.org", False, "Trusted"),
    ],
)
def test_alexa_is_told_where_to_call(
    tmp_path: Path, address: str, wildcard: bool, kind: str
) -> None:
    write(tmp_path, address, wildcard=wildcard)
    wanted = {"uri": address + webhook.PATH, "sslCertificateType": kind}
    assert places(tmp_path) == (wanted, wanted)


def test_or_which_function_to_call(tmp_path: Path) -> None:
    """Amazon's models: the certificate type is "only valid for HTTPS endpoint"."""
    write(tmp_path, ADDRESS, FUNCTION)
    assert places(tmp_path) == ({"uri": FUNCTION}, {"uri": FUNCTION})


def test_the_pages_that_it_names_are_there(redis_url: str, client: Any, tmp_path: Path) -> None:
    settings = Settings.load({"LANTERN_DATA_DIR": str(tmp_path), "LANTERN_PUBLIC_URL": ADDRESS})
    web = create_app(settings, redis_url).test_client()
    private = filled_in(settings.public_url)["manifest"]["privacyAndCompliance"]["locales"]
    for told in private.values():
        for name in ("privacyPolicyUrl", "termsOfUseUrl"):
            answer = web.get(told[name], base_url=ADDRESS)
            assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_what_was_packaged_before_is_replaced_and_the_rest_stays(tmp_path: Path) -> None:
    write(tmp_path, "https://old.family.org")
    stale = tmp_path / "skill-package" / "interactionModels" / "custom" / "de-DE.json"
    stale.touch()
    mine = {"ask-resources.json": "{}", ".ask/ask-states.json": "states", "notes.txt": "mine"}
    for name, text in mine.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    write(tmp_path, ADDRESS)
    assert not stale.exists()
    assert places(tmp_path)[0]["uri"] == f"{ADDRESS}/alexa"
    for name, text in mine.items():
        assert (tmp_path / name).read_text() == text
    assert not [one for one in files(tmp_path) if ".draft" in one]


@pytest.mark.parametrize("name", ["skill-package/skill.json", "ask-resources.json", "notes.txt"])
def test_what_is_not_ours_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("mine")
    with pytest.raises(NotPackaged, match="not ours"):
        write(tmp_path, ADDRESS)
    assert (tmp_path / name).read_text() == "mine"
    assert files(tmp_path) == {name}


REFUSED: Mapping[str, tuple[str, str]] = {
    "": ("", "is missing"),
    "http://lantern.family.org": ("", "https://"),
    "lantern.family.org": ("", "https://"),
    "https://": ("", "https://"),
    "https://localhost": ("", "https://"),
    "https://127.0.0.1": ("", "https://"),
    "https://-.org": ("", "https://"),
    "https://lantern.family.org:8443": ("", "port 443"),
    "https://lantern.family.org:99999": ("", "https://"),
    "https://me:secret@lantern.family.org": ("", "https://"),
    "https://lantern.family.org/?a=b": ("", "https://"),
    "https://lan tern.org": ("", "https://"),
    "https://my-alexa.family.org": ("", "brand"),
    ADDRESS: ("arn:aws:s3:::bucket", "no Lambda function"),
}


@pytest.mark.parametrize("address", REFUSED)
def test_addresses_that_amazon_would_not_take_are_refused(tmp_path: Path, address: str) -> None:
    function, why = REFUSED[address]
    with pytest.raises(NotPackaged) as told:
        write(tmp_path / "alexa", address, function)
    assert why in str(told.value)
    assert str(told.value).endswith((".", "https://..."))
    assert not (tmp_path / "alexa").exists()


# The command ------------------------------------------------------------------------------

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def package(tmp_path: Path) -> Run:
    def run(*options: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [LANTERN, "package", *options],
            env=environ(tmp_path) | settings,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_command_takes_the_address_of_the_settings(package: Run, tmp_path: Path) -> None:
    told = package(LANTERN_PUBLIC_URL=f"{ADDRESS}/")
    assert (told.returncode, told.stderr) == (0, "")
    assert "cd alexa && ask deploy" in told.stdout
    assert places(tmp_path / "alexa")[0]["uri"] == f"{ADDRESS}/alexa"


def test_or_of_its_options(package: Run, tmp_path: Path) -> None:
    options = ("--url", ADDRESS, "--lambda", FUNCTION, "--out", "x/y")
    assert package(*options, LANTERN_PUBLIC_URL="https://other.family.org").returncode == 0
    told = manifest(tmp_path / "x" / "y")
    assert told["apis"]["custom"]["endpoint"] == {"uri": FUNCTION}
    private = told["privacyAndCompliance"]["locales"]["en-US"]
    assert private["privacyPolicyUrl"] == f"{ADDRESS}/privacy"


@pytest.mark.parametrize(
    "options",
    [(), ("--url", "http://lantern.family.org"), ("--url", ADDRESS, "--out", "/proc/nowhere")],
)
def test_the_command_says_in_one_sentence_why_not(package: Run, options: tuple[str, ...]) -> None:
    told = package(*options)
    assert told.returncode == 1
    assert told.stdout == ""
    assert told.stderr.startswith("lantern: ")
    assert len(told.stderr.splitlines()) == 1
