"""Tries the Jupyter server of a container from inside it, as a browser would:
try_lab.py TIME, where TIME is when the container was started, in seconds since
1970. Prints a line per check, ok or FAILED; ends with 1 if any failed."""

import glob
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

started = float(sys.argv[1])
with open(max(glob.glob(os.environ["JUPYTER_RUNTIME_DIR"] + "/jpserver-*.json"), key=os.path.getmtime)) as file:
    server = json.load(file)
url, token = server["url"], server["token"]
failed = 0


def check(good, what, details=""):
    global failed
    failed += not good
    print("ok    " if good else "FAILED", what + (f": {details}" if details != "" else ""), flush=True)


def ask(path, token=None, method="GET", body=None):
    """Returns the status of the answer and its body, parsed if it is JSON."""
    request = urllib.request.Request(url + path, method=method, data=body and json.dumps(body).encode())
    if token:
        request.add_header("Authorization", "token " + token)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
            if answer.url != url + path:
                return 302, answer.url  # to the page that asks for the token
            return answer.status, json.loads(text) if text.startswith(("{", "[")) else text
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


check(len(token) >= 32, "there is a token", f"{len(token)} characters")
status, _ = ask("api/contents")
check(status == 403, "without the token", status)
status, _ = ask("api/contents", "x" * len(token))
check(status == 403, "with a wrong token", status)
status, where = ask("lab")
check(status == 302 and "/login" in where, "JupyterLab without the token asks for it", status)
status, _ = ask("api/contents", token)
check(status == 200, "with the token", status)
status, page = ask("lab", token)
check(status == 200 and "jupyter-config-data" in page, "JupyterLab with the token", status)
status, specs = ask("api/kernelspecs", token)
check("circuitbook" in specs["kernelspecs"], "the kernel is offered", ", ".join(specs["kernelspecs"]))


def trusted(path):
    """Says how many code cells of a notebook there are, and how many JupyterLab is told to trust."""
    _, model = ask("api/contents/" + path, token)
    cells = [c for c in model["content"]["cells"] if c["cell_type"] == "code"]
    return len(cells), sum(c["metadata"].get("trusted") is True for c in cells)


_, folder = ask("api/contents/notebooks", token)
names = sorted(m["path"] for m in folder["content"] if m["type"] == "notebook")
counts = [trusted(n) for n in names]
check(len(names) >= 8 and all(n == t for n, t in counts), "the notebooks are trusted", f"{len(names)} of them, {sum(t for _, t in counts)} of {sum(n for n, _ in counts)} code cells")
# The same with another output is somebody else's.
_, model = ask("api/contents/" + names[0], token)
other = model["content"]
for cell in other["cells"]:
    if cell["cell_type"] == "code":
        cell["metadata"].pop("trusted", None)
        cell["outputs"] = [{"output_type": "display_data", "metadata": {}, "data": {"text/html": "<script>1</script>"}}]
with open(os.path.join(server["root_dir"], "other.ipynb"), "w") as file:
    json.dump(other, file)
_, count = trusted("other.ipynb")
check(count == 0, "a notebook from elsewhere is not trusted", f"{count} code cells are")

# A cell goes through the server as JupyterLab sends it.
import websocket

status, kernel = ask("api/kernels", token, "POST", {"name": "circuitbook"})
check(status == 201, "a kernel was started", status)
session = uuid.uuid4().hex
socket = websocket.create_connection(
    url.replace("http", "ws", 1) + f"api/kernels/{kernel['id']}/channels?session_id={session}",
    header=["Authorization: token " + token], timeout=120)
with open(os.environ["CIRCUITBOOK_MODULE"] + "/kernel/internal/command/selftest_circuit.go.txt") as file:
    source = file.read()
sent = uuid.uuid4().hex
socket.send(json.dumps({
    "channel": "shell", "parent_header": {}, "metadata": {}, "buffers": [],
    "header": {"msg_id": sent, "session": session, "username": "", "msg_type": "execute_request", "version": "5.3"},
    "content": {"code": source, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}}))
drawn = problem = ""
while True:
    message = json.loads(socket.recv())
    if message["parent_header"].get("msg_id") != sent:
        continue
    kind, content = message["msg_type"], message["content"]
    if kind in ("display_data", "execute_result", "update_display_data"):
        drawn = content["data"].get("image/svg+xml") or drawn
        if drawn:
            break
    if kind == "error":
        problem = "; ".join([content["ename"], content["evalue"]])
    if kind == "status" and content["execution_state"] == "idle":
        break
check("</svg>" in drawn, "a circuit is drawn in JupyterLab",
      f"an SVG of {len(drawn)} bytes, {time.time() - started:.1f} s after the container was started" if drawn else problem or "no SVG")
socket.close()
ask("api/kernels/" + kernel["id"], token, "DELETE")
sys.exit(failed > 0)
