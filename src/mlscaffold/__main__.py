"""`python -m mlscaffold`."""

import sys

from mlscaffold.cli import main

if __name__ == "__main__":
    sys.exit(main())
