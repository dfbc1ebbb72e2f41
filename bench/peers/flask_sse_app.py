"""flask-sse as its documentation sets it up: a Redis connection and a generator per stream."""

from __future__ import annotations

import os

from flask import Flask
from flask_sse import sse  # type: ignore[import-not-found]

app = Flask(__name__)
app.config["REDIS_URL"] = os.environ["BENCH_REDIS_URL"]
app.register_blueprint(sse, url_prefix="/stream")
