"""The verb `import`: files of records or FHIR go into the local store and the queue."""

import re
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict

from fhirdesk.cli.output import DONE, INVALID, SOME_FAILED, ProgressBar, opened, print_json, print_problems, sentence
from fhirdesk.cli.sources import find_sources
from fhirdesk.cli.verbs.data import encoding_of, expect_type
from fhirdesk.core.errors import Refused
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import Settings
from fhirdesk.core.terminal import print_error, print_lines
from fhirdesk.core.views import ImportLine, ImportOptions, ImportProgress, Link
from fhirdesk.i18n.messages import render

SOURCE = re.compile(r"[^\W_][^?/|:\x00-\x1f]{0,59}")  # a name before a colon in a key


async def import_(settings: Settings, options: Namespace) -> int:
    """Print a line for each row once it is committed, then a summary. Exit code 6 when every row was refused, 1 when
    some were."""
    report, import_options = ImportReport(settings, as_json=options.json), _options(options)
    sources = find_sources(options.files)
    async with opened(settings) as desk:
        print_problems(await desk.records.find_plugin_problems(), settings)
        expect_type(options.type)
        async for line in desk.records.import_files(sources, import_options, progress=report.follow):
            report.add(line)
        report.bar.close()
        if report.counts["queued"] and (await desk.server.get_status()).link is Link.UNSET:
            print_error(render("import_no_server", {}, settings.lang))
    report.print_summary()
    return report.exit_code()


def _options(options: Namespace) -> ImportOptions:
    """Raises Refused for a source's name that cannot stand in a key, NotFound for an unknown encoding."""
    if options.source is not None and not SOURCE.fullmatch(options.source):
        raise Refused("source_name_wrong", name=options.source[:60])
    return ImportOptions(
        type=options.type,
        enqueue=not options.no_enqueue,
        source=options.source,
        whole=options.whole,
        encoding=encoding_of(options),
        last_wins=options.last_wins,
    )


class ImportReport:
    """Prints what became of each row, draws the progress bar, and counts for the summary and the exit code."""

    def __init__(self, settings: Settings, *, as_json: bool):
        self._settings, self._as_json = settings, as_json
        self._progress = ImportProgress()
        self.bar = ProgressBar(render("cli_bar_read", {}, settings.lang))
        self.counts = dict.fromkeys(("read", "new", "changed", "unchanged", "refused", "queued"), 0)

    def follow(self, progress: ImportProgress) -> None:
        """Print the notes about the files that came since the last call."""
        print_problems(progress.notes[len(self._progress.notes) :], self._settings)
        self._progress = progress

    def add(self, line: ImportLine) -> None:
        """Count and print one row."""
        self.counts["read"] += 1
        self.counts[line.result] += 1
        self.counts["queued"] += line.entry is not None
        error, notes = sentence(line.error, self._settings), self._render(line.notes)
        if self._as_json:
            texts = {"error": error, "code": line.error.code if line.error else None}
            print_json(asdict(line) | texts | {"notes": notes, "note": notes[0] if notes else None})
        else:
            print_error(*(_at_line(line, text, self._settings) for text in ([error] if error else notes)))
        self.bar.show(self.counts["read"])

    def print_summary(self) -> None:
        """Print how many rows came to what, on standard output."""
        if self._as_json:
            print_json({"summary": self.counts, "notes": self._render(self._progress.notes)})
        else:
            print_lines(render("cli_import", {word: str(n) for word, n in self.counts.items()}, self._settings.lang))

    def exit_code(self) -> int:
        """0 when no row was refused, 6 when every row was, else 1."""
        if not self.counts["refused"]:
            return DONE
        return INVALID if self.counts["refused"] == self.counts["read"] else SOME_FAILED

    def _render(self, reasons: Sequence[Reason]) -> list[str]:
        return [render(reason.code, reason.params, self._settings.lang) for reason in reasons]


def _at_line(line: ImportLine, text: str, settings: Settings) -> str:
    """A text about a row with the row's number before it; a text about the whole file as it is."""
    text = _with_names(line, text)
    return render("cli_line", {"line": str(line.line), "error": text}, settings.lang) if line.line else text


def _with_names(line: ImportLine, text: str) -> str:
    """A text about a row, with the row's key and field before it where the text does not name them."""
    names = [name for name in (line.key, line.field) if name is not None and name not in text]
    return f"{' '.join(names)}: {text}" if names else text
