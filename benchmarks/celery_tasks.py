"""The pipeline that FHIR Desk replaces, as it usually looks: a row in a database, a task, one POST. Runs in the venv
that `celery_peer` makes, not in the program's own."""

import os
import sqlite3

import requests
from celery import Celery

app = Celery("peer", broker=os.environ["PEER_BROKER"])
app.conf.update(task_acks_late=True, task_ignore_result=True, broker_connection_retry_on_startup=True)
_session = requests.Session()


@app.task(name="peer.post")  # type: ignore[untyped-decorator]
def post(number: int) -> None:
    """One row goes to the server."""
    with sqlite3.connect(os.environ["PEER_DATABASE"], timeout=30) as rows:
        body, condition = rows.execute("SELECT body, condition FROM work WHERE id = ?", (number,)).fetchone()
    headers = {"Content-Type": "application/fhir+json", "If-None-Exist": condition}
    answer = _session.post(f"{os.environ['PEER_BASE']}/Patient", data=body.encode(), headers=headers, timeout=30)
    answer.raise_for_status()
    with sqlite3.connect(os.environ["PEER_DATABASE"], timeout=30) as rows:
        place = answer.headers.get("Location", "")
        rows.execute("UPDATE work SET status = 'done', location = ? WHERE id = ?", (place, number))
