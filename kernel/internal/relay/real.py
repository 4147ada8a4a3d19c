"""Drives real kernels for the tests: "kill N" starts N kernels and ends them in
every way there is, "soak N" has one execute N cells, "long N" interrupts a long cell N
times, "write N" ends N cells while they write what they leave behind, "times" measures.
What is wrong is said on standard output, a line each, beginning with "BAD"."""

import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import time

from jupyter_client.manager import KernelManager, start_new_kernel

MARK = "CIRCUITBOOK_RELAY_TEST"
TEMP = os.environ["TMPDIR"]
PATIENCE = 300  # only what is dead takes that long


def marked(value):
    """The living processes that have the mark, by their command."""
    found = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as f:
                if f"{MARK}={value}".encode() not in f.read().split(b"\0"):
                    continue
            with open(f"/proc/{pid}/stat") as f:
                if f.read().rsplit(")", 1)[1].split()[0] in "ZX":
                    continue
            with open(f"/proc/{pid}/cmdline", "rb") as f:
                found[int(pid)] = f.read().replace(b"\0", b" ").decode().strip()
        except OSError:
            pass
    return found


def folders():
    """What lies in TMPDIR, but for connection files, which are the client's."""
    return [n for n in os.listdir(TEMP) if not n.endswith(".json")]


def start(value):
    km = KernelManager(kernel_name="circuitbook")
    km.start_kernel(env={**os.environ, MARK: value})
    kc = km.client()
    kc.start_channels()
    kc.wait_for_ready(timeout=PATIENCE)
    return km, kc


CELLS = [
    "%%bash\nsleep 30001 &\necho on\nsleep 30002",
    '!setsid sleep 30003 & echo on; sleep 30004',
    'cmd := exec.Command("sleep", "30005")\ncmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}\n_ = cmd.Start()\nfmt.Println("on")\ntime.Sleep(time.Hour)',
]


def busy(kc, source):
    """Executes a cell that does not end, and waits until it is on its way."""
    kc.execute(source)
    end = time.time() + PATIENCE
    while time.time() < end:
        m = kc.get_iopub_msg(timeout=PATIENCE)
        if m["msg_type"] == "stream" and "on" in m["content"]["text"]:
            return
        if m["msg_type"] == "error":
            print("BAD cell", m["content"], flush=True)
            return


def gonb(value):
    return [pid for pid, args in marked(value).items() if "--raw_error" in args]


def kernel(km):
    return km.provisioner.pid


def by_parent(value, source):
    """A client that starts a kernel is killed."""
    p = subprocess.Popen([sys.executable, __file__, "client", value, source], stdout=subprocess.PIPE, text=True)
    p.stdout.readline()
    p.kill()
    p.wait()


def client(value, source):
    km, kc = start(value)
    busy(kc, source)
    print("on", flush=True)
    time.sleep(3600)


def told(sig):
    return lambda km, kc, value: os.kill(kernel(km), sig)


WAYS = {
    "asked": lambda km, kc, value: kc.shutdown(),
    "asked by its manager": lambda km, kc, value: km.shutdown_kernel(),
    "killed by its manager": lambda km, kc, value: km.shutdown_kernel(now=True),
    "SIGTERM": told(signal.SIGTERM),
    "SIGHUP": told(signal.SIGHUP),
    "SIGKILL": told(signal.SIGKILL),
    "GoNB killed": lambda km, kc, value: [os.kill(p, signal.SIGKILL) for p in gonb(value)],
    "GoNB told": lambda km, kc, value: [os.kill(p, signal.SIGTERM) for p in gonb(value)],
    "restarted": lambda km, kc, value: (km.restart_kernel(), km.shutdown_kernel()),
    "restarted at once": lambda km, kc, value: (km.restart_kernel(now=True), km.shutdown_kernel(now=True)),
}


def kill(n):
    ways = [*WAYS, "parent killed", "killed at birth", "told at birth", "idle, asked", "idle, SIGKILL"]
    for i in range(n):
        way, source, value = ways[i % len(ways)], CELLS[i // len(ways) % len(CELLS)], f"{os.getpid()}-{i}"
        km = None
        if way == "parent killed":
            by_parent(value, source)
        elif way.endswith("at birth"):
            km = KernelManager(kernel_name="circuitbook")
            km.start_kernel(env={**os.environ, MARK: value})
            time.sleep(i % 13 * 0.03)
            os.kill(kernel(km), signal.SIGKILL if way.startswith("killed") else signal.SIGTERM)
        else:
            km, kc = start(value)
            if way.startswith("idle"):
                way_of = WAYS[way.split(", ")[1]]
            else:
                busy(kc, source)
                way_of = WAYS[way]
            way_of(km, kc, value)
        end, left, files = time.time() + PATIENCE, {}, []
        while time.time() < end:
            if km is not None and km.has_kernel:
                km.provisioner.process.poll()
            left, files = marked(value), folders()
            if not left and not files:
                break
            time.sleep(0.02)
        else:
            print("BAD", i, way, repr(source), left, files, flush=True)
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            for name in files:  # the next ones are looked at by themselves
                shutil.rmtree(os.path.join(TEMP, name), ignore_errors=True)
                pathlib.Path(TEMP, name).unlink(missing_ok=True)
        if km is not None:
            km.cleanup_resources()
    print("done", n, flush=True)


def run(kc, source):
    """Executes a cell and returns its reply and how long it took."""
    began = time.perf_counter()
    reply = kc.execute_interactive(source, timeout=PATIENCE, output_hook=lambda m: None)
    return reply["content"], time.perf_counter() - began


def memory(pids):
    """Resident bytes of the processes, by pid."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/statm") as f:
            total += int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return total


def soak(n):
    value = str(os.getpid())
    km, kc = start(value)
    run(kc, "kept, table := make([]int, 1<<16), map[string]int{}")
    sources = ['x := {0}\nfmt.Println(x)', 'kept[{0}] = {0}\nkept[0]++', 'table[fmt.Sprint({0}%7)] = kept[0]\nname := fmt.Sprint({0})', "!echo {0}", "{0} * 2", 'panic("{0}")', "undefined{0}", 'fmt.Fprintln(os.Stderr, "{0}")']
    warm = n - 1 - (n - 1 - max(6, n // 10)) // len(sources) * len(sources)  # a cell like the last one: its program is as large
    before = files = 0
    for i in range(n):
        reply, _ = run(kc, sources[i % len(sources)].format(i))
        if (reply["status"] == "ok") == (i % len(sources) in (5, 6)):
            print("BAD", i, reply, flush=True)
        if i % 5 == 0:
            kc.complete("fmt.Pr", reply=True, timeout=PATIENCE)
        if i == warm:
            print("MiB:", {args.split("/")[-1][:40]: memory([pid]) >> 20 for pid, args in marked(value).items()}, flush=True)
            before, files, disk = memory(marked(value)), *on_disk()
    time.sleep(1)
    print("MiB:", {args.split("/")[-1][:40]: memory([pid]) >> 20 for pid, args in marked(value).items()}, flush=True)
    after, now, full = memory(marked(value)), *on_disk()
    print(f"after {warm} cells {before >> 20} MiB, {files} files of {disk >> 10} KiB, after {n} {after >> 20} MiB, {now} of {full >> 10} KiB", flush=True)
    if full > disk * 1.1 + (1 << 20):
        print("BAD the disk held", disk, "bytes and now holds", full, flush=True)
    # A kernel remembers the sources of its cells, to say where a mistake is.
    if after > before * 1.1 + (1 << 20) + 8192 * (n - warm):
        print("BAD memory grew by", after - before, flush=True)
    if now > files + 2:
        print("BAD files", files, "became", now, flush=True)
    km.shutdown_kernel()
    print("done", n, flush=True)


def long(n):
    """Interrupts a cell with a literal of 32,000 numbers on one line at n moments, from
    when it is read and compiled to when it waits; each time it ends as interrupted,
    its own value is not kept, and the next cell has the values of before."""
    km, kc = start(str(os.getpid()))
    numbers = ", ".join(str(i * 7919 % 1000003) for i in range(32000))
    run(kc, "kept := 41")
    for i in range(n):
        source = f"long := []float64{{{numbers}}}\nfmt.Println(\"on\", len(long), {i})\ntime.Sleep(time.Hour)"
        if i == n - 1:
            busy(kc, source)
            mid = None
        else:
            mid = kc.execute(source)
            while (m := kc.get_iopub_msg(timeout=PATIENCE))["msg_type"] != "status" or m["parent_header"].get("msg_id") != mid:
                pass
            time.sleep(i * 0.08)
        began = time.perf_counter()
        km.interrupt_kernel()
        while (m := kc.get_shell_msg(timeout=PATIENCE))["msg_type"] != "execute_reply" or mid and m["parent_header"]["msg_id"] != mid:
            pass
        took = time.perf_counter() - began
        if m["content"].get("ename") != "Interrupted":
            print("BAD", i, m["content"], flush=True)
        after, _ = run(kc, 'kept++\nif kept != 42 {\n\tpanic(kept)\n}\nkept--')
        if after["status"] != "ok":
            print("BAD after", i, after, flush=True)
        print(i, f"ended {took:.2f} s after the interrupt", flush=True)
    lost, _ = run(kc, "len(long)")
    if lost["status"] == "ok":
        print("BAD a value of an interrupted cell is kept", flush=True)
    km.shutdown_kernel()
    print("done", n, flush=True)


def on_disk():
    """How many files TMPDIR holds, and their bytes."""
    sizes = []
    for folder, _, names in os.walk(TEMP):
        for name in names:
            try:
                sizes.append(os.path.getsize(os.path.join(folder, name)))
            except OSError:
                pass
    return len(sizes), sum(sizes)


def write(n):
    """Ends cells while they write what they leave behind: the state is the one before or after."""
    rng, value = random.Random(1), str(os.getpid())
    km, kc = start(value)
    make, count, ended, done = "big := make([]int, 6<<20)", 0, 0, 0
    run(kc, make)
    for i in range(n):
        way = ("SIGKILL", "SIGTERM", "interrupt", "restart")[i % 4] if i % 20 else "restart"
        mid = kc.execute('for i := range big {\n\tbig[i]++\n}\nfmt.Println("on")')
        while True:
            m = kc.get_iopub_msg(timeout=PATIENCE)
            if m["parent_header"].get("msg_id") == mid and m["msg_type"] == "stream":
                break
        time.sleep(rng.random() * 0.12)
        if way == "interrupt":
            km.interrupt_kernel()
        elif way == "restart":
            km.restart_kernel(now=True)
            kc.wait_for_ready(timeout=PATIENCE)
        else:
            for pid, args in marked(value).items():
                if os.path.basename(args.split(" ")[0]).startswith("gonb_"):
                    os.kill(pid, getattr(signal, way))
        if way == "restart":
            if run(kc, "big[0]")[0]["status"] == "ok":
                print("BAD", i, "a restart left a value", flush=True)
            run(kc, make)
            count = 0
            continue
        while kc.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != mid:
            pass
        text, seen = [], []
        for _ in range(2):  # an interrupt that comes too late for the one cell ends the next
            kc.execute_interactive("fmt.Println(slices.Min(big), slices.Max(big))", timeout=PATIENCE,
                                   output_hook=lambda m: text.append(m["content"].get("text", "")) if m["msg_type"] == "stream" else seen.append(m["content"]))
            if text:
                break
        try:
            least, most = map(int, "".join(text).split())
        except ValueError:
            print("BAD", i, way, "afterwards", text, seen, flush=True)
            break
        if least != most or least not in (count, count + 1):
            print("BAD", i, way, "between", count, "and", count + 1, "the state is", least, most, flush=True)
        ended, done, count = ended + (least == count), done + (least > count), least
    print(f"{ended} cells ended before their state was kept, {done} after", flush=True)
    if n >= 40 and not (ended and done):
        print("BAD no cell ended on the one side", flush=True)
    km.shutdown_kernel()
    print("done", n, flush=True)


def times(name, trivial, engine):
    """Measures a kernel: until it answers, until a cell was executed, cells, a first completion."""
    began = time.perf_counter()
    km, kc = start_new_kernel(kernel_name=name)
    out = {"ready": time.perf_counter() - began}
    mid = kc.complete("fmt.Pr")
    while kc.get_shell_msg(timeout=PATIENCE)["parent_header"].get("msg_id") != mid:
        pass
    out["first completion"] = time.perf_counter() - began - out["ready"]
    out["first cell"] = run(kc, trivial.format(100))[1]
    for what, source in (("trivial", trivial), ("engine", engine)):
        took = []
        for i in range(6):
            reply, t = run(kc, source.format(i))
            if reply["status"] != "ok":
                print("BAD", what, reply, flush=True)
            took.append(t)
        out[what] = sorted(took[1:])[2]
    km.shutdown_kernel()
    print(json.dumps({k: round(v, 3) for k, v in out.items()}), flush=True)


if __name__ == "__main__":
    mode = sys.argv[1]
    if mode == "client":
        client(*sys.argv[2:])
    elif mode == "times":
        times(*sys.argv[2:])
    else:
        {"kill": kill, "long": long, "soak": soak, "write": write}[mode](int(sys.argv[2]))
