"""The command `lantern`: thin verbs."""

import gc
import io
import json
import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn

import click

from content import DEFAULT_LOCALE, LANGUAGES
from skill.settings import Settings, SettingsError

SOME = click.IntRange(min=1)
LOCALE = click.option(
    "--locale", default=DEFAULT_LOCALE, show_default=True, type=click.Choice(list(LANGUAGES))
)

TERMINAL = ("terminal", "terminal")
"""The household of this terminal, as the vault names it."""

MEMORY = "/dev/shm"
"""Where Linux keeps files in memory (tmpfs)."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def main(context: click.Context) -> None:
    """Evening Lantern: a voice companion for two people who want to stay close."""
    # A reader that has gone away is then noticed where click can say nothing of it.
    if sys.stdout:
        context.call_on_close(sys.stdout.flush)


def _fail(why: object) -> NoReturn:
    click.echo(f"lantern: {why}", err=True)
    sys.exit(1)


def _settings() -> Settings:
    try:
        return Settings.load(os.environ)
    except SettingsError as error:
        _fail(error)


@contextmanager
def _redis(settings: Settings) -> Iterator[str]:
    """Yield the address of Redis: the configured one, or the embedded server while we use it."""
    from skill.household.embedded import ServerFailed, ServerMissing, running

    with ExitStack() as stack:
        stack.enter_context(_leaving_in_order())
        try:
            url = stack.enter_context(running(settings.redis_url, settings.data_dir))
        except (ServerMissing, ServerFailed) as error:
            _fail(error)
        yield url


@contextmanager
def _leaving_in_order() -> Iterator[None]:
    """Have SIGTERM, and a terminal that is closed, end us as Ctrl-C does: Redis ends with us."""

    def leave(number: int, frame: object) -> NoReturn:
        for one in before:  # a terminal says it twice, and this is not to be left halfway
            signal.signal(one, signal.SIG_IGN)
        sys.exit(128 + number)

    before = {number: signal.getsignal(number) for number in (signal.SIGHUP, signal.SIGTERM)}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=1, show_default=True, type=SOME, help="Processes.")
@click.option("--threads", default=24, show_default=True, type=SOME, help="Threads in each.")
def serve(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the Alexa webhook and the text API until Ctrl-C."""
    settings = _settings()
    _free(host, port)
    with _redis(settings) as url, _counts():
        _parts(settings, url)
        from skill.app import page

        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        click.echo(page("serve").format(place=place))
        if not settings.skill_ids:
            click.echo("LANTERN_ALEXA_SKILL_ID is not set, so /alexa refuses every request.")
        _gunicorn(settings, url, {"bind": place, "workers": workers, "threads": threads})


@contextmanager
def _counts() -> Iterator[None]:
    """Have all workers count in one folder, which goes when the master ends.

    It is in memory where that can be: counts are written as memory is, and on a disk that is full
    whoever does so is killed. A worker that ends leaves by the same way, but others count on.
    """
    memory = MEMORY if os.access(MEMORY, os.W_OK) else None
    master, folder = os.getpid(), tempfile.mkdtemp(prefix="lantern-counts-", dir=memory)
    # Read when the package is imported, so set before that.
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        if os.getpid() == master:
            shutil.rmtree(folder, ignore_errors=True)


def _free(host: str, port: int) -> None:
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        _fail(f"{host} port {port} cannot be used ({error.strerror}); choose another.")


def _gunicorn(settings: Settings, url: str, options: dict[str, Any]) -> None:
    from gunicorn.app.base import BaseApplication

    from skill import logs, metrics
    from skill.app import create_app
    from skill.conversation.lantern import warm_up
    from skill.household.embedded import EmbeddedRedis

    def begin(arbiter: Any, worker: Any) -> None:
        metrics.keep_folder()
        metrics.WORKERS.inc()
        if not settings.redis_url:
            EmbeddedRedis(settings.data_dir).keep_running()

    told_to_stay = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN  # by nohup

    def listen(arbiter: Any) -> None:
        # A closed terminal ends everything, too: gunicorn would go on where nobody sees it. Workers
        # end when the master tells them.
        signal.signal(
            signal.SIGHUP,
            signal.SIG_IGN
            if told_to_stay
            else lambda number, frame: arbiter.signal(signal.SIGTERM, frame),
        )

    def work(worker: Any) -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def end(arbiter: Any) -> None:
        # Whoever did not stop in time was killed, and uses Redis until that is done.
        for worker in arbiter.WORKERS:
            os.waitpid(worker, 0)

    class Server(BaseApplication):  # type: ignore[misc]  # the package has no types
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)
            self.cfg.set("worker_class", "gthread")
            # Everything is read before the first request is taken, once for all workers.
            self.cfg.set("preload_app", True)
            self.cfg.set("graceful_timeout", 10)
            self.cfg.set("logconfig_dict", logs.config(settings.log))
            self.cfg.set("when_ready", listen)
            self.cfg.set("post_fork", begin)
            self.cfg.set("post_worker_init", work)
            self.cfg.set("on_exit", end)
            # Otherwise gunicorn writes a socket into the home folder, which may not be writable.
            self.cfg.set("control_socket_disable", True)

        def load(self) -> Any:
            app = create_app(settings, url)
            warm_up()
            gc.freeze()  # what was read stays in pages that all workers share
            return app

    try:
        Server().run()
    except SystemExit as ended:
        if ended.code:
            raise


def _parts(settings: Settings, url: str) -> tuple[Any, Any]:
    """Return store and vault; say in one sentence if the settings do not allow them."""
    from skill.app import vault_for
    from skill.household.address import connect
    from skill.household.redis_store import RedisStore

    try:
        client = connect(url)
        vault = vault_for(settings, client)
        return RedisStore(client, vault), vault
    except (ValueError, OSError) as error:
        _fail(error)


def _listener(settings: Settings, url: str) -> tuple[Any, str]:
    from skill.conversation.lantern import Lantern

    store, vault = _parts(settings, url)
    return Lantern(store, country=settings.country), vault.household(*TERMINAL)


def _say(settings: Settings, url: str, pace: bool = False, aloud: bool = False) -> Any:
    from skill.app import now
    from skill.channels import terminal

    lantern, household = _listener(settings, url)
    player = _player(settings) if aloud else None
    folder = settings.data_dir / "files"

    def say(words: str) -> None:
        terminal.ask(
            words,
            lantern,
            household,
            settings.zone,
            now=now,
            folder=folder,
            out=sys.stdout,
            pace=pace,
            player=player,
        )

    return say


def _player(settings: Settings) -> Any:
    from skill.speech.aloud import Aloud
    from skill.speech.player import NoPlayer, Player
    from skill.speech.tracks import Tracks

    try:
        return Player(Aloud(settings.data_dir / "audio"), Tracks(settings.data_dir / "sounds"))
    except NoPlayer as error:
        _fail(error)


@main.command()
@click.option("--pace", is_flag=True, help="Wait out the pauses, as a speaker would.")
@click.option("--aloud", is_flag=True, help="Say each answer as well; Ctrl-C ends its sound.")
def talk(pace: bool, aloud: bool) -> None:
    """Talk with Evening Lantern here; Ctrl-D ends it."""
    from skill.channels import terminal

    settings = _settings()
    if sys.stdin is None:
        _fail("standard input is closed, so nobody can say anything; leave it open.")
    if isinstance(sys.stdin, io.TextIOWrapper):
        # What is no UTF-8 is not understood, which is no reason to end.
        sys.stdin.reconfigure(errors="replace")
    with _redis(settings) as url:
        try:
            terminal.talk(_say(settings, url, pace, aloud))
        except KeyboardInterrupt:
            click.echo()


@main.command()
@click.argument("words", nargs=-1, required=True)
def ask(words: tuple[str, ...]) -> None:
    """Say one thing and print the answer: lantern ask "what's tonight's question"."""
    settings = _settings()
    with _redis(settings) as url:
        _say(settings, url)(" ".join(words))


@main.group()
def models() -> None:
    """The interaction model."""


@models.command("sync")
@click.option("--check", is_flag=True, help="Write nothing; fail if something differs.")
@LOCALE
def models_sync(check: bool, locale: str) -> None:
    """Bring slot values in the model in step with content."""
    from skill.models_sync import sync

    changed = sync(locale, check)
    if not changed:
        click.echo(f"{locale}: in step with content.")
    elif check:
        _fail(f"{locale}: {', '.join(changed)} differ from content; run `lantern models sync`.")
    else:
        click.echo(f"{locale}: {', '.join(changed)} written from content.")


@models.command("say")
@click.argument("words", nargs=-1, required=True)
@LOCALE
def models_say(words: tuple[str, ...], locale: str) -> None:
    """Show how one sentence is understood."""
    from skill.conversation.understanding import understanding

    meaning = understanding(locale).understand(" ".join(words))
    slots = "".join(f" {name}={value}" for name, value in meaning.slots.items())
    click.echo(f"{meaning.intent}{slots} ({meaning.confidence:.2f})")


@models.command("measure")
@click.argument("labelled", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@LOCALE
def models_measure(labelled: Path, locale: str) -> None:
    """Measure on a file of labelled utterances how well words are understood."""
    from skill.understanding_measure import measure

    found = measure(labelled, locale)
    for intent in sorted(found.asked):
        click.echo(f"{intent:28} {found.right[intent]:3} of {found.asked[intent]:3}")
    for (meant, understood), often in found.confused.most_common():
        click.echo(f"  {meant} taken for {understood}: {often}")
    click.echo(f"in scope, understood {found.accuracy:.3f}")
    click.echo(f"out of scope, refused {found.refused:.3f}")


@main.group()
def content() -> None:
    """Everything that is ever said."""


@content.command("check")
def content_check() -> None:
    """Run every rule of content that a program can decide."""
    from content.check import old_numbers, problems

    for one in old_numbers(date.today()):
        click.echo(one)
    found = problems()
    for one in found:
        click.echo(one)
    if found:
        _fail(f"{len(found)} findings.")
    click.echo("Content keeps its rules.")


@content.command("stats")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@LOCALE
def content_stats(as_json: bool, locale: str) -> None:
    """Count the library by theme, depth, stage and format, against the plan."""
    from content import content as of
    from content.stock import planned, stock, table

    library = of(locale).library
    have, names = stock(library), {code: one.name for code, one in library.themes.items()}
    click.echo(
        json.dumps(have.json(), indent=2) if as_json else "\n".join(table(have, planned(), names))
    )


@content.command("preview")
@click.argument("theme", nargs=-1, required=True)
@LOCALE
def content_preview(theme: tuple[str, ...], locale: str) -> None:
    """Read the items of THEME, a code or a name, as they will be heard."""
    from content import content as of
    from content import preview

    told, named = of(locale), " ".join(theme)
    found = preview.theme(told.library, named)
    if not found:
        known = ", ".join(f"{one.code} {one.name}" for one in told.library.themes.values())
        _fail(f"{named!r} is no theme; name one of {known}.")
    click.echo(f"{found.code} {found.name}\n")
    for line in preview.lines(told, found.code):
        click.echo(line)


@content.command("schema")
@click.option("--check", is_flag=True, help="Write nothing; fail if it differs.")
def content_schema(check: bool) -> None:
    """Write the schema of the library's files, for editors."""
    from content.schema import schema

    file = Path(str(resources.files("content"))) / "deck.schema.json"
    text = json.dumps(schema(), indent=2) + "\n"
    if not check:
        file.write_text(text, encoding="utf-8")
    elif not file.is_file() or file.read_text(encoding="utf-8") != text:
        _fail("content/deck.schema.json is of other fields; run `lantern content schema`.")
    click.echo(f"{file.name}: as the records are.")


@content.command("safety")
@click.argument("labelled", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--show", is_flag=True, help="Show what was missed, and what was a false alarm.")
def content_safety(labelled: Path, show: bool) -> None:
    """Measure the safety check on a file of labelled utterances."""
    from skill.safety_measure import measure

    found = measure(labelled)
    for category in sorted(found.asked):
        click.echo(f"{category:16} {found.heard[category]:3} of {found.asked[category]:3}")
    click.echo(f"recall of the pressing tiers {found.pressing:.3f}")
    click.echo(f"false alarms {found.false_alarms:.3f}")
    for words in (*found.missed, *found.alarms) if show else ():
        click.echo(f"  {words}")


@main.group()
def audio() -> None:
    """The sound of what is said."""


@audio.command("render")
@click.option("--local", is_flag=True, help="In this machine's voice, not in Google's.")
@click.option("--jobs", default=4, show_default=True, type=click.IntRange(1, 4), help="At a time.")
@LOCALE
def audio_render(local: bool, jobs: int, locale: str) -> None:
    """Make all sound ahead of time; a second run goes on where the first was ended."""
    from skill.audio_render import items, render
    from skill.speech.aloud import GOOGLE, LOCAL, Aloud
    from skill.speech.tracks import Tracks

    folder = _settings().data_dir
    aloud, tracks = Aloud(folder / "audio"), Tracks(folder / "sounds")
    wanted = items(aloud, tracks, locale, LOCAL if local else GOOGLE)
    bar: Any
    with click.progressbar(length=len(wanted), label="Rendering") as bar:
        done = render(wanted, jobs, lambda: bar.update(1))
    size = done.size / 1_000_000
    click.echo(f"{done.made} made ({size:.1f} MB), {done.found} were there, {done.left} are left.")
    if done.left:
        _fail(f"{done.why} Run this again later, or with --local.")


@main.command()
@click.option(
    "--out",
    default="alexa",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write into.",
)
@click.option("--url", help="Address of the service. Default: LANTERN_PUBLIC_URL.")
@click.option("--lambda", "function", default="", help="ARN of the function for Alexa to call.")
@click.option("--wildcard", is_flag=True, help="The certificate is one for a whole domain.")
def package(out: Path, url: str | None, function: str, wildcard: bool) -> None:
    """Write the skill package that `ask deploy` sends to Amazon."""
    from skill import skill_package
    from skill.app import page

    address = (url or _settings().public_url).rstrip("/")
    try:
        skill_package.write(out, address, function, wildcard)
    except skill_package.NotPackaged as error:
        _fail(error)
    except OSError as error:
        _fail(f"{out} cannot be written ({error.strerror}); name another folder with --out.")
    click.echo(page("package").strip().format(folder=out))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="For programs.")
@click.option("--offline", is_flag=True, help="Look at nothing outside but Redis.")
def doctor(as_json: bool, offline: bool) -> None:
    """List the settings, look at the whole set-up, and say what to do about each fault.

    Ends with 1 if something is broken, with 0 if all works; a line that begins with ! is to be
    looked at.
    """
    from skill import doctor
    from skill.doctor.findings import MARKS, PLAIN_MARKS, State

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name may have any letters
    with _leaving_in_order():
        report = doctor.examined(os.environ, date.today(), network=not offline)
    marks = MARKS if _can_write("".join(MARKS.values())) else PLAIN_MARKS
    click.echo(report.json() if as_json else "\n".join(report.lines(marks)))
    sys.exit(1 if report.state is State.BROKEN else 0)


def _can_write(text: str) -> bool:
    try:
        text.encode(sys.stdout.encoding)
    except UnicodeEncodeError:
        return False
    return True


@main.command()
@click.option("--conversation", help="A conversation id of the text API.")
@click.option("--terminal", "local", is_flag=True, help="The household of this terminal.")
@click.confirmation_option(prompt="Erase everything that is remembered?")
def forget(conversation: str | None, local: bool) -> None:
    """Erase what is remembered about a household."""
    if bool(conversation) == local:
        _fail("name one household: --conversation ID, or --terminal.")
    settings = _settings()
    with _redis(settings) as url:
        from skill.household.redis_store import StoreUnavailable

        store, vault = _parts(settings, url)
        whose = ("text", conversation) if conversation else TERMINAL
        try:
            store.forget(vault.household(*whose))
        except StoreUnavailable as error:
            _fail(f"nothing was erased: {error}")
    click.echo("Erased.")
