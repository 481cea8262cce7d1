"""Evening Lantern: a voice companion for two people who want to stay close."""

import os

# A sentence is too short to be shared by cores: with many turns at once they would only stand in
# each other's way. Read when numpy is first imported, so set before that.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
