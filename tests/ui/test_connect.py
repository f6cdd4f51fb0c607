"""The form of a server: what it shows is changed, what it does not show stays."""

from collections.abc import Sequence
from dataclasses import replace

from fhirdesk.core.settings import VENDORS, Profile, load_profiles, save_profiles
from fhirdesk.core.views import CheckStep
from tests.ui.conftest import Run, until
from tests.ui.find import find
from ui.dialogs.connect import VENDORS as SHOWN
from ui.dialogs.connect import ConnectDialog
from ui.program import Program

BASE = "http://127.0.0.1:9/fhir"


async def fine(_profile: Profile, _secret: str | None) -> Sequence[CheckStep]:
    return ()


def test_a_server_that_is_known_keeps_what_the_form_does_not_show(program: Program, run: Run) -> None:
    folder = program.settings.data_dir
    before = Profile(
        "hospital", url=BASE, scope="system/*.*", colour="#123456", rate=5.0, transactions=True, bundle_entries=40
    )

    async def scene() -> None:
        save_profiles(folder, {"hospital": before}, "hospital")
        await program.servers.open_form("hospital", for_use=True)
        form = find(program.window, ConnectDialog)
        form.url.setText(f"{BASE}/R4")
        form.vendor.setCurrentIndex(form.vendor.findData("medplum"))
        form.save.click()
        await until(lambda: program.session.desk, "the server's desk")
        assert load_profiles(folder) == {"hospital": replace(before, url=f"{BASE}/R4", vendor="medplum")}

    run(scene())


def test_a_new_name_is_a_new_server(program: Program, run: Run) -> None:
    async def scene() -> None:
        known = {"old": Profile("old", url=BASE, rate=5.0)}
        form = ConnectDialog(program.window.tasks, fine, known["old"], program.window, known)
        form.name.setText("new")
        assert form.read_profile() == Profile("new", url=BASE)
        form.deleteLater()

    run(scene())


def test_a_server_that_signs_in_with_a_key_keeps_it_until_a_secret_is_typed(program: Program, run: Run) -> None:
    async def scene() -> None:
        known = {"old": Profile("old", url=BASE, client_id="desk", sign_in="key", key_file="/etc/k")}
        form = ConnectDialog(program.window.tasks, fine, known["old"], program.window, known)
        assert form.read_profile() == known["old"]
        form.secret.setText("s")
        assert form.read_profile().signs_in_by == "secret"
        form.deleteLater()

    run(scene())


def test_every_kind_of_server_has_a_word() -> None:
    assert tuple(SHOWN) == VENDORS
