"""A configuration from one file, and a logger that appends to another."""

import os

import osquery
from osquery.extensions.ttypes import ExtensionStatus

CONFIG_FILE = os.environ.get("CONFIG_FILE", "/etc/outpost/outpost.conf")
LOGGER_FILE = os.environ.get("LOGGER_FILE", "/var/log/outpost-python.log")


@osquery.register_plugin
class FileConfig(osquery.ConfigPlugin):
    """Is chosen with --config_plugin=python_file."""

    def name(self):
        return "python_file"

    def content(self):
        with open(CONFIG_FILE, encoding="utf-8") as file:
            return [{CONFIG_FILE: file.read()}]


@osquery.register_plugin
class FileLogger(osquery.LoggerPlugin):
    """Is chosen with --logger_plugin=python_file.

    The SDK takes results and snapshots; the agent's own messages it refuses before they come here. An answer other
    than 0 makes the agent keep the line and send it again.
    """

    def name(self):
        return "python_file"

    def log_string(self, value):
        with open(LOGGER_FILE, "a", encoding="utf-8") as file:
            file.write(value + "\n")
        return ExtensionStatus(code=0, message="OK")
