"""Starts an agent of its own, as programs that use osquery-python do, and asks it; prints what it was told as JSON."""

import json
import sys

import osquery
from thrift.transport.TTransport import TTransportException

instance = osquery.SpawnInstance(sys.argv[1])
instance.open()
client = instance.client
try:
    client.ping()
except TTransportException:  # the SDK gives up after a second, and does not say so
    instance.connection.open(timeout=30)
answered = client.query("select 7 * 6 as answer, null as absent, 'ü' as umlaut")
failed = client.query("select * from nowhere")
print(
    json.dumps(
        {
            "ping": client.ping().message,
            "answer": answered.response,
            "failure": [failed.status.code, failed.status.message],
            "columns": client.getQueryColumns("select pid, name from processes").response,
            "extensions": len(client.extensions()),
            "verbose": client.options()["verbose"].type,
        }
    )
)
