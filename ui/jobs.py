"""Long jobs with a progress strip: imports of files and of the sample clinic."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from fhirdesk.app.desk import Desk
from fhirdesk.core.views import ImportLine, ImportProgress
from fhirdesk.i18n.translation import _
from ui.dialogs.report import KEPT, find_reasons
from ui.tasks import Tasks
from ui.widgets.job_strip import JobStrip

SAMPLE_PATIENTS = 200


class Jobs(QObject):
    """Runs one job at a time. What was committed before Cancel stays."""

    finished = Signal(object, object)  # ImportProgress, the list[ImportLine] to be reported

    def __init__(self, tasks: Tasks, strip: JobStrip, parent: QObject | None = None):
        super().__init__(parent)
        self._tasks, self._strip = tasks, strip
        self._running: asyncio.Task[None] | None = None
        strip.cancelled.connect(self.cancel)

    @property
    def is_busy(self) -> bool:
        """Whether a job runs."""
        return self._running is not None and not self._running.done()

    def cancel(self) -> None:
        """Cancel the running job after the batch that is being saved."""
        if self._running:
            self._running.cancel()

    def import_files(self, desk: Desk, paths: Sequence[Path]) -> None:
        """Start to import records from files."""
        self._begin(_("Import"), lambda show_progress: desk.records.import_files(paths, progress=show_progress))

    def load_sample(self, desk: Desk, patients: int = SAMPLE_PATIENTS) -> None:
        """Start to fill an empty desk with the sample clinic: that many invented patients."""
        self._begin(
            _("Sample clinic"), lambda show_progress: desk.records.load_sample(patients, progress=show_progress)
        )

    def _begin(
        self,
        name: str,
        start: Callable[[Callable[[ImportProgress], None]], AsyncIterator[ImportLine]],
    ) -> None:
        if not self.is_busy:
            self._strip.begin(name)
            self._running = self._tasks.start(self._run(start))

    async def _run(self, start: Callable[[Callable[[ImportProgress], None]], AsyncIterator[ImportLine]]) -> None:
        reached = ImportProgress()
        reported: list[ImportLine] = []

        def show_progress(progress: ImportProgress) -> None:
            nonlocal reached
            reached = progress
            self._strip.show_progress(progress.read, share=progress.fraction)

        try:
            async for line in start(show_progress):
                if find_reasons(line) and len(reported) < KEPT:
                    reported.append(line)
        finally:
            self._strip.end()
            self.finished.emit(reached, reported)
