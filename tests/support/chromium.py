"""The browser that tests, pictures and measurements are made with."""

import os
import shutil


def chromium_path() -> str | None:
    """The program that KARTOTEK_TEST_CHROMIUM names, else the windowless build, else Chromium; None without any.

    The windowless build is the same engine without the parts that draw windows, and takes half the time.
    """
    return (
        os.environ.get("KARTOTEK_TEST_CHROMIUM")
        or shutil.which("chromium-headless-shell")
        or shutil.which("chromium")
    )
