"""The sample web: a folder of data, served on loopback in the exact formats of the sites it imitates.

`sample/README.md` documents the folder. `running()` is what tests and `make run` use, `serve()` what a terminal uses.
"""

from ouidire.sampleweb.folder import SampleError, load
from ouidire.sampleweb.listing import Told, told
from ouidire.sampleweb.server import PORT, respond, running, serve

__all__ = ["PORT", "SampleError", "Told", "load", "respond", "running", "serve", "told"]
