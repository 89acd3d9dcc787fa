"""What a file system refuses, in words: the path, what is the matter, and what to do."""

from __future__ import annotations

import errno
import re
from pathlib import Path
from typing import Final

_NOT_YOURS: Final = "not yours to open or write there; ask its owner, or"
_REASONS: Final = {
    errno.EACCES: _NOT_YOURS,
    errno.EPERM: _NOT_YOURS,
    errno.EROFS: "it lies on a disk that can only be read;",
    errno.ENOENT: "no such file or folder; make its folder first, or",
    errno.ENOTDIR: "a part of this path is a file, not a folder;",
    errno.EISDIR: "a folder, not a file;",
    errno.EEXIST: "a file stands where a folder is needed; move it, or",
    errno.ENOSPC: "no space is left on the disk; free some, or",
    errno.EDQUOT: "your share of the disk is full; free some, or",
}
"""What a file system says -> what is the matter; what to do follows. Any other error keeps its traceback."""

_UNNAMED: Final = re.compile(r"Failed to open local file '(.*)'\. Detail: ", re.DOTALL)
"""How Arrow names the file that it was refused: in its words only."""


def refusal(error: OSError, home: Path) -> str | None:
    """The sentence. None for what is no matter of files: a host that hangs up, a mistake of ours."""
    reason = _REASONS.get(error.errno or 0)
    if reason is None:
        return None
    name = _name(error)
    if name is None:
        return f"{reason} set OUIDIRE_HOME to another disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    path = Path(name)
    remedy = "set OUIDIRE_HOME to a folder of yours" if path.is_relative_to(home) else "name another place"
    return f"{path}: {reason} {remedy}"


def is_there(path: Path) -> bool:
    """Whether a file or folder stands there. Raises OSError beneath a file, or beneath a folder that is closed to us.

    `Path.exists` says no beneath a file; who is told so would be sent to make what cannot be made there.
    """
    try:
        path.stat()
    except FileNotFoundError:
        return False
    return True


def _name(error: OSError) -> str | None:
    if error.filename is not None:
        return str(error.filename)
    found = _UNNAMED.search(str(error))
    return found[1] if found else None
