"""The data folder: what lies in it, where it may be (write-ahead logs need one host), and whether it may be written."""

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
    """The data folder, private to its user; False: it may be read only. Raises DataFolderError when it cannot be made,
    or lies on a network share (`share`: a person allowed that)."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kind = file_system(folder)
    except OSError as error:
        raise DataFolderError("data_folder", path=folder) from error
    if kind in NETWORK and not share:
        raise DataFolderError("data_folder_share", path=folder, kind=kind)
    return writable(folder)


def writable(path: Path) -> bool:
    """Whether we may write there."""
    if sys.platform == "win32":  # its access lists are not in the modes that os.access looks at
        return may_be_opened(path)
    return os.access(path, os.W_OK | os.X_OK if path.is_dir() else os.W_OK)


def may_be_opened(path: Path) -> bool:
    """Whether the system lets us write a file, or a new one in a folder: tried. What else is wrong shows later."""
    try:
        with tempfile.TemporaryFile(dir=path) if path.is_dir() else path.open("r+b"):
            return True
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS)


def file_system(path: Path) -> str:
    """The kind of file system that a folder lies on; empty: not known."""
    if sys.platform == "win32":
        import ctypes

        root = os.path.splitdrive(path.resolve())[0] + "\\"
        return "cifs" if root.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(root) == 4 else ""
    where, kinds = path.resolve(), dict(_mounts())
    for folder in (where, *where.parents):
        if str(folder) in kinds:
            return kinds[str(folder)]
    return ""


def _mounts() -> Iterator[tuple[str, str]]:
    """(mount point, kind) of each; a later mount hides an earlier one."""
    try:
        lines = MOUNTS.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        before, _, after = line.partition(" - ")
        yield before.split()[4].encode().decode("unicode_escape"), after.split()[0]
