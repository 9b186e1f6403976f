"""Answers `select * from python_greetings where name in ('you', 'me')`."""

import osquery

EQUALS = 2


def equal_to(context, column, otherwise):
    """The values that the query asks for in a column.

    The agent checks every row again, so a table may ignore what is asked; but it can spare itself work.
    """
    values = [
        constraint["expr"]
        for asked in context.get("constraints", [])
        if asked["name"] == column
        for constraint in asked["list"]
        if constraint["op"] == EQUALS
    ]
    return values or [otherwise]


@osquery.register_plugin
class Greetings(osquery.TablePlugin):
    def name(self):
        return "python_greetings"

    def columns(self):
        return [
            osquery.TableColumn(name="name", type=osquery.STRING),
            osquery.TableColumn(name="greeting", type=osquery.STRING),
            osquery.TableColumn(name="length", type=osquery.INTEGER),
        ]

    def generate(self, context):
        rows = []
        for name in equal_to(context, "name", "world"):
            greeting = f"Hello, {name}!"
            rows.append({"name": name, "greeting": greeting, "length": str(len(greeting))})
        return rows
