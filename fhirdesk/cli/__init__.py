"""The command line, twin of the window: the verbs and exit codes of docs/records.md."""

import asyncio
import inspect
import signal
import sys
import threading
from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module

from fhirdesk.cli.parser import parse
from fhirdesk.core import terminal
from fhirdesk.core.errors import FhirDeskError, OutputFailed, locate_error
from fhirdesk.core.settings import Settings, exposures, load_settings
from fhirdesk.core.terminal import print_error
from fhirdesk.i18n.messages import render
from fhirdesk.i18n.translation import current_language

INTERRUPTED, INTERNAL, BROKEN_PIPE = 130, 70, 141
Verb = Callable[[Settings, Namespace], Awaitable[int] | int]  # one that never waits is no coroutine


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    terminal.set_up()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _guarded(words)
        terminal.finish()
        return code
    except BrokenPipeError:  # whoever read it has enough: head, a pager
        terminal.give_up()
        return BROKEN_PIPE
    except OutputFailed as error:
        print_error(render(error.code, error.params, current_language()))
        terminal.give_up()
        return error.exit_code


def _guarded(words: list[str]) -> int:
    """Run the verb and turn every error into a sentence and an exit code. What nobody foresaw is named by its kind and
    place, never by a value that may be a patient's."""
    try:
        return _run(parse(words))
    except SystemExit as usage:
        return int(usage.code or 0)
    except (KeyboardInterrupt, asyncio.CancelledError):
        return INTERRUPTED
    except (BrokenPipeError, OutputFailed):
        raise
    except FhirDeskError as error:
        print_error(render(error.code, error.params, current_language()))
        return error.exit_code
    except Exception as error:  # noqa: BLE001
        print_error(f"{render('internal', {}, current_language())} [{locate_error(error)}]")
        return INTERNAL


def _run(options: Namespace) -> int:
    terminal.set_up_log(options.verbose)
    settings = load_settings(
        data_dir=options.data_dir,
        profile=options.profile,
        server=options.server,
        deadline=options.deadline,
        lang=options.lang,
        env_file=options.env_file,
        verbose=options.verbose,
    )
    for code, path in exposures(settings):
        print_error(render(code, {"path": str(path)}, settings.lang))
    module, _, function = options.run.partition(":")
    verb: Verb = getattr(import_module(f"fhirdesk.cli.verbs.{module}"), function)
    if inspect.iscoroutinefunction(verb):
        return asyncio.run(_awaited(verb(settings, options)))
    with _terminated_by(signal.default_int_handler):
        exit_code = verb(settings, options)
        assert isinstance(exit_code, int)
        return exit_code


async def _awaited(verb: Awaitable[int]) -> int:
    task, loop = asyncio.current_task(), asyncio.get_running_loop()
    assert task is not None
    with _terminated_by(lambda *_: loop.call_soon_threadsafe(task.cancel)):
        return await verb


@contextmanager
def _terminated_by(handler: Callable[..., object]) -> Iterator[None]:
    """End the program on SIGTERM, with which services are ended, as on an interrupt from the keyboard."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals are somebody else's
        return
    before = signal.signal(signal.SIGTERM, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
