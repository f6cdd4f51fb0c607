"""The window with its session: start, changes of server, language and theme, and the clean end."""

import asyncio

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from fhirdesk.app.database import start_over
from fhirdesk.app.servers import Servers
from fhirdesk.core.errors import DataFolderError
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import DEMO_PROFILE, Settings, exposures
from fhirdesk.core.views import PatientQuery
from fhirdesk.i18n.translation import _
from ui import language, theme
from ui.dialogs.ask import ask, show_notice
from ui.gc_thread_guard import GcThreadGuard
from ui.language import render
from ui.preferences import Preferences
from ui.server_control import ServerControl
from ui.session import Session, is_first_start
from ui.theme import Theme
from ui.window.commands import COMMANDS, MENUS
from ui.window.main_window import MainWindow

LONGEST = 12  # records that a dialog names


class Program(QObject):
    """One window with one session."""

    def __init__(self, app: QApplication, settings: Settings, *, lang: str | None = None, theme: str | None = None):
        super().__init__()
        self._app, self.settings = app, settings
        self._gc_guard = GcThreadGuard(self)
        self.preferences = Preferences(settings.data_dir)
        self.speak(lang or self.preferences.lang)
        self.apply_theme(Theme(theme) if theme else self.preferences.theme)
        self.window = MainWindow(self.preferences, COMMANDS, MENUS)
        self.session = Session(settings, self.window.attach)
        self.servers = ServerControl(Servers(settings), self.session, self.window)
        self.window.attach(None)
        self.window.sample_requested.connect(lambda: self.window.tasks.start(self.open_sample()))
        self.window.lang_requested.connect(self._switch_lang)
        self.window.theme_requested.connect(self._switch_theme)

    # -- life

    async def run(self, *, demo: bool = False) -> int:
        """Show the window, open the server in use, and end when the window was closed; returns the exit code."""
        self.window.show()
        await asyncio.sleep(0)  # painted before anything heavy is imported
        self.window.tasks.start(self.begin(demo=demo))
        await self.window.closing.wait()
        await self.end()
        return 0

    async def begin(self, *, demo: bool = False) -> None:
        """Open the server in use; the first start asks how to begin. A database that cannot be opened is a question to
        the user."""
        try:
            await self._begin(demo)
        except DataFolderError as error:
            self._ask_what_to_do(error)

    async def _begin(self, demo: bool) -> None:
        if demo or self.settings.profile.name == DEMO_PROFILE:
            await self.open_sample()
        else:
            await self.session.open()
            await self._greet()
        await self._warn()

    async def _greet(self) -> None:
        """At the first start, ask how to begin. A user who chooses neither can register and import all the same."""
        desk = self.session.desk
        if desk and is_first_start(self.settings) and not await desk.records.find_first_patients(PatientQuery(), 1):
            self.window.first_start.begin()

    async def _warn(self) -> None:
        """Name the plug-in record types that cannot be used, and the files that other users may read or write."""
        desk = self.session.desk
        problems = [render(problem) for problem in (await desk.records.find_plugin_problems() if desk else ())]
        problems += [render(Reason(code, {"path": str(path)})) for code, path in exposures(self.settings)]
        if problems:
            self.window.toast.show_message("\n".join(problems), "conflict")

    async def end(self) -> None:
        """Wait for the answers in flight, close the session, and hide the window."""
        self.window.jobs.cancel()
        await self.window.tasks.end()
        await self.session.close()
        self.window.hide()
        self._gc_guard.end()

    def raise_window(self) -> None:
        """Bring the window to the front: another start asked for it."""
        self.window.showNormal() if self.window.isMinimized() else self.window.show()
        self.window.raise_()
        self.window.activateWindow()

    # -- a database that cannot be used (B7)

    def _ask_what_to_do(self, error: DataFolderError) -> None:
        title = _("The database cannot be opened")
        self.window.show_unavailable()
        if error.code == "store_damaged" and not self.session.settings.profile.demo:
            yes = _("Keep what can be read")
            ask(self.window, title, render(error), yes, lambda: self.window.tasks.start(self._salvage()))
        else:
            show_notice(self.window, title, render(error))

    async def _salvage(self) -> None:
        moved = await asyncio.to_thread(start_over, self.settings.data_dir, has_window=True)
        await self.session.open()
        assert self.session.desk is not None, "open raises when it cannot"
        salvaged = await self.session.desk.records.salvage(moved[0])
        lines = salvaged.describe(moved[0].name, LONGEST)
        self.window.refresh()
        show_notice(self.window, _("What could be read"), "\n".join(render(reason) for reason in lines))

    # -- what is open

    async def open_sample(self) -> None:
        """Open the practice server; fill it with the sample clinic when it is empty."""
        await self.session.open_demo()
        desk = self.session.desk
        if desk and not await desk.records.find_first_patients(PatientQuery(), 1):
            self.window.jobs.load_sample(desk)

    # -- looks

    def speak(self, lang: str) -> None:
        """Show every text in Korean or English."""
        language.install(self._app, lang)

    def apply_theme(self, chosen: Theme) -> None:
        """Show the program in this theme."""
        theme.apply(self._app, chosen)

    def _switch_lang(self, lang: str) -> None:
        self.preferences.lang = lang
        self.speak(lang)
        self.window.retranslate()

    def _switch_theme(self, name: str) -> None:
        self.preferences.theme = Theme(name)
        self.apply_theme(Theme(name))
        self.window.apply_theme()
