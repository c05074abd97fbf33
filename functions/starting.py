"""A quick start: imported first, so that it comes before everything that takes time."""

import gc
import os
from collections.abc import Callable
from typing import Final

# Elsewhere, importing a function makes nothing and needs no environment.
IN_LAMBDA: Final = "AWS_LAMBDA_FUNCTION_NAME" in os.environ

if IN_LAMBDA:
    # What is loaded now stays: looking for garbage in it would take a tenth of the whole start.
    gc.disable()


def ahead(make: Callable[[], object]) -> None:
    """Make what a function works with while its Lambda starts: then it has the most CPU."""
    if IN_LAMBDA:
        make()
        gc.freeze()
        gc.enable()
