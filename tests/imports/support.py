"""Where the real data lies, if it lies anywhere."""

from pathlib import Path


def shared_data() -> Path | None:
    """The folder of public data beside the project, or None."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "shared" / "data" / "MANIFEST.tsv").is_file():
            return folder / "shared" / "data"
    return None
