"""Which desk is open: the clinic's own server or the practice server, each with its own data folder."""

import asyncio
import gc
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QProcess

from fhirdesk.app.desk import Desk, open_desk
from fhirdesk.app.profiles import find_practice_folder
from fhirdesk.core.child_process import command
from fhirdesk.core.errors import FhirDeskError, Unavailable
from fhirdesk.core.settings import DEMO_PROFILE, Profile, Settings, load_profiles, profiles_path, save_profiles
from fhirdesk.core.views import PatientQuery

READY = 20.0  # seconds that the practice server may take
RIBBON = "#6b4a00"


def is_first_start(settings: Settings) -> bool:
    """Whether nothing was chosen yet: no server, no profile, no sample clinic."""
    return not settings.profile.url and not profiles_path(settings.data_dir).exists()


def set_result_once(future: "asyncio.Future[str]", value: str) -> None:
    """Set the result of a future, unless it has one."""
    if not future.done():
        future.set_result(value)


class PracticeServer(QObject):
    """The practice server as a child process: it ends with this program, its store file stays."""

    def __init__(self, store: Path, parent: QObject | None = None):
        super().__init__(parent)
        self._store = store
        self._process = QProcess(self)

    async def start(self) -> str:
        """Start the server; returns its base address. Raises Unavailable when it does not come up."""
        ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._process.readyReadStandardOutput.connect(lambda: self._read(ready))
        self._process.finished.connect(lambda *_: set_result_once(ready, ""))
        self._process.setStandardErrorFile(QProcess.nullDevice())
        self._process.start(*command("sandbox", "--port", "0", "--with-parent", "--store", str(self._store)))
        try:
            base = await asyncio.wait_for(ready, READY)
        except TimeoutError:
            base = ""
        if not base:
            raise Unavailable("practice_server")
        return base

    def _read(self, ready: "asyncio.Future[str]") -> None:
        if self._process.canReadLine():
            line = bytes(self._process.readLine().data())
            set_result_once(ready, str(json.loads(line)["base"]))

    async def stop(self) -> None:
        """Ask the server to end and wait for it; after five seconds it is killed."""
        if self._process.state() != QProcess.ProcessState.NotRunning:
            ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()
            self._process.finished.connect(lambda *_: set_result_once(ended, ""))
            self._process.closeWriteChannel()  # it ends when its input does, also where there are no signals
            self._process.terminate()
            await asyncio.wait({ended}, timeout=5)
            self._process.kill()


class Session(QObject):
    """Opens and closes desks, one at a time, and calls `show` with the desk that is open."""

    def __init__(
        self, settings: Settings, show: Callable[[Desk | None], None], open_: Callable[[Settings], Desk] = open_desk
    ):
        super().__init__()
        self.settings, self._show, self._open_desk = settings, show, open_
        self.desk: Desk | None = None
        self._server: PracticeServer | None = None
        self._turn = asyncio.Lock()  # one desk is opened at a time; a second request waits

    async def open(self) -> None:
        """Open the desk of the profile in use."""
        if self.settings.profile.demo:
            await self.open_demo()
        else:
            async with self._turn:
                await self._open(self.settings)

    async def open_demo(self) -> None:
        """Open the practice server's desk."""
        async with self._turn:
            await self._open_demo()

    async def _open_demo(self) -> None:
        folder = find_practice_folder(self.settings.data_dir)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._server:  # it holds the file of the practice data
            await self.close()
        server = PracticeServer(folder / "server.store", self)
        url = await server.start()  # before what is open is closed: one that does not start changes nothing
        await self.close()
        self._server = server
        profile = Profile(DEMO_PROFILE, url=url, demo=True, colour=RIBBON, vendor="hapi")
        save_profiles(folder, {DEMO_PROFILE: profile}, DEMO_PROFILE)  # so that the command line finds it
        self._remember(Profile(DEMO_PROFILE, demo=True, colour=RIBBON))
        await self._open(replace(self.settings, data_dir=folder, profile=profile))

    async def open_server(self, profile: Profile) -> None:
        """Open the clinic's own server; its profile is already saved."""
        async with self._turn:
            await self.close()
            self.settings = replace(self.settings, profile=profile)
            await self._open(self.settings)

    def _remember(self, profile: Profile) -> None:
        saved = load_profiles(self.settings.data_dir) | {profile.name: profile}
        save_profiles(self.settings.data_dir, saved, profile.name)

    async def _open(self, settings: Settings) -> None:
        """Open a desk, first to read, then to send. Its packages are imported in a thread: the window is painted by now
        and must stay responsive."""
        desk = await asyncio.get_running_loop().run_in_executor(None, self._open_desk, settings)
        try:
            await desk.start(send=False)
        except FhirDeskError:
            await desk.stop()
            raise
        gc.freeze()  # a full collection of everything loaded would be a gap of 50 ms
        self.desk = desk
        self._show(desk)
        # behind the window's own first page, which comes before sending
        await desk.records.find_first_patients(PatientQuery(), 1)
        await desk.send()

    async def close(self) -> None:
        """Wait for the answers in flight, close the desk, and end the practice server."""
        desk, self.desk = self.desk, None
        if desk:
            self._show(None)
            await desk.stop()
        server, self._server = self._server, None
        if server:
            await server.stop()
