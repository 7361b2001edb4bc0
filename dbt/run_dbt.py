"""Runs dbt in this process and tells how far it is: one line of JSON on stdout for each node that is done.

usage: run_dbt.py [dbt's arguments, default: build]

    {"event": "node", "done": 7, "total": 45, "name": "dim_users", "status": "pass", "seconds": 0.3, "message": "OK"}
    {"event": "end", "success": true, "message": null}

A status is pass, fail, error or skip. Exits with 0 when all of dbt succeeded, else with 1.
Needs STREAMIFY_RAW and STREAMIFY_WAREHOUSE, the files to read and to build. DBT_TARGET_PATH and
DBT_LOG_PATH say where dbt puts its own files: keep the first between runs, and dbt parses less.

While its standard input is a pipe, this process ends as soon as that is closed: dbt does not
outlive a parent that was killed, and never holds a database that the next run needs.
"""

import json
import os
import stat
import sys
import threading
from pathlib import Path

if sys.version_info < (3, 10):
    found = sys.version.split()[0]
    sys.exit(f"dbt needs Python 3.10 or later, this is {found}: make the .venv with a newer one")

STATUSES = {"success": "pass", "skipped": "skip", "runtime error": "error", "partial success": "error"}


def end_with_stdin() -> None:
    """Ends this process when its standard input, if that is a pipe or a socket, is closed."""
    if sys.stdin is None:
        return
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


def main(arguments: list[str]) -> bool:
    end_with_stdin()
    project = str(Path(__file__).resolve().parent)
    os.environ.setdefault("DBT_PROJECT_DIR", project)
    os.environ.setdefault("DBT_PROFILES_DIR", project)
    try:
        from dbt.cli.main import dbtRunner
    except ModuleNotFoundError as missing:
        install = "pip install --require-hashes -r dbt/requirements.txt"
        sys.exit(f"{missing.name} is not installed in {sys.prefix}: run {install} there")

    # Reports are all there is on stdout, whatever else may print.
    reports, sys.stdout = sys.stdout, sys.stderr
    done = total = 0
    one_at_a_time = threading.Lock()

    def report(**facts: object) -> None:
        print(json.dumps(facts), file=reports, flush=True)

    def on_event(event) -> None:
        nonlocal done, total
        if event.info.name == "ConcurrencyLine":
            total = event.data.node_count
        if event.info.name != "NodeFinished" or event.data.node_info.materialized == "ephemeral":
            return
        node, result = event.data.node_info, event.data.run_result
        with one_at_a_time:
            done += 1
            report(
                event="node",
                done=done,
                total=total,
                name=node.node_name,
                status=STATUSES.get(result.status, result.status),
                seconds=round(result.execution_time, 3),
                message=result.message or None,
            )

    quiet = ["--log-level", "none", "--log-level-file", "info"]
    result = dbtRunner(callbacks=[on_event]).invoke([*quiet, *arguments])
    report(event="end", success=result.success, message=str(result.exception) if result.exception else None)
    if result.exception:
        print(result.exception, file=sys.stderr)
    return result.success


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:] or ["build"]) else 1)
