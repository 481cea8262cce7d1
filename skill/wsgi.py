"""Any WSGI server: it imports `skill.wsgi` and calls `app`, as in `gunicorn skill.wsgi:app`.

`lantern serve` is for whoever has no server yet. Here the server is somebody else's, and Redis too:
`LANTERN_REDIS_URL` has to be set, and all processes need the same `LANTERN_SECRET`, or the same
`LANTERN_DATA_DIR` with the key file in it. With several processes, set `PROMETHEUS_MULTIPROC_DIR`
to an empty folder before they start, or each counts alone.
"""

import os

from skill.app import hosted_app
from skill.conversation.lantern import warm_up

app = hosted_app(os.environ, "LANTERN_REDIS_URL")
warm_up()  # what a sentence needs is read now, and not while the first one waits
