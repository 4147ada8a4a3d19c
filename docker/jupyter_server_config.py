"""Jupyter in the container. The token stays on: nothing here turns it off."""

import os

c = get_config()  # noqa: F821
# Outside the container it is as open as `docker run -p` makes it.
c.ServerApp.ip = "0.0.0.0"
c.ServerApp.open_browser = False
c.ServerApp.root_dir = os.path.expanduser("~/work")
# Signatures stay with the notebooks, in the volume.
c.NotebookNotary.data_dir = os.path.expanduser("~/work/.trust")
