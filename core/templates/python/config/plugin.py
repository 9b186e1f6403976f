"""Is chosen with --config_plugin=example_name."""

import json
import os

import osquery


class ExampleName(osquery.ConfigPlugin):
    """A schedule that is made up on the spot."""

    def name(self):
        return "example_name"

    def content(self):
        schedule = {"uptime": {"query": "select total_seconds from uptime", "interval": 60}}
        if os.path.exists("/etc/shells"):
            schedule["shells"] = {"query": "select path, size from file where path = '/etc/shells'", "interval": 3600}
        return [{"example_name": json.dumps({"schedule": schedule})}]
