"""`planewright` and `python -m wizard`. Answers --version and --help before anything heavy is imported."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return its exit code."""
    arguments = sys.argv[1:]
    if arguments == ["--version"]:
        from wizard import __version__

        sys.stdout.write(f"planewright {__version__}\n")
        return 0
    from wizard.cli import run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
