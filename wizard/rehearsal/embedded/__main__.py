"""Run the embedded AWS in a process of its own: `python -m wizard.rehearsal.embedded --port 5000`."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from wizard.rehearsal.embedded.server import EmbeddedAws


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT, or with --watch-stdin until the standard input ends.

    The first line on the standard output is the endpoint's URL.
    """
    parser = argparse.ArgumentParser(prog="python -m wizard.rehearsal.embedded", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="the port to listen on; a free one if not given")
    parser.add_argument("--watch-stdin", action="store_true", help="stop when the standard input ends")
    options = parser.parse_args(arguments)

    asked_to_stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked_to_stop.set())
    with EmbeddedAws(port=options.port) as aws:
        sys.stdout.write(f"{aws.endpoint_url}\n")
        sys.stdout.flush()
        if options.watch_stdin:
            # A parent that dies, however it dies, closes its end of the pipe.
            def watch() -> None:
                while sys.stdin.read(4096):
                    pass
                asked_to_stop.set()

            threading.Thread(target=watch, name="watch-stdin", daemon=True).start()
        asked_to_stop.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
