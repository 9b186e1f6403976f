"""A configuration from one file, a logger that appends to another, and live queries from a third."""

import json
import os

from outpost_sdk import Distributed, config, logger

CONFIG_FILE = os.environ.get("CONFIG_FILE", "/etc/outpost/outpost.conf")
LOGGER_FILE = os.environ.get("LOGGER_FILE", "/var/log/outpost-sdk-python.log")
QUERIES_FILE = os.environ.get("QUERIES_FILE", "/tmp/outpost-queries.json")


@config("sdk_python_file")
def file_config():
    """Is chosen with --config_plugin=sdk_python_file."""
    with open(CONFIG_FILE, encoding="utf-8") as file:
        return {CONFIG_FILE: file.read()}


@logger("sdk_python_file")
def file_logger(lines):
    """Is chosen with --logger_plugin=sdk_python_file. What it raises has the lines come again."""
    with open(LOGGER_FILE, "a", encoding="utf-8", errors="surrogateescape") as file:
        file.writelines(line.text + "\n" for line in lines)


def queries():
    """Takes {"queries": {"who": "select * from users"}} from the file."""
    try:
        with open(QUERIES_FILE, encoding="utf-8") as file:
            wanted = json.load(file)
    except FileNotFoundError:
        return {"queries": {}}
    os.remove(QUERIES_FILE)
    return wanted


def results(found):
    """Writes beside the file what came of them, all at once. A query that failed has a status other than 0."""
    statuses = found.get("statuses", {})
    came = [
        {"query_name": name, "status": int(statuses.get(name, 0)), "rows": rows}
        for name, rows in found["queries"].items()
    ]
    with open(QUERIES_FILE + ".part", "w", encoding="utf-8") as file:
        json.dump(came, file)
    os.rename(QUERIES_FILE + ".part", QUERIES_FILE + ".results")


file_queries = Distributed("sdk_python_file", queries, results)
