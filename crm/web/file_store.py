"""Where the application that answers keeps its files."""

from flask import current_app

from crm.files.storage import FileStore


def file_store() -> FileStore:
    """The store of this application's configuration."""
    config = current_app.config["KARTOTEK"]
    return FileStore.in_data_dir(config.data_dir, config.max_upload_mb)
