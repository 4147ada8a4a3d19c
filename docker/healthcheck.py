#!/usr/bin/env python3
"""Ends with 0 if the Jupyter server of this container answers."""

import glob
import http.client
import json
import os
import sys
import urllib.request

found = glob.glob(os.path.join(os.environ["JUPYTER_RUNTIME_DIR"], "jpserver-*.json"))
if not found:
    sys.exit("no Jupyter server was started here")
try:
    newest = max(found, key=os.path.getmtime)
    with open(newest) as file:
        url = json.load(file)["url"]
except (OSError, ValueError, KeyError) as error:  # it may be starting or ending
    sys.exit(f"{found[0]} does not tell where the server is: {error}")
# Without the proxy that the environment may name; /api needs no token.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
try:
    with opener.open(url + "api", timeout=4) as answer:
        print(answer.read().decode())
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"{url}api does not answer: {error}")
