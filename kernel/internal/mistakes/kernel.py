"""Executes cells, one after the other, in one kernel: those of the job on standard
input, as JSON. What a front end is told of each is printed as JSON."""

import json
import os
import sys
import time

from jupyter_client.manager import KernelManager

PATIENCE = 300  # only what is dead takes that long


def run(km, kc, source, interrupt):
    """Executes a cell, and interrupts it once it has printed the given text."""
    said = {"stdout": "", "stderr": "", "result": "", "trace": [], "status": ""}
    mid = kc.execute(source, allow_stdin=False)
    end = time.time() + PATIENCE
    idle = False
    while time.time() < end and not idle:
        m = kc.get_iopub_msg(timeout=PATIENCE)
        if m["parent_header"].get("msg_id") != mid:
            continue
        kind, content = m["msg_type"], m["content"]
        if kind == "stream":
            said[content["name"]] += content["text"]
            if interrupt and interrupt in said["stdout"]:
                interrupt = ""
                km.interrupt_kernel()
        elif kind in ("execute_result", "display_data"):
            said["result"] += content["data"].get("text/plain", "")
        elif kind == "error":
            said["trace"] += content["traceback"]
        elif kind == "status":
            idle = content["execution_state"] == "idle"
    while True:
        m = kc.get_shell_msg(timeout=PATIENCE)
        if m["parent_header"].get("msg_id") == mid:
            break
    reply = m["content"]
    said["status"] = reply["status"]
    said["count"] = reply.get("execution_count", 0)
    said["message"] = reply.get("evalue", "")
    return said


def main():
    job = json.load(sys.stdin)
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    km = KernelManager(kernel_name="circuitbook")
    km.start_kernel(cwd=job["dir"])
    kc = km.client()
    kc.start_channels()
    try:
        kc.wait_for_ready(timeout=PATIENCE)
        json.dump([run(km, kc, c["source"], c["interrupt"]) for c in job["cells"]], out)
        out.flush()
    finally:
        kc.stop_channels()
        km.shutdown_kernel()


main()
