"""A stand-in of Snowflake for tests: fakesnow, made to speak with Snowflake's driver for Node.

fakesnow answers queries in Arrow, which that driver does not read, and some of its answers lack what the driver waits
for. Here they are written as Snowflake writes them as JSON. Prints the port it listens on, on the loopback only.

What a table of this stand-in proves is the protocol, the SQL and the transactions; it is not Snowflake.
"""

import datetime
import gzip
import json
import re
import socket
import sys
from base64 import b64decode
from decimal import Decimal

import fakesnow.info_schema
import fakesnow.server
import pyarrow
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

# A comment goes into another catalog of DuckDB, and no transaction may write to two.
fakesnow.info_schema.insert_table_comment_sql = lambda *_, **__: "SELECT 1"
# Files are put into a folder that server and client both have.
fakesnow.server.gcs_stage_info = lambda _request, _expression, data: data["stageInfo"]

TEMPORARY = re.compile(r"create\s+or\s+replace\s+(?:local\s+)?temp(?:orary)?\s+(table|view)", re.I)
CHANGES = {
    "number of rows inserted": "numRowsInserted",
    "number of rows updated": "numRowsUpdated",
    "number of rows deleted": "numRowsDeleted",
}
# How the driver is to show values, as Snowflake tells it by default.
FORMATS = {
    "BINARY_OUTPUT_FORMAT": "HEX",
    "DATE_OUTPUT_FORMAT": "YYYY-MM-DD",
    "TIME_OUTPUT_FORMAT": "HH24:MI:SS",
    "TIMESTAMP_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM",
    "TIMESTAMP_NTZ_OUTPUT_FORMAT": "YYYY-MM-DD HH24:MI:SS.FF3",
}


def cell(value, kind):
    """A value as a text of Snowflake's JSON format."""
    if value is None or isinstance(value, dict) and value.get("epoch", 0) is None:
        return None
    if kind.startswith("timestamp"):
        seconds = Decimal(value["epoch"]) + Decimal(value["fraction"]) / 10**9
        text = f"{seconds:f}"
        return f"{text} {value['timezone']}" if kind == "timestamp_tz" else text
    if kind == "date":
        return str((value - datetime.date(1970, 1, 1)).days)
    if kind == "time":
        return str(Decimal(value) / 10**9)
    if kind == "boolean":
        return "1" if value else "0"
    if kind == "binary":
        return value.hex().upper()
    if isinstance(value, (dict, list)):
        return json.dumps(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)


class Rewritten:
    """A request with another statement: fakesnow makes no temporary tables in a schema."""

    def __init__(self, request, body):
        self.headers = {k: v for k, v in request.headers.items() if k.lower() != "content-encoding"}
        self.headers["Authorization"] = request.headers.get("authorization")
        self.url, self.query_params = request.url, request.query_params
        self.content = body

    async def body(self):
        return self.content


async def rewritten(request):
    raw = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
    body = json.loads(raw)
    body["sqlText"] = TEMPORARY.sub(r"create or replace \1", body["sqlText"])
    return Rewritten(request, json.dumps(body).encode())


def with_counts(data):
    """Adds how many rows a statement has changed, without which the driver waits for ever."""
    rows = data["rowset"]
    data["returned"] = data["total"] = len(rows)
    data["stats"] = {name: 0 for name in CHANGES.values()} | {"numDmlDuplicates": 0}
    for column, value in zip(data["rowtype"], rows[0] if rows else []):
        if column["name"] in CHANGES:
            data["stats"][CHANGES[column["name"]]] = int(value or 0)


def as_json(data):
    """Writes the rows that fakesnow gives in Arrow as JSON."""
    data["parameters"] += [{"name": name, "value": value} for name, value in FORMATS.items()]
    encoded = data.pop("rowsetBase64", "")
    data["queryResultFormat"] = "json"
    rows = []
    if encoded:
        table = pyarrow.ipc.open_stream(b64decode(encoded)).read_all()
        kinds = [column["type"].lower() for column in data["rowtype"]]
        columns = [[cell(v, kind) for v in c.to_pylist()] for c, kind in zip(table.columns, kinds)]
        rows = [list(row) for row in zip(*columns)]
    data["rowset"] = rows
    data["returned"] = data["total"] = len(rows)


async def query(request):
    answer = await fakesnow.server.query_request(await rewritten(request))
    body = json.loads(answer.body)
    if answer.status_code >= 500:
        # The driver tries again what a server could not do; what fakesnow cannot do is an error of SQL.
        failure = {"errorCode": "000603", "sqlState": "XX000"}
        return JSONResponse({**body, "data": failure, "code": "000603", "success": False})
    data = body.get("data")
    if not request.headers.get("user-agent", "").lower().startswith("javascript"):
        return answer
    if body.get("success") and data and "rowtype" in data:
        data["version"] = 1
        if data.get("queryResultFormat") == "arrow":
            as_json(data)
        else:
            with_counts(data)
    return JSONResponse(body, status_code=answer.status_code)


async def heartbeat(_request):
    return JSONResponse({"data": None, "success": True, "code": None, "message": None})


async def end_sessions(_request):
    """Ends all sessions and their transactions, as Snowflake does some time after a client is gone."""
    for connection in list(fakesnow.server.sessions.values()):
        connection.close()
    fakesnow.server.sessions.clear()
    return JSONResponse({})


QUERY = "/queries/v1/query-request"
routes = [
    Route(QUERY, query, methods=["POST"]),
    Route("/session/heartbeat", heartbeat, methods=["POST"]),
    Route("/stand-in/sessions", end_sessions, methods=["DELETE"]),
    *(route for route in fakesnow.server.routes if route.path != QUERY),
]

if __name__ == "__main__":
    listening = socket.socket()
    listening.bind(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0))
    print(listening.getsockname()[1], flush=True)
    uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning")).run([listening])
