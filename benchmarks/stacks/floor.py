"""Nothing but gunicorn and Flask: one answer to whatever comes, read by nobody, verified by nobody.

No skill. It measures what is spent before the first line of one runs.
"""

import json
import os

from flask import Flask, Response, request

with open(os.environ["ANSWERS"], encoding="utf-8") as file:
    ANSWER = json.dumps({"version": "1.0", "response": json.load(file)["LaunchRequest"]})

app = Flask(__name__)


@app.post("/alexa")
def alexa() -> Response:
    request.get_data()
    return Response(ANSWER, content_type="application/json;charset=UTF-8")


@app.get("/healthz")
def healthz() -> str:
    return "ok"
