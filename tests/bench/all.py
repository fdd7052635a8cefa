#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""all.py [BIN] [--out FOLDER] [--only ROW…] [--again] [--quick] [--list]: every figure that the program promises, row by row.

BIN holds the programs of an optimised build (build/release/bin), and build/release/bench beside it the benches that are
programs. A row is one run of a bench; what it measured is FOLDER/ROW.json, and a row that is there is not measured again, so
a run that was ended goes on where it was (--again measures anew). After each row FOLDER/table.md and table.json tell all of
them: median, 95 % interval, bound and whether it is met, the peer, and what else ran meanwhile. Rows take minutes; --quick
gives each some seconds, to see that it works: such figures are marked and are not worth anything. Needs root."""
import argparse
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
import figures  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
ROW_SECONDS_AT_MOST = 3 * 3600
CLEANING_SECONDS_AT_MOST = 300
NOT_YET = "not measured yet"
NOT_MET = 3  # the status; 1 and 2 are Python's and argparse's


@dataclasses.dataclass(frozen=True)
class Row:
    """`words`, and `quick` where that is asked for, go to the bench; {bin} and {bench} are folders. `minutes` is what it
    takes on two cores without KVM, about."""

    name: str
    title: str
    peer: str
    minutes: float
    words: tuple
    quick: tuple = ()
    is_extra: bool = False  # no line of the table of what is promised


def twin(name, title, peer, minutes, *words):
    return Row(name, title, peer, minutes, ("twin_vm_bench.py", "{bin}", "--only", name, *words), ("--rounds", "2", "--idle-seconds", "6"))


def window(name, title, peer, minutes, *words):
    quick = "--rounds", "2", "--seconds", "3", "--warm-up", "5", "--stopped-seconds", "5", "--workloads", "6", *(("8",) if name == "window" else ())
    return Row(name, title, peer, minutes, ("window_bench.py", "{bin}", "--past", "{bench}/bench.past", "--rows", *words), quick)


def sampler(name, title, peer, minutes, *words):
    return Row(name, title, peer, minutes, ("sampler_bench.py", "{bench}/bench.sampler", "--bin", "{bin}", "--only", *words),
               ("--rounds", "1", "--minutes", "0.3", "--machines", "2"))


ROWS = (
    twin("boot", "twin VM, TCG, against the default q35 VM of the same kernel", "q35: 7.2 s, 8.8 CPU-s, 393 MiB", 4),
    twin("kvm", "the same under KVM", "QEMU 244 ms, Firecracker 110 ms (published)", 1),
    twin("share", "our share on top of QEMU, define to exec", "virsh create 420 to 650 ms, QEMU alone 55", 1),
    twin("idle", "idle twin VM, TCG", "q35 0.26 % of a core", 2.5),
    twin("disk", "image layers to a bootable root disk", "tar extraction of the same layers", 2),
    sampler("sampler", "sampling 100 and 1,000 containers at 1 Hz", "podman stats, docker stats (2 s a call), cAdvisor 7 to 15 %",
            10, "containers", "podman"),
    sampler("sampler-minutes", "sampling 1,000 for 10 minutes", "", 10.5, "minutes"),
    sampler("sampler-vms", "sampling 20 VMs that run", "libvirt's bulk call, 18 to 33 ms of CPU", 7.5, "vms"),
    window("stopped", "one QEMU stopped (SIGSTOP)", "a libvirt caller hangs 30 to 39 s", 7, "stopped", "--workloads", "200", "--rounds", "5"),
    window("window", "window, 200 and 1,000 workloads, 12 charts of 10 minutes, seen and minimised", "virt-manager 5.95 % and 82 %, 179 MiB",
           15, "cost"),
    Row("charts", "Compare page, 40 series x 3,600 points", "plain Qt Charts over 200 ms", 1,
        ("parts_bench.py", "{bench}", "--only", "charts"), ("--rounds", "5")),
    window("smooth", "frame time scrolling 200 live rows while a twin boots", "", 4, "smooth", "--workloads", "200"),
    Row("history", "history, 10 minutes x 10 metrics", "", 0.5, ("parts_bench.py", "{bench}", "--only", "rings")),
    Row("a-a", "A against A (container against container)", "", 3, ("a_a_bench.py", "{bin}", "--kinds", "container"), ("--rounds", "3")),
    window("observer", "observer effect", "", 4, "observer", "--workloads", "200"),
    Row("ruler", "known costs: bare, in a container, in a VM", "the load's own count", 25, ("ruler_bench.py", "{bin}"),
        ("--rounds", "1", "--seconds", "5"), is_extra=True),
)


def command_of(row, options, path):
    places = {"bin": str(options.binaries), "bench": str(options.binaries.parent / "bench")}
    words = [word.format(**places) for word in (*row.words, *(row.quick if options.quick else ()))]
    return [sys.executable, str(HERE / words[0]), *words[1:], "--json", str(path)]


def run(words, said):
    """The status; a bench that takes too long, or whose person interrupts, gets time to remove what it made."""
    with subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, start_new_session=True) as bench:
        try:
            return bench.wait(ROW_SECONDS_AT_MOST)
        except subprocess.TimeoutExpired:
            return f"none within {ROW_SECONDS_AT_MOST} s"
        finally:
            if bench.poll() is None:
                bench.send_signal(signal.SIGINT)
                try:
                    bench.wait(CLEANING_SECONDS_AT_MOST)
                except subprocess.TimeoutExpired:
                    bench.kill()


def measure(row, options):
    """True when its file is there afterwards. A bench that fails leaves its last words instead, and is run again next time."""
    part, log, done = (options.out / f"{row.name}.{end}" for end in ("part", "log", "json"))
    failed = options.out / f"{row.name}.failed"
    for old in (part, failed, done):
        old.unlink(missing_ok=True)
    began = time.monotonic()
    with open(log, "w", encoding="utf-8") as said:
        status = run(command_of(row, options, part), said)
    if status != 0 or not part.exists():
        part.unlink(missing_ok=True)
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        failed.write_text(f"{lines[-1] if lines else 'it said nothing'} (status {status})\n", encoding="utf-8")
        return False
    record = json.loads(part.read_text(encoding="utf-8"))
    record.update(row=row.name, quick=options.quick, seconds=time.monotonic() - began)
    part.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    part.rename(done)
    return True


def result_of(row, out):
    """What the table says of a row: its record, or why there is none."""
    done, failed = out / f"{row.name}.json", out / f"{row.name}.failed"
    result = {"row": row.name, "title": row.title, "peer": row.peer, "record": None, "problem": NOT_YET}
    if done.exists():
        result.update(record=json.loads(done.read_text(encoding="utf-8")), problem=None)
    elif failed.exists():
        result["problem"] = "failed: " + failed.read_text(encoding="utf-8").strip()
    return result


def broken_figures(result):
    return [figure for figure in map(figures.figure_of, result["record"]["figures"]) if figure.is_broken]


def verdict_of(result):
    """Of a whole row: "met", "does not apply here", or what is missing."""
    if result["record"] is None:
        return f"not measured: {result['problem']}"
    if broken := broken_figures(result):
        return "not met: " + "; ".join(f"{figure.title.strip()} ({figure.verdict})" for figure in broken)
    verdicts = {record["verdict"] for record in result["record"]["figures"]}
    return "does not apply here" if "does not apply here" in verdicts and "met" not in verdicts else "met"


def is_fulfilled(result, is_quick):
    """A quick row only has to run."""
    return result["record"] is not None and (is_quick or not broken_figures(result))


def cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def markdown(results):
    lines = ["| row | figure | median | 95 % interval | at most | | note |", "|---|---|---|---|---|---|---|"]
    below = []
    for result in results:
        title = f"**{result['title']}**" + (f" (peer: {result['peer']})" if result["peer"] else "")
        record = result["record"]
        if record is None:
            lines.append(f"| {cell(title)} | | | | | not measured | {cell(result['problem'])} |")
            continue
        title += " — quick: worth nothing" if record["quick"] else ""
        for figure in map(figures.figure_of, record["figures"]):
            lines.append("| " + " | ".join(cell(text) for text in [title, *figure.cells()]) + " |")
            title = ""
        below.append(f"- {result['row']}: {figures.surroundings_text(record['surroundings'])}")
    verdicts = [f"- {cell(result['row'])}: {cell(verdict_of(result))}" for result in results]
    return "\n".join([*lines, "", *verdicts, "", *below]) + "\n"


def write_table(out):
    results = [result_of(row, out) for row in ROWS]
    extra = {row.name for row in ROWS if row.is_extra}
    results = [result for result in results if result["row"] not in extra or result["problem"] != NOT_YET]
    for result in results:
        result["verdict"] = verdict_of(result)
    for name, text in (("table.md", markdown(results)), ("table.json", json.dumps({"version": 1, "rows": results}, indent=1) + "\n")):
        part = out / (name + ".part")
        part.write_text(text, encoding="utf-8")
        part.rename(out / name)
    return results


def is_done(row, options):
    """A quick figure is no figure."""
    record = result_of(row, options.out)["record"]
    return record is not None and not options.again and (options.quick or not record["quick"])


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binaries", nargs="?", default=str(TOP / "build/release/bin"))
    parser.add_argument("--out", default=str(TOP / "build/bench/table"))
    parser.add_argument("--only", nargs="+", choices=[row.name for row in ROWS], metavar="ROW",
                        default=[row.name for row in ROWS if not row.is_extra])
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--list", action="store_true", help="the rows, what each runs and the minutes that it takes")
    options = parser.parse_args(words)
    options.binaries, options.out = pathlib.Path(options.binaries).resolve(), pathlib.Path(options.out).resolve()
    return options


def show_rows(options):
    for row in ROWS:
        runs = " ".join(command_of(row, options, options.out / f"{row.name}.json")[1:])
        print(f"{row.name:16} {row.minutes:4g} min  {row.title}{' (only when named)' if row.is_extra else ''}\n{'':16} {runs}")
    print(f"{'the table':16} {sum(row.minutes for row in ROWS if not row.is_extra):4g} min")


def main(words=None):
    options = parse(words)
    chosen = [row for row in ROWS if row.name in options.only]
    if options.list:
        show_rows(options)
        return 0
    os.makedirs(options.out, exist_ok=True)
    for row in chosen:
        if is_done(row, options):
            print(f"{row.name}: measured before", flush=True)
            continue
        print(f"{row.name}: {row.title}, about {row.minutes:g} minutes", flush=True)
        measure(row, options)
        write_table(options.out)
        print(f"{row.name}: {verdict_of(result_of(row, options.out))}", flush=True)
    results = [result for result in write_table(options.out) if result["row"] in options.only]
    print(markdown(results))
    fulfilled = sum(is_fulfilled(result, options.quick) for result in results)
    print(f"{fulfilled} of {len(results)} rows {'ran' if options.quick else 'are met'}")
    return 0 if fulfilled == len(results) else NOT_MET


if __name__ == "__main__":
    sys.exit(main())
