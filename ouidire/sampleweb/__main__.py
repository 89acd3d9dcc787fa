"""`python -m ouidire.sampleweb [FOLDER] [--port N]`: serve, check or list a sample folder."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ouidire.sampleweb import PORT, SampleError, load, serve, told
from ouidire.settings import ROOT


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 0, 1 when the folder or the port cannot be used, 2 for bad usage."""
    parser = argparse.ArgumentParser(prog="python -m ouidire.sampleweb", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "sample", help="default: sample/")
    parser.add_argument("--port", type=int, default=PORT, help=f"default: {PORT}")
    parser.add_argument("--list", action="store_true", help="print every public text as a JSON line and stop")
    options = parser.parse_args(arguments)
    try:
        if options.list:
            for post in told(load(options.folder)):
                print(json.dumps({**post._asdict(), "at": f"{post.at:%Y-%m-%dT%H:%M:%SZ}"}, ensure_ascii=False))
            return 0
        print(f"http://127.0.0.1:{options.port}/ (stop with Ctrl-C)", file=sys.stderr)
        serve(options.folder, port=options.port)
    except SampleError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"port {options.port}: {error.strerror}; end what uses it or choose another --port", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
