"""The banner: what stands in the way of the whole queue, in the language of now."""

import asyncio

from PySide6.QtWidgets import QApplication, QPushButton

from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.views import Link, ServerView
from fhirdesk.i18n.translation import current_language
from fhirdesk.store.database.sqlite_store import SqliteStore
from tests.marks import fault
from tests.ui.conftest import Run, until
from ui import language
from ui.design.measures import GAP
from ui.program import Program
from ui.widgets.banner import Banner


def test_a_pause_is_said_in_words_and_resumed_where_it_is_said(qapp: QApplication) -> None:
    resume, asked = QPushButton(), []
    resume.clicked.connect(lambda: asked.append(1))
    banner = Banner(resume)
    assert banner.isHidden()
    paused = Reason("paused_by_hand")
    banner.show_server(ServerView("clinic", "http://127.0.0.1", Link.PAUSED, False, reason=paused))
    assert not banner.isHidden() and language.render(paused) in banner.text.text()
    banner.resume.click()
    assert asked == [1]
    banner.show_server(ServerView("clinic", "http://127.0.0.1", Link.ONLINE, False))
    assert banner.isHidden()


@fault("A7")
def test_what_the_desk_knows_of_the_queue_is_said_once_in_both_languages(qapp: QApplication) -> None:
    banner = Banner(QPushButton())
    old = current_language()
    try:
        for lang in ("ko", "en"):
            language.install(qapp, lang)
            banner.show_notices((Reason("notice_internal", {"count": "3"}), Reason("notice_old", {"count": "2"})))
            lines = banner.text.text().splitlines()
            assert len(lines) == 2 and all(line.startswith("⚠ ") for line in lines)
            assert "3" in lines[0] and "2" in lines[1] and banner.resume.isHidden()
    finally:
        language.install(qapp, old)


def test_it_is_as_high_as_its_lines(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        line = window.fontMetrics().height()
        for width in (960, 1440):
            window.resize(width, 600)
            window.show()
            for notices in ((Reason("notice_old", {"count": "2"}),), (Reason("notice_old", {"count": "2"}),) * 2):
                window.banner.show_notices(notices)
                await asyncio.sleep(0.1)
                assert len(notices) * line <= window.banner.text.height() <= window.banner.height()
                assert window.banner.height() <= (len(notices) + 1) * line + 24 + GAP
            window.banner.show_notices(())

    run(scene())


def test_it_shrinks_again_when_there_is_less_to_say_or_more_room(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.resize(960, 600)
        window.show()
        told = {"host": "fhir.hospital.example", "expires": "2026-01-01", "fingerprint": "AB:" * 32}
        window.banner.show_server(
            ServerView("clinic", "http://127.0.0.1", Link.PAUSED, False, reason=Reason("why_not_trusted", told))
        )
        await asyncio.sleep(0.1)
        high = window.banner.height()
        window.banner.show_server(
            ServerView("clinic", "http://127.0.0.1", Link.PAUSED, False, reason=Reason("paused_by_hand"))
        )
        await asyncio.sleep(0.1)
        assert window.banner.height() < high and window.banner.height() <= 48 + GAP

    run(scene())


def test_a_read_only_store_is_said_in_the_window(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        window.show()
        await program.session.open()
        assert window.desk is not None
        store = window.desk._door.parts.store
        assert isinstance(store, SqliteStore)
        store._writer, kept = None, store._writer
        try:
            window.refresh()
            await until(lambda: not window.banner.isHidden(), "the banner")
            assert language.render(Reason("store_read_only")) in window.banner.text.text()
        finally:
            store._writer = kept

    run(scene())
