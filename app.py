"""Entry point: `python app.py` serves; `app` is for any WSGI server and for `flask --app app`; nothing else."""

import gc
import os

from crm import create_app

# What is written is the owner's to read, in a data folder somebody made beforehand too.
os.umask(0o077)
app = create_app()

# What is loaded by now stays for good; looking through it again and again cost a tenth of every page.
gc.collect()
gc.freeze()

if __name__ == "__main__":
    from crm.cli import run

    raise SystemExit(run(app))
