"""The sounds of the room, for speakers that fetch them and for the page.

Amazon, "Speech Synthesis Markup Language (SSML) Reference" (audio): Alexa fetches them over HTTPS.
"""

from hashlib import sha256
from io import BytesIO

import flask

from skill.speech.tracks import Tracks

PATH = "/sound"

MONTH = 30 * 24 * 60 * 60
"""Seconds for which a sound need not be fetched again."""


def blueprint(tracks: Tracks) -> flask.Blueprint:
    """Return the blueprint with `/sound/<name>.mp3`: nobody's in particular, so caches may keep it.

    Parts of a file are served as well, and "not modified" to whoever has it.
    """
    routes = flask.Blueprint("sounds", __name__)

    @routes.get(f"{PATH}/<name>.mp3")
    def sound(name: str) -> flask.Response:
        try:
            made = tracks.of(name)
        except KeyError:
            flask.abort(404, "There is no such sound.")
        answer = flask.send_file(
            BytesIO(made), mimetype="audio/mpeg", conditional=True, etag=sha256(made).hexdigest()
        )
        answer.headers["Cache-Control"] = f"public, max-age={MONTH}"
        return answer

    return routes
