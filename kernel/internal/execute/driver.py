"""Executes the cells of a notebook for the Go program that started it.

The first line of standard input is a job, as JSON. Then "run N" executes the
N-th cell of the job, "interrupt" interrupts it, and the end of the input ends
everything at once. What happens is told on standard output, a JSON object a
line. With the arguments "html FROM TO TITLE", and a template and a card on
standard input, it writes a notebook's report, as JSON.
"""

import asyncio
import json
import logging
import math
import os
import sys
import threading
import time

# A grammar that takes more than a second to build at import, for a check that
# notebooks do not use.
sys.modules["rfc3987_syntax"] = None

# How long an interrupted cell gets to end, in seconds.
GRACE = 3.0


def finite(value):
    """Replaces what JSON cannot say by text, so that it can be complained of."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {k: finite(v) for k, v in value.items()}
    if isinstance(value, list):
        return [finite(v) for v in value]
    return value


class Channel:
    """The lines to the Go program. What libraries print goes to stderr."""

    def __init__(self):
        self.out = os.fdopen(os.dup(1), "w", encoding="utf-8")
        os.dup2(2, 1)
        self.lock = threading.Lock()

    def send(self, event, **fields):
        fields["event"] = event
        try:
            line = json.dumps(fields, allow_nan=False)
        except ValueError:
            line = json.dumps(finite(fields))
        with self.lock:
            self.out.write(line + "\n")
            self.out.flush()


def new_client(channel, job):
    import nbformat
    from nbclient import NotebookClient

    class Client(NotebookClient):
        """Notes what a reader of the progress wants to know."""

        noted = 0.0
        changed = set()  # which cells have other outputs than were told

        def process_message(self, msg, cell, cell_index):
            kind, content = msg["msg_type"], msg["content"]
            self.changed.add(cell_index)
            if name := (content.get("transient") or {}).get("display_id"):
                self.changed.update(self._display_id_map.get(name, {}))
            text = ""
            if kind == "stream":
                text = content.get("text", "")
            elif kind in ("display_data", "update_display_data"):
                text = content.get("data", {}).get("text/plain", "")
            if isinstance(text, list):
                text = "".join(text)
            now = time.monotonic()
            if text.strip() and now - self.noted > 0.5:
                self.noted = now
                channel.send("note", text=text[-2000:])
            return super().process_message(msg, cell, cell_index)

    cells = [
        nbformat.v4.new_code_cell(c["source"], metadata={"tags": c["tags"]}) for c in job["cells"]
    ]
    nb = nbformat.v4.new_notebook(cells=cells)
    return Client(
        nb,
        kernel_name=job["kernel"],
        allow_errors=True,
        record_timing=False,
        timeout=math.ceil(job["timeout"]) or None,
        startup_timeout=120,
        iopub_timeout=10,
        coalesce_streams=False,
    )


def pack(outputs):
    """Joins neighbouring pieces of a stream."""
    packed, pieces = [], []

    def close():
        if pieces:
            packed[-1]["text"] = "".join(pieces)
            pieces.clear()

    for out in outputs:
        if out["output_type"] == "stream":
            if not (pieces and packed[-1]["name"] == out["name"]):
                close()
                packed.append(dict(out))
            pieces.append(out["text"])
        else:
            close()
            packed.append(out)
    close()
    return packed


class Session:
    def __init__(self, channel, job):
        self.channel = channel
        self.client = new_client(channel, job)
        self.cells = self.client.nb.cells
        self.cwd = job["cwd"]
        self.interrupted = asyncio.Event()

    async def start(self):
        client = self.client
        client.create_kernel_manager()
        await client.async_start_new_kernel(cwd=self.cwd)
        await client.async_start_new_kernel_client()
        self.channel.send("started")

    async def interrupt(self):
        self.interrupted.set()
        try:
            await self.client.km.interrupt_kernel()
        except Exception as e:  # the kernel may just have died
            logging.warning("interrupting: %s", e)

    async def run(self, index):
        from nbclient.exceptions import CellTimeoutError, DeadKernelError

        client, cell = self.client, self.cells[index]
        reply = {}

        def executed(cell, cell_index, execute_reply):
            reply.update(execute_reply["content"])

        client.on_cell_executed = executed
        task = asyncio.ensure_future(client.async_execute_cell(cell, index, execution_count=index + 1))
        over = asyncio.ensure_future(self.interrupted.wait())
        await asyncio.wait([task, over], return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            await asyncio.wait([task], timeout=GRACE)
        over.cancel()
        status, message = reply.get("status", ""), ""
        if not task.done():
            status = "stuck"
            task.cancel()
        elif (e := task.exception()) is not None:
            if isinstance(e, CellTimeoutError):
                status = "timeout"
            elif isinstance(e, DeadKernelError):
                status = "dead"
            else:
                status, message = "broken", f"{type(e).__name__}: {e}"
        changed = {i: pack(self.cells[i].outputs) for i in sorted(client.changed | {index})}
        client.changed.clear()
        self.channel.send(
            "done",
            cell=index,
            status=status,
            interrupted=self.interrupted.is_set(),
            evalue=str(reply.get("evalue", message)),
            failure=reply.get("circuitbook"),
            outputs=changed,
        )

    async def stop(self):
        client = self.client
        if client.km is None:
            return
        if self.interrupted.is_set():
            client.shutdown_kernel = "immediate"
        await client._async_cleanup_kernel()


async def execute():
    channel = Channel()
    job = json.loads(sys.stdin.readline())
    loop = asyncio.get_running_loop()
    commands = asyncio.Queue()
    session = Session(channel, job)

    def listen():
        for line in sys.stdin:
            if line.strip() == "interrupt":
                asyncio.run_coroutine_threadsafe(session.interrupt(), loop)
            else:
                loop.call_soon_threadsafe(commands.put_nowait, line)
            if line.strip() == "quit":
                return
        os._exit(1)  # the Go program is gone

    threading.Thread(target=listen, daemon=True).start()
    try:
        await session.start()
        while True:
            command, _, argument = (await commands.get()).strip().partition(" ")
            if command == "run":
                await session.run(int(argument))
            elif command == "quit":
                break
    except Exception as e:
        channel.send("broken", evalue=f"{type(e).__name__}: {e}")
    await session.stop()
    channel.send("end")


def spelled(text, formulas):
    """Takes the formulas out of Markdown. They are appended to formulas as MathML, which browsers draw without a script,
    and a word that numbers them stands in their place. A formula that is not understood stays as it is."""
    import re

    from latex2mathml.converter import convert

    def one(m):
        whole, formula, display = m.group(0), m.group("block") or m.group("inline"), m.group("block") is not None
        if formula is None:
            return whole  # code
        try:
            formulas.append(convert(formula.strip(), display="block" if display else "inline"))
        except Exception:
            return whole
        return f"circuitbookformula{len(formulas) - 1}x"

    return re.sub(
        r"```.*?```|~~~.*?~~~|(?P<ticks>`+).+?(?P=ticks)|\\\$"
        r"|\$\$(?P<block>.+?)\$\$|\$(?P<inline>[^\s$](?:[^$\n]|\n(?!\n))*?(?<![\s\\]))\$(?!\d)",
        one,
        text,
        flags=re.DOTALL,
    )


def drawn(page, formulas):
    """Puts the formulas back, out of attributes, where a heading's name may have got them. Markdown could not have kept them:
    nbconvert closes each tag within a line by itself."""
    import re

    def one(m):
        if m.group(1) is None:
            return re.sub(r"circuitbookformula\d+x", "formula", m.group(0))
        return formulas[int(m.group(1))] if int(m.group(1)) < len(formulas) else m.group(0)

    return re.sub(r"<[a-z][^<>]*>|circuitbookformula(\d+)x", one, page)


def text(value):
    """Text, which a notebook may also hold as a list of pieces."""
    if isinstance(value, list):
        return "".join(map(text, value))
    return value if isinstance(value, str) else json.dumps(value)


# How many characters of one output a report shows: of text, of which the middle
# can be left out, and of anything else.
LONGEST, LARGEST = 1 << 20, 32 << 20
LEFT = "[... {} characters are left out here; the notebook has them ...]"


def cut(text):
    more = len(text) - LONGEST
    return text if more <= 0 else text[: LONGEST // 2] + "\n\n" + LEFT.format(more) + "\n\n" + text[-LONGEST // 2 :]


def shortened(data):
    """A bundle without what nobody can read and no browser shows, which says so."""
    for kind, value in list(data.items()):
        if kind in ("text/plain", "text/markdown", "text/latex"):
            data[kind] = cut(value)
        elif (more := len(text(value))) > LARGEST:
            del data[kind]
            data["text/plain"] = "\n".join(filter(None, [data.get("text/plain"), LEFT.format(more)]))
    return data


def strings(values, *keys):
    return {k: values[k] for k in keys if isinstance(values.get(k), str)}


def table(value):
    return value if isinstance(value, dict) else {}


def shown(nb, hold):
    """What a page shows of a notebook and no more, so that nothing else in it can be refused when all cells have run. Outputs in
    HTML are given to hold."""

    def bundle(data):
        data = shortened({k: v if k.endswith("json") else text(v) for k, v in table(data).items()})
        if "text/html" in data:
            data["text/html"] = hold(data["text/html"])
        return data

    def output(o):
        kind = o.get("output_type")
        if kind == "stream":
            return {"output_type": kind, "name": text(o.get("name")), "text": cut(text(o.get("text")))}
        if kind == "error":
            trace = o.get("traceback")
            o = {"output_type": kind, "ename": text(o.get("ename")), "evalue": text(o.get("evalue"))}
            return o | {"traceback": [text(t) for t in trace] if isinstance(trace, list) else []}
        # Of images, by type, or of all.
        size = {k: v for k, v in table(o.get("metadata")).items() if isinstance(v, dict) == ("/" in k)}
        data = {"output_type": "display_data", "data": bundle(o.get("data")), "metadata": size}
        count = o.get("execution_count")
        return data | {"output_type": kind, "execution_count": count} if kind == "execute_result" else data

    meta, cells, minor = table(nb.get("metadata")), [], nb["nbformat_minor"]
    for c in nb["cells"]:
        tags = c["metadata"].get("tags")
        tags = [t for t in tags if isinstance(t, str) and t and "," not in t] if isinstance(tags, list) else []
        cell = {"cell_type": c["cell_type"], "source": text(c["source"]), "metadata": strings(c["metadata"], "raw_mimetype")}
        cell["metadata"]["tags"] = list(dict.fromkeys(tags))
        if minor >= 5:
            cell["id"] = c["id"]
        if c["cell_type"] == "code":
            cell |= {"execution_count": c["execution_count"], "outputs": [output(o) for o in c["outputs"]]}
        else:
            cell["attachments"] = {
                name: {mime: text(v) for mime, v in file.items()}
                for name, file in table(c.get("attachments")).items()
                if isinstance(file, dict)
            }
        cells.append(cell)
    language = strings(table(meta.get("language_info")), "name", "pygments_lexer")
    meta = strings(meta, "title") | ({"language_info": language} if "name" in language else {})
    return {"nbformat": 4, "nbformat_minor": minor, "metadata": meta, "cells": cells}


def html(source, target, title, template, card):
    """Writes the report as JSON: a page, and what cells bring as HTML, which is not in the page yet. Marks stand where it goes."""
    import secrets

    import nbformat
    from jinja2 import DictLoader, pass_context
    from nbconvert import HTMLExporter
    from nbconvert.filters import strip_files_prefix
    from nbconvert.filters.markdown_mistune import IPythonRenderer

    mark, fragments = "circuitbook" + secrets.token_hex(16) + "n", []

    def hold(fragment):
        fragments.append(fragment)
        return f"{mark}{len(fragments) - 1}x"

    class Exporter(HTMLExporter):
        @pass_context
        def markdown2html(self, context, source):
            formulas = []
            page = super().markdown2html(context, spelled(source, formulas))
            return hold(drawn(strip_files_prefix(page), formulas))

    find = IPythonRenderer._embed_image_or_attachment

    def found(self, src):
        try:
            return find(self, src)
        except Exception:  # an attachment that is not there
            return src

    IPythonRenderer._embed_image_or_attachment = found
    with open(source, encoding="utf-8") as f:
        nb = nbformat.from_dict(shown(json.load(f), hold))
    exporter = Exporter(
        extra_loaders=[DictLoader({"report.html.j2": template})],
        template_file="report.html.j2",
    )
    # What runs in a browser is not shown, but what stands in for it.
    types = ["text/html", "text/markdown", "image/svg+xml", "text/latex", "image/png", "image/jpeg", "text/plain"]
    exporter.config.NbConvertBase.display_data_priority = types
    resources = {"metadata": {"name": title}, "circuitbook_card": card}
    page, _ = exporter.from_notebook_node(nb, resources=resources)
    with open(target, "w", encoding="utf-8") as f:
        json.dump({"page": page, "mark": mark, "fragments": fragments}, f)


if __name__ == "__main__":
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    if sys.argv[1:2] == ["html"]:
        try:
            html(*sys.argv[2:], **json.load(sys.stdin))
        except Exception as e:
            sys.exit(f"{type(e).__name__}: {e}")
    else:
        asyncio.run(execute())
