"""Is chosen with --logger_plugin=example_name."""

import os

import osquery
from osquery.extensions.ttypes import ExtensionStatus


class ExampleName(osquery.LoggerPlugin):
    """Appends each line of results to a file."""

    def name(self):
        return "example_name"

    def log_string(self, value):
        """Code 0 says that the line is delivered; with any other the agent keeps it and sends it again."""
        try:
            with open(os.environ.get("EXAMPLE_NAME_FILE", "/tmp/example-name.log"), "a", encoding="utf-8") as file:
                file.write(value + "\n")
        except OSError as error:
            return ExtensionStatus(code=1, message=str(error))
        return ExtensionStatus(code=0, message="OK")
