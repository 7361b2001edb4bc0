"""Writes and reads Avro with fastavro, to compare with.

One request as JSON on the standard input, one answer as JSON on the standard output. What JSON cannot
hold is an object with one member, such as {"bytes": hex}; records and maps are {"object": members}.
"""

import io
import json
import math
import sys
from datetime import date, datetime, time, timezone
from decimal import Decimal
from uuid import UUID

import fastavro

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def native(value):
    """What fastavro takes for a value of the request."""
    if isinstance(value, list):
        return [native(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "branch" in value:
        return (value["branch"], native(value["value"]))
    ((kind, held),) = value.items()
    if kind == "bytes":
        return bytes.fromhex(held)
    if kind == "float":
        return float(held)
    return {name: native(each) for name, each in held.items()}


def plain(value):
    """A value that fastavro has read, as JSON."""
    if isinstance(value, list):
        return [plain(each) for each in value]
    if isinstance(value, dict):
        return {"object": {name: plain(each) for name, each in value.items()}}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, float) and not math.isfinite(value):
        return {"float": str(value)}
    if isinstance(value, datetime):
        since = value.replace(tzinfo=timezone.utc) - EPOCH
        return {"micros": (since.days * 86400 + since.seconds) * 1000000 + since.microseconds}
    if isinstance(value, date):
        return {"days": value.toordinal() - EPOCH.toordinal()}
    if isinstance(value, time):
        seconds = (value.hour * 60 + value.minute) * 60 + value.second
        return {"micros": seconds * 1000000 + value.microsecond}
    if isinstance(value, Decimal):
        return {"decimal": f"{value:f}"}
    return {"uuid": str(value)} if isinstance(value, UUID) else value


def read(data, writer, reader):
    stream = io.BytesIO(data)
    try:
        value = fastavro.schemaless_reader(stream, writer, reader)
    except Exception as error:  # whatever it is, fastavro does not read it
        return {"error": f"{type(error).__name__}: {error}"}
    return {"value": plain(value), "rest": len(data) - stream.tell()}


def write_and_read(trial):
    stream = io.BytesIO()
    fastavro.schemaless_writer(stream, trial["writer"], native(trial["value"]))
    data = stream.getvalue()
    return {"bytes": data.hex(), **read(data, trial["writer"], trial["reader"])}


def only_read(trial):
    return read(bytes.fromhex(trial["bytes"]), trial["writer"], trial["reader"])


request = json.load(sys.stdin)
answer = {"write": write_and_read, "read": only_read}[request["do"]]
json.dump([answer(trial) for trial in request["trials"]], sys.stdout)
