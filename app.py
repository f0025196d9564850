"""Entry point: `flask run`, `python app.py`, or any WSGI server with `app:app`. `./run serve` is the usual way."""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "inspect"))

from fieldbook import create_app  # noqa: E402  the line above makes it importable

os.environ.setdefault("FIELDBOOK_INSTANCE", str(HERE / "instance"))

app = create_app()

if __name__ == "__main__":
    app.run(port=8000)
