"""The data folder: the files in it, where it may lie (a write-ahead log needs one host), whether it is writable."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fhirdesk.core.errors import DataFolderError

DATABASE, SENDER, WINDOW = "fhirdesk.db", "sender.lock", "window.lock"  # in the data folder
MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    [
        "nfs",
        "nfs4",
        "cifs",
        "smb3",
        "smbfs",
        "ncpfs",
        "afs",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "gpfs",
        "ocfs2",
        "davfs",
        "fuse.davfs",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.smbnetfs",
    ]
)


def prepare(folder: Path, *, share: bool = False) -> bool:
    """Create the data folder, private to its user, and return whether it may be written. Raises DataFolderError when it
    cannot be created, or lies on a network share and the user has not allowed that (`share`)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = detect_file_system(folder)
    except OSError as error:
        raise DataFolderError("data_folder", path=folder) from error
    if kind in NETWORK and not share:
        raise DataFolderError("data_folder_share", path=folder, kind=kind)
    return is_writable(folder)


def is_writable(path: Path) -> bool:
    """True when this process may write the file, or create files in the folder."""
    if sys.platform == "win32":  # os.access looks at modes, and Windows keeps its access lists elsewhere
        return can_be_opened(path)
    return os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK)


def can_be_opened(path: Path) -> bool:
    """Try to open the file for writing, or to create one in the folder. False when permission is refused; any other
    error counts as yes, and shows when the file is used."""
    try:
        with tempfile.TemporaryFile(dir=path) if path.is_dir() else path.open("r+b"):
            return True
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS)


def detect_file_system(path: Path) -> str:
    """Return the type of the file system that a folder lies on; empty when it is not known."""
    if sys.platform == "win32":
        import ctypes

        root = os.path.splitdrive(path.resolve())[0] + "\\"
        return "cifs" if root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == 4 else ""
    resolved, kinds = path.resolve(), dict(_read_mounts())
    for folder in (resolved, *resolved.parents):
        if str(folder) in kinds:
            return kinds[str(folder)]
    return ""


def _read_mounts() -> Iterator[tuple[str, str]]:
    """Yield (mount point, type) of each mount; a later one hides an earlier one at the same point."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        before, _, after = line.partition(" - ")
        yield before.split()[4].encode().decode("unicode_escape"), after.split()[0]
