"""Which server is in use: the chip's menu, the settings sheet, adding, changing, switching and removing servers."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QMenu

from fhirdesk.app.database import find_copies
from fhirdesk.app.servers import Servers
from fhirdesk.core.permissions import Action, is_allowed
from fhirdesk.core.queue_entry import Reason
from fhirdesk.core.settings import COLOURS, DEFAULT_PROFILE, DEMO_PROFILE, Profile, Settings
from fhirdesk.core.views import CheckStep, KnownServer
from fhirdesk.i18n.translation import _, fill
from ui import words
from ui.dialogs.ask import ask
from ui.dialogs.connect import ConnectDialog
from ui.dialogs.settings.about import AboutPage
from ui.dialogs.settings.data import DataPage
from ui.dialogs.settings.look import LookPage
from ui.dialogs.settings.sending import SendingPage
from ui.dialogs.settings.servers import Open, Reports, ServersPage
from ui.dialogs.settings.sheet import SettingsSheet
from ui.language import render
from ui.session import Session
from ui.widgets.server_dot import build_dot_icon, find_colour
from ui.window.main_window import MainWindow
from ui.words_servers import describe_server, title_server

SERVER, SIGN_IN = ("profile", "url"), ("client_id", "token_url", "secret")  # settings that may be fixed at the start


class ServerControl(QObject):
    """Acts on the servers for one window and its session."""

    def __init__(self, servers: Servers, session: Session, window: MainWindow):
        super().__init__(window)
        self._servers, self._session, self._window = servers, session, window
        self._reports: Reports = {}
        window.connection_requested.connect(self.open_connection)
        window.settings_requested.connect(self.open_settings)
        window.top.servers_requested.connect(lambda: window.tasks.start(self.open_menu()))

    @property
    def _settings(self) -> Settings:
        """Those of the desk that is open, else those that the next one is opened with."""
        desk = self._session.desk
        return desk.settings if desk else self._session.settings

    def why_not(self, action: Action) -> str:
        """Why the server in use cannot be changed here; empty: it can."""
        if not is_allowed(self._servers.actor, action):
            return render(Reason("forbidden"))
        settings = self._session.settings
        goes_elsewhere = action is Action.USE_SERVER and settings.profile.url  # no server gets another one's secret
        names = (*SERVER, *SIGN_IN) if goes_elsewhere else SERVER
        is_fixed = any(settings.source_of(name).is_fixed for name in names)
        return _("The server was set at the start, by an option or the environment.") if is_fixed else ""

    def _why_not_change(self) -> str:
        """Why the limits of the server in use cannot be changed; empty: they can."""
        profile = self._settings.profile
        if profile.demo:
            return _("The practice server is set by the program.")
        return self.why_not(Action.KEEP_SERVER) if profile.url else _("These are limits of a server: set one first.")

    # -- the chip's menu

    async def open_menu(self) -> None:
        """Open the menu of the servers under the chip."""
        known = await self._servers.read_all()
        menu = QMenu(self._window)
        menu.setToolTipsVisible(True)
        menu.aboutToHide.connect(menu.deleteLater)
        for each in known:
            self._add_server(menu, each)
        menu.addSeparator()
        menu.addAction(self._window.actions_["settings"])
        self._window.top.popup_below_chip(menu)

    def _add_server(self, menu: QMenu, known: KnownServer) -> None:
        profile = known.profile
        is_open = profile.name == self._settings.profile.name
        state = describe_server(known, self._window.server if is_open else None)[0]
        action = menu.addAction(f"{title_server(profile)}\t{state}".replace("&", "&&"))
        action.setIcon(build_dot_icon(find_colour(profile), filled=is_open))
        why_not = "" if is_open else self.why_not(Action.USE_SERVER)
        action.setEnabled(not why_not and (is_open or profile.demo or bool(profile.url)))
        action.setToolTip(why_not or state)
        font = action.font()
        font.setWeight(QFont.Weight.DemiBold if is_open else QFont.Weight.Normal)
        action.setFont(font)
        if not is_open:
            action.triggered.connect(lambda _=False: self._window.tasks.start(self.ask_to_use(profile.name)))

    # -- the settings

    def open_settings(self, page: str = "servers") -> SettingsSheet:
        """Open the settings at a page."""
        window, settings = self._window, self._settings
        servers, look = (
            self._build_servers(),
            LookPage(window.preferences.theme, self._session.settings.source_of("lang")),
        )
        data = DataPage(settings, find_copies(settings.data_dir))
        sending = SendingPage(settings, title_server(settings.profile), self._why_not_change())
        pages = {"servers": servers, "sending": sending, "look": look, "data": data, "about": AboutPage()}
        sheet = SettingsSheet(pages, window)
        look.theme_chosen.connect(lambda name: self._reopen(sheet, lambda: window.theme_requested.emit(name)))
        look.lang_chosen.connect(lambda lang: self._reopen(sheet, lambda: window.lang_requested.emit(lang)))
        sending.profile_changed.connect(lambda profile: window.tasks.start(self._change(profile, sheet)))
        data.layout_reset_requested.connect(window.actions_["reset_layout"].trigger)
        sheet.show_page(page)
        sheet.open()
        return sheet

    def _build_servers(self) -> ServersPage:
        window, session = self._window, self._session
        opened = Open(lambda: session.desk, lambda: window.server, self.why_not(Action.USE_SERVER), self._reports)
        page = ServersPage(window.tasks, self._servers, opened)
        page.add_requested.connect(lambda: window.tasks.start(self.open_form(None)))
        page.edit_requested.connect(lambda name: window.tasks.start(self.open_form(name)))
        page.use_requested.connect(lambda name: window.tasks.start(self.ask_to_use(name)))
        page.remove_requested.connect(lambda name: window.tasks.start(self._ask_to_remove(name)))
        window.watch.server_read.connect(page.refresh)
        return page

    def _reopen(self, sheet: SettingsSheet, change: Callable[[], None]) -> None:
        """Change how the program looks, and show the settings anew in that look."""
        sheet.close()
        change()
        self.open_settings(sheet.page)

    async def _change(self, profile: Profile, sheet: SettingsSheet) -> None:
        """Keep the limits of the server in use, and open it anew with them."""
        await self._servers.keep(profile)
        sheet.close()
        await self._session.open_server(profile)
        self._window.toast.show_message(_("Saved. They hold from now on."))

    async def _find_saved(self, name: str) -> Profile | None:
        return next((each.profile for each in await self._servers.read_all() if each.profile.name == name), None)

    # -- the form of one server

    def open_connection(self) -> None:
        """Open the form of the server in use, or of the first one; say why, where that cannot be changed here."""
        if why_not := self.why_not(Action.KEEP_SERVER):
            self._window.toast.show_message(why_not)
            return
        profile = self._session.settings.profile
        self._window.tasks.start(self.open_form(None if profile.demo else profile.name, for_use=True))

    async def open_form(self, name: str | None, *, for_use: bool = False) -> None:
        """Open the form of a server; None: of a new one. `for_use`: it is put in use, whatever was."""
        known = {each.profile.name: each for each in await self._servers.read_all()}
        saved = {n: each.profile for n, each in known.items() if each.profile.url and not each.profile.demo}
        before = known[name].profile if name in known else None
        dialog = ConnectDialog(self._window.tasks, self._test, before or _draft(saved), self._window, saved)
        if before and known[before.name].waiting:
            dialog.keep_name(before.name, fixed=before.url is None)
        in_use = (for_use or name in (None, self._settings.profile.name)) and not self.why_not(Action.KEEP_SERVER)
        dialog.save.setText(_("Use this server") if in_use else _("Save"))
        dialog.profile_accepted.connect(
            lambda profile, secret: self._window.tasks.start(self._keep(profile, secret, use=in_use))
        )
        dialog.open()

    async def _test(self, profile: Profile, secret: str | None) -> tuple[CheckStep, ...]:
        return (await self._servers.test(profile, secret)).steps

    async def _keep(self, profile: Profile, secret: str, *, use: bool) -> None:
        is_other = profile.name != self._settings.profile.name
        use = use and not (is_other and self.why_not(Action.USE_SERVER))
        has_keyring = await self._servers.keep(profile, secret or None, use=use)
        if not has_keyring:
            self._window.toast.show_message(_("This computer has no keyring: the secret is kept until you quit."))
        self._reports.pop(profile.name, None)
        if use:
            await self._session.open_server(profile)
        self._window.watch.read_now()

    # -- switching, removing

    async def ask_to_use(self, name: str) -> None:
        """Put another server in use; where changes wait for the one that is, say so and ask."""
        waiting, here = self._window.counts.unsent, title_server(self._settings.profile)
        if not waiting or self._settings.profile.demo:
            await self.use(name)
            return
        chosen = await self._find_saved(name)
        title = fill(_("Use {server}?"), server=title_server(chosen) if chosen else name)
        text = _("Waiting for {server}: {count}. They stay here and go out once it is in use again.")
        told = fill(text, count=words.format_count(waiting), server=here)
        ask(self._window, title, told, _("Use this server"), lambda: self._window.tasks.start(self.use(name)))

    async def use(self, name: str) -> None:
        """Put a server in use: the window shows its records and its queue."""
        if name == DEMO_PROFILE:
            self._window.sample_requested.emit()
            return
        profile = await self._servers.use(name)
        await self._session.open_server(profile)
        self._window.toast.show_message(await self._describe_use(name))

    async def _describe_use(self, name: str) -> str:
        """Say which server is in use now, and where changes wait."""
        known = await self._servers.read_all()
        in_use = next(each.profile for each in known if each.profile.name == name)
        told = [fill(_("In use: {server}"), server=title_server(in_use))]
        told += [f"{title_server(each.profile)}: {describe_server(each, None)[0]}" for each in known if each.waiting]
        return " · ".join(told)

    async def _ask_to_remove(self, name: str) -> None:
        known = next(each for each in await self._servers.read_all() if each.profile.name == name)
        text = _("The address and the secret are forgotten. Records stay on this computer.")
        if known.waiting:
            waiting = _("Waiting for it: {count}. They stay, and go out once a server of this name is set again.")
            text += " " + fill(waiting, count=words.format_count(known.waiting))
        title = fill(_("Remove {server}?"), server=title_server(known.profile))
        question = ask(
            self._window, title, text, _("Remove"), lambda: self._window.tasks.start(self._remove(known.profile.name))
        )
        question.default_to_no()

    async def _remove(self, name: str) -> None:
        await self._servers.remove(name)
        self._reports.pop(name, None)
        self._window.watch.read_now()


def _draft(saved: dict[str, Profile]) -> Profile:
    """A new server, in a colour that none has yet."""
    taken = {profile.colour for profile in saved.values()}
    name = "hospital" if "hospital" not in saved else DEFAULT_PROFILE
    return Profile(name, colour=next((colour for colour in COLOURS if colour not in taken), COLOURS[0]))
