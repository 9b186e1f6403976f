"""Answers `select * from example_name where path = '/bin/sh'`."""

import osquery

PATH = "/etc/shells"


class ExampleName(osquery.TablePlugin):
    """Programs that users may have as their shell."""

    def name(self):
        return "example_name"

    def columns(self):
        return [
            osquery.TableColumn(name="path", type=osquery.STRING),
            osquery.TableColumn(name="line", type=osquery.INTEGER),
        ]

    def generate(self, context):
        """All rows. What is asked stands in the context, and may be ignored: the agent checks every row again."""
        try:
            with open(PATH, encoding="utf-8") as file:
                lines = file.read().splitlines()
        except FileNotFoundError:
            return []
        return [
            {"path": line, "line": str(number)} for number, line in enumerate(lines, start=1) if line.startswith("/")
        ]
