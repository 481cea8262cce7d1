"""Our own application, in a fresh process: answers the one request on its standard input."""

import json
import os
import sys

from skill.app import create_app
from skill.settings import Settings

if __name__ == "__main__":
    sent = json.load(sys.stdin)
    app = create_app(Settings.load(os.environ), os.environ["LANTERN_REDIS_URL"])
    answered = app.test_client().post("/alexa", data=sent["body"], headers=sent["headers"])
    print(answered.get_data(as_text=True), flush=True)
