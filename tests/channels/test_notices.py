"""What is kept, and the terms: the pages hold every word of their files, and nothing is needed."""

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from spelling import british

from content import content
from skill.app import create_app
from skill.channels.web import notices
from skill.channels.web.page import LOOK
from skill.settings import Settings

ADDRESSES = {"privacy": notices.PRIVACY, "terms": notices.TERMS}


def made(redis_url: str, folder: Path, **settings: str) -> FlaskClient:
    environ = {"LANTERN_DATA_DIR": str(folder)} | settings
    return create_app(Settings.load(environ), redis_url).test_client()


@pytest.fixture
def web(redis_url: str, client: Any, tmp_path: Path) -> FlaskClient:
    return made(redis_url, tmp_path)


class Text(HTMLParser):
    """The words of a page, and its links."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str | None] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href"))


def read(page: str) -> Text:
    text = Text()
    text.feed(page)
    return text


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_word_of_the_file_is_on_the_page(web: FlaskClient, name: str) -> None:
    answer = web.get(ADDRESSES[name])
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    written = re.sub(r"^\|[-| ]+\|$|[*#|]", " ", content().notices[name], flags=re.M)
    shown = " ".join(read(answer.get_data(as_text=True)).words)
    for paragraph in re.split(r"\n\s*\n", written):
        for cell in paragraph.split("   "):
            assert " ".join(cell.split()) in shown
    assert "**" not in shown
    assert "|" not in shown


@pytest.mark.parametrize("name", ADDRESSES)
def test_it_opens_for_anybody_and_leaves_nothing_behind(web: FlaskClient, name: str) -> None:
    answer = web.get(ADDRESSES[name])
    assert "Set-Cookie" not in answer.headers
    assert web.post(ADDRESSES[name]).status_code == 405


def test_the_page_leads_to_both_and_they_lead_back(web: FlaskClient) -> None:
    assert set(ADDRESSES.values()) <= set(read(web.get("/").get_data(as_text=True)).links)
    for address in ADDRESSES.values():
        links = read(web.get(address).get_data(as_text=True)).links
        assert {"/", *ADDRESSES.values()} - {address} <= set(links)


def test_it_says_who_runs_the_service(redis_url: str, client: Any, tmp_path: Path) -> None:
    contact = "Sam & Alex <evenings@lantern.example>"
    web = made(redis_url, tmp_path, LANTERN_CONTACT=contact)
    for address in ADDRESSES.values():
        assert contact in " ".join(read(web.get(address).get_data(as_text=True)).words)


def test_it_says_nothing_of_that_when_nobody_is_named(web: FlaskClient) -> None:
    assert "where to write" not in web.get(notices.PRIVACY).get_data(as_text=True)


def test_large_print_holds_here_too(web: FlaskClient) -> None:
    web.set_cookie(LOOK, "large-light")
    assert 'class="large light"' in web.get(notices.TERMS).get_data(as_text=True)


def test_tags_in_a_text_are_shown_and_not_obeyed() -> None:
    page = notices._html("A *word* and <script>alert(1)</script>")
    assert "<em>word</em>" in page
    assert "<script" not in page


@pytest.mark.parametrize(
    "claim",
    ["not therapy", "not an emergency service", "without warranty", "of full age"],
)
def test_the_terms_say_what_it_is_not(claim: str) -> None:
    assert claim in re.sub(r"\W+", " ", content().notices["terms"].replace("\n", " "))


@pytest.mark.parametrize("name", ADDRESSES)
def test_they_are_spelled_as_in_the_united_states(name: str) -> None:
    assert not list(british(content().notices[name]))
