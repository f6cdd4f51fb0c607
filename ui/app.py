"""Starts the program: options, one window per data folder, the event loop, and a clean end."""

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Coroutine, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn

from fhirdesk import __version__
from fhirdesk.core import terminal
from fhirdesk.core.errors import FhirDeskError, locate_error
from fhirdesk.core.language import choose_language
from fhirdesk.core.settings import Settings, load_settings
from fhirdesk.i18n.messages import render
from fhirdesk.i18n.particles import with_particles
from fhirdesk.i18n.translation import _
from fhirdesk.i18n.usage import chosen_language, speak
from ui.start_errors import report_start_error

log = logging.getLogger(__name__)
SWITCH = 0.0005  # seconds: the window's thread gets its turn while the engine works


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the command line."""

    data_dir: Path | None = None
    profile: str | None = None
    server: str | None = None
    env_file: Path | None = None
    lang: str | None = None
    theme: str | None = None
    demo: bool = False
    screenshot: Path | None = None
    headless: bool = False


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        report_start_error(f"{self.format_usage()}{self.prog}: {with_particles(message)}")
        raise SystemExit(2)


def parse(arguments: Sequence[str]) -> Options:
    """Parse the options of the window; exits with 2 where they are wrong."""
    speak(choose_language(chosen_language(list(arguments))))
    parser = _Parser(prog="fhirdesk", description=_("FHIR Desk: the window."))
    parser.add_argument(
        "--version", action="version", version=f"fhirdesk {__version__}", help=_("show the version and exit")
    )
    parser.add_argument("--data-dir", type=Path, metavar="DIR", help=_("where the local data is"))
    parser.add_argument("--profile", metavar="NAME", help=_("which server"))
    parser.add_argument("--server", metavar="URL", help=_("its address, for this call"))
    parser.add_argument("--env-file", type=Path, metavar="FILE", help=_("FHIR_SERVER_URL=… and the like, a line each"))
    parser.add_argument("--lang", choices=("en", "ko"), help=_("language of what is said"))
    parser.add_argument("--theme", choices=("system", "light", "dark"), help=_("colours of the window"))
    parser.add_argument("--demo", action="store_true", help=_("the sample clinic on the practice server"))
    parser.add_argument("--screenshot", type=Path, metavar="FILE", help=_("with no display: where the picture goes"))
    parser.add_argument("--headless", action="store_true", help=_("do the same job without a display"))
    return Options(**vars(parser.parse_args(list(arguments))))


def has_display() -> bool:
    """Whether a window can be shown here."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the program, and return its exit code."""
    terminal.set_up()
    terminal.set_up_log()
    options = parse(sys.argv[1:] if arguments is None else arguments)
    if options.headless or not has_display():
        options = replace(options, headless=True)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    try:
        settings = load_settings(
            data_dir=options.data_dir,
            profile=options.profile,
            server=options.server,
            env_file=options.env_file,
            lang=options.lang,
        )
        return _run(options, settings)
    except FhirDeskError as error:
        report_start_error(render(error.code, error.params, choose_language(options.lang)))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - the last guard before the window is there
        report_start_error(f"{render('internal', {}, choose_language(options.lang))} [{locate_error(error)}]")
        return 70


def _run(options: Options, settings: Settings) -> int:
    """Open the window and run it. Qt is imported here, so that wrong options and a wrong data folder are reported
    without it."""
    os.environ.setdefault("QT_API", "pyside6")
    from PySide6.QtWidgets import QApplication

    from ui.instance import Instance

    sys.setswitchinterval(SWITCH)
    app = QApplication([sys.argv[0]])
    app.setApplicationName("FHIR Desk")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("fhirdesk")
    app.setQuitOnLastWindowClosed(False)
    instance = Instance(settings.data_dir)
    if not instance.is_first:
        raised = instance.raise_first()
        terminal.print_error(render("already_running", {}, settings.lang))
        return 0 if raised else 3
    try:
        return _loop(app, options, settings, instance)
    finally:
        instance.close()


def _loop(app: Any, options: Options, settings: Settings, instance: Any) -> int:
    import qasync

    from ui.program import Program
    from ui.signals import Signals

    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    loop.set_exception_handler(lambda _loop, context: log.error("loop: %s", context.get("message")))
    sys.excepthook = lambda kind, error, trace: log.error("unforeseen", exc_info=(kind, error, trace))
    program = Program(app, settings, lang=options.lang, theme=options.theme)
    instance.listen(program.raise_window)
    signals = Signals(program.window.end)
    work: Coroutine[Any, Any, int]
    if options.headless:
        from ui.headless import run_headless

        work = run_headless(program, options.screenshot)
    else:
        work = program.run(demo=options.demo)
    with loop, closing(signals):
        code: int = loop.run_until_complete(work)
    return code
