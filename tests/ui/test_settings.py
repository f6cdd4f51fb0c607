"""The settings: two servers, what waits for each, switching; the test of the connection; where values come from."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QLabel, QMenu

from fhirdesk.app.desk import open_desk
from fhirdesk.core.permissions import Action
from fhirdesk.core.settings import Profile, Settings, Source, load_profiles, load_settings, save_profiles
from fhirdesk.core.views import Link, TypeTaken
from fhirdesk.sandbox.server import Sandbox
from tests.factories import person_fields
from tests.ui.conftest import Run, until
from tests.ui.find import find
from tests.ui.look import find_cut_texts, find_unreadable
from ui import theme
from ui.dialogs.ask import Question
from ui.dialogs.connect import ConnectDialog
from ui.dialogs.settings.sending import SendingPage
from ui.dialogs.settings.servers import ServersPage
from ui.dialogs.settings.sheet import PAGES, SettingsSheet
from ui.program import Program
from ui.theme import Theme
from ui.widgets.server_list import LINE_ROLE
from ui.widgets.taken_types import describe_taken

NOWHERE = "http://127.0.0.1:9/fhir"
FIRST, SECOND = Profile("first", url=NOWHERE, colour="#1b7342"), Profile("second", url=NOWHERE, colour="#1b68a8")


async def register(settings: Settings, profile: Profile, *keys: str) -> None:
    desk = open_desk(replace(settings, profile=profile))
    await desk.start(send=False)
    for key in keys:
        await desk.records.register("patient", person_fields(key), f"u-{profile.name}-{key}")
    await desk.stop()


async def open_with(program: Program, *profiles: Profile) -> None:
    """Open the window on the first of these profiles, all of them saved."""
    save_profiles(program.settings.data_dir, {each.name: each for each in profiles}, profiles[0].name)
    program.session.settings = replace(program.settings, profile=profiles[0])
    program.window.show()
    await program.session.open()


async def open_page(program: Program) -> tuple[SettingsSheet, ServersPage]:
    sheet = program.servers.open_settings()
    page = sheet.pages["servers"]
    assert isinstance(page, ServersPage)
    await until(lambda: page.list.chosen and page.details.title.text(), "the servers")
    return sheet, page


def lines(page: ServersPage) -> list[tuple[str, str, str]]:
    rows = [page.list.item(number).data(LINE_ROLE) for number in range(page.list.count())]
    return [(row.title, row.state, row.tag) for row in rows]


def waiting_in(page: ServersPage, row: int) -> str:
    item = page.details.types.rows.item(row, 3)
    return item.text() if item else ""


async def find_nothing_wrong(sheet: SettingsSheet) -> None:
    """No text is cut once the sheet has been laid out, and every one can be read."""
    for _ in range(20):
        await asyncio.sleep(0.05)
        if not find_cut_texts(sheet):
            break
    assert find_cut_texts(sheet) == [] and find_unreadable(sheet) == []


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as server:
        yield server


def test_two_servers_with_what_waits_for_each_and_a_switch(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        await register(program.settings, FIRST, "P-1", "P-2")
        await register(program.settings, SECOND, "P-3")
        await open_with(program, FIRST, SECOND)
        await until(lambda: window.counts.unsent == 2 and window.server.profile == "first", "the first one's queue")
        _, page = await open_page(program)
        await until(lambda: "2 waiting" in lines(page)[0][1], "how the first one stands")
        assert [(title, tag) for title, _, tag in lines(page)] == [
            ("first", "In use"),
            ("second", ""),
            ("Practice server", "Practice"),
        ]
        assert lines(page)[1][1] == "1 waiting"
        assert waiting_in(page, 0) == "2" and not page.details.use.isVisible()
        assert not page.details.remove.isEnabled() and "in use" in page.details.remove.toolTip()

        page.list.choose("second")
        assert "Waiting for this server: 1" in page.details.outcome.text() and waiting_in(page, 0) == "1"
        page.details.use.click()
        await until(lambda: window.findChildren(Question), "the question, as 2 changes wait")
        question = find(window, Question)
        assert any("Waiting for first: 2" in label.text() for label in question.findChildren(QLabel))
        question.agree()
        await until(lambda: window.server.profile == "second" and window.counts.unsent == 1, "the second one's queue")
        await until(lambda: "first: 2 waiting" in window.toast.text, "where changes wait")
        assert "In use: second" in window.toast.text
        await until(lambda: lines(page)[1][2] == "In use", "the list")
        assert program.settings.data_dir.joinpath("profiles.json").read_text("utf-8").count('"active": "second"') == 1
        table = window.patients.table
        await until(lambda: [getattr(table.rows.row_at(0), "key", "")] == ["P-3"], "the second one's patients")

    run(scene())


def test_a_server_that_is_removed_is_asked_about_and_its_changes_stay(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        await register(program.settings, SECOND, "P-3")
        await open_with(program, FIRST, SECOND)
        _, page = await open_page(program)
        page.list.choose("second")
        page.details.remove.click()
        await until(lambda: window.findChildren(Question), "the question")
        question = find(window, Question)
        assert question.no.isDefault()
        assert any("Waiting for it: 1" in label.text() for label in question.findChildren(QLabel))
        question.agree()
        await until(lambda: "second" not in load_profiles(program.settings.data_dir), "that it is removed")
        await until(lambda: lines(page)[1][:2] == ("second", "1 waiting"), "that its changes are told of")
        page.list.choose("second")
        await until(lambda: "no address" in page.details.use.toolTip(), "why it cannot be used")
        assert not page.details.use.isEnabled()

    run(scene())


def test_the_connection_is_tested_step_by_step(program: Program, run: Run, sandbox: Sandbox) -> None:
    async def scene() -> None:
        await open_with(program, Profile("good", url=sandbox.base), replace(SECOND, name="wrong"))
        _, page = await open_page(program)
        details = page.details
        page.list.choose("wrong")
        assert "Not known yet" in details.about.text() and not details.steps.isVisible()
        details.test.click()
        await until(details.steps.isVisible, "the steps")
        texts = [label.text() for label in details.steps.findChildren(QLabel) if label.isVisible()]
        assert "TLS" in texts and any(text.endswith(" ms") for text in texts)
        assert "Check the address and its port" in details.outcome.text() and details.outcome.property("tone") == "bad"

        page.list.choose("good")
        details.test.click()
        await until(lambda: details.outcome.text() == "The server is ready.", "that all is in order")
        assert "FHIR 4.0.1" in details.about.text() and details.as_of.text().startswith("as of")
        shown = [details.types.rows.item(row, 2) for row in range(details.types.rows.rowCount())]
        assert [item.text() for item in shown if item] == ["all of it"] * 10
        page.list.choose("wrong")  # each keeps its own result
        assert "Check the address" in details.outcome.text()

    run(scene())


@pytest.mark.parametrize(
    ("interactions", "word"),
    [
        (("create", "update", "delete"), "all of it"),
        (("create",), "new ones"),
        (("update",), "changes"),
        ((), "nothing"),
    ],
)
def test_what_is_taken_in_words(interactions: tuple[str, ...], word: str) -> None:
    assert describe_taken(TypeTaken("patient", "Patient", frozenset(interactions)))[0] == word


def test_the_chip_opens_the_servers(program: Program, run: Run) -> None:
    async def scene() -> None:
        window = program.window
        await register(program.settings, SECOND, "P-3")
        await open_with(program, FIRST, SECOND)
        await until(lambda: window.server.profile == "first", "the server")
        window.top.chip.click()
        await until(lambda: any(menu.isVisible() for menu in window.findChildren(QMenu)), "the menu")
        menu = next(menu for menu in window.findChildren(QMenu) if menu.isVisible())
        texts = [action.text() for action in menu.actions()]
        assert texts[0].startswith("first\t") and texts[1] == "second\t1 waiting" and texts[-1] == "Settings…"
        menu.actions()[1].trigger()
        menu.close()
        await until(lambda: window.server.profile == "second", "the switch: nothing waited for the first")

    run(scene())


def test_a_server_that_the_environment_sets_is_not_changed_here(program: Program, run: Run) -> None:
    async def scene() -> None:
        save_profiles(program.settings.data_dir, {"first": FIRST, "second": SECOND}, "first")
        environ = {"FHIR_SERVER_URL": NOWHERE}
        program.session.settings = load_settings(data_dir=program.settings.data_dir, environ=environ)
        program.window.show()
        await program.session.open()
        sheet, page = await open_page(program)
        page.list.choose("second")
        assert not page.details.use.isEnabled() and "environment" in page.details.use.toolTip()
        sending = sheet.pages["sending"]
        assert isinstance(sending, SendingPage) and not sending.save.isEnabled()
        assert program.session.settings.source_of("url") is Source.ENVIRONMENT
        program.servers.open_connection()
        await asyncio.sleep(0.1)
        assert program.window.findChildren(ConnectDialog) == [] and "environment" in program.window.toast.text
        await program.servers.open_form("second")  # it is kept, and not put in use
        form = find(program.window, ConnectDialog)
        form.save.click()
        await asyncio.sleep(0.3)
        assert program.session.desk and program.session.desk.settings.profile.name == "first"

    run(scene())


@pytest.mark.parametrize(("url", "keeps", "switches"), [(None, True, True), (NOWHERE, True, False)])
def test_a_secret_of_the_environment_goes_to_no_other_server(
    program: Program, url: str | None, keeps: bool, switches: bool
) -> None:
    environ = {"FHIR_CLIENT_SECRET": "x"}
    settings = load_settings(data_dir=program.settings.data_dir, environ=environ)
    program.session.settings = replace(settings, profile=Profile("first", url=url))
    assert (not program.servers.why_not(Action.KEEP_SERVER)) is keeps
    assert (not program.servers.why_not(Action.USE_SERVER)) is switches


def test_the_limits_of_a_server_are_kept_and_hold_at_once(program: Program, run: Run) -> None:
    async def scene() -> None:
        odd = replace(FIRST, bundle_bytes=1_234_567, scope="system/*.*")
        await open_with(program, odd, SECOND)
        sheet, _ = await open_page(program)
        before = program.session.desk
        sending = sheet.pages["sending"]
        assert isinstance(sending, SendingPage)
        sending.inputs["in_flight"].setValue(3)  # type: ignore[attr-defined]
        sending.inputs["gzip"].setChecked(True)  # type: ignore[attr-defined]
        sending.save.click()
        await until(lambda: program.session.desk not in (None, before), "the desk with the new limits")
        kept = load_profiles(program.settings.data_dir)["first"]
        assert kept == replace(odd, in_flight=3, gzip=True) and program.session.desk
        assert program.session.desk.settings.profile == kept

    run(scene())


def test_a_new_server_gets_a_colour_of_its_own_and_another_is_changed_without_a_switch(
    program: Program, run: Run
) -> None:
    async def scene() -> None:
        await open_with(program, replace(FIRST, colour="#0b6e75"), SECOND)
        await program.servers.open_form(None)
        form = find(program.window, ConnectDialog)
        form.url.setText(NOWHERE)
        assert form.read_profile().colour not in ("#0b6e75", SECOND.colour)
        form.close()
        form.deleteLater()
        await asyncio.sleep(0)
        await program.servers.open_form("second")
        form = next(each for each in program.window.findChildren(ConnectDialog) if each.isVisible())
        form.url.setText(f"{NOWHERE}/R4")
        form.save.click()
        await until(lambda: load_profiles(program.settings.data_dir)["second"].url == f"{NOWHERE}/R4", "the change")
        assert program.session.desk and program.session.desk.settings.profile.name == "first"

    run(scene())


def test_ctrl_comma_opens_the_settings_and_each_page_has_its_title(program: Program, run: Run) -> None:
    async def scene() -> None:
        await open_with(program, FIRST)
        assert program.window.actions_["settings"].shortcut().toString() == "Ctrl+,"
        program.window.actions_["settings"].trigger()
        sheet = find(program.window, SettingsSheet)
        assert list(sheet.pages) == list(PAGES)
        sheet.show_page("data")
        texts = [label.text() for label in sheet.pages["data"].findChildren(QLabel)]
        assert str(program.settings.data_dir) in texts and "30 days" in texts
        look = sheet.pages["look"]
        look.theme_chosen.emit("dark")  # type: ignore[attr-defined]
        await until(lambda: any(s.isVisible() for s in program.window.findChildren(SettingsSheet)), "the sheet anew")
        assert program.preferences.theme is Theme.DARK
        program.window.theme_requested.emit("light")

    run(scene())


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("shown", [Theme.LIGHT, Theme.DARK, Theme.CONTRAST])
def test_no_text_of_the_settings_is_cut_or_faint(
    program: Program, run: Run, lang: str, shown: Theme, sandbox: Sandbox
) -> None:
    async def scene() -> None:
        program.speak(lang)
        theme.apply(program._app, shown)
        await register(program.settings, SECOND, "P-3")
        await open_with(program, Profile("good", url=sandbox.base), SECOND)
        await until(lambda: program.window.server.link is Link.ONLINE, "the server")
        sheet, page = await open_page(program)
        for name in ("good", "second"):
            page.list.choose(name)
            page.details.test.click()
            await until(lambda: not page.details.test.is_busy, "the test")
            await find_nothing_wrong(sheet)
        for name in PAGES:
            sheet.show_page(name)
            await find_nothing_wrong(sheet)

    try:
        run(scene())
    finally:
        theme.apply(program._app, Theme.LIGHT)
        program.speak("en")
