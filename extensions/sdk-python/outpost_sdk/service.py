"""What an extension answers."""

from . import blocks
from .cursors import Cursor, Cursors
from .errors import OutpostError
from .plugins import LogLine


class Service:
    """Answers the methods of an extension from its plugins.

    The methods of version 2 take their arguments in the order of arrival, and give back the work that is left,
    `work(call)`, which may be done beside that of other calls.
    """

    def __init__(self, plugins):
        self._plugins = {(plugin.registry, plugin.name): plugin for plugin in plugins}
        self.uuid = 0

    def registry(self):
        """What is registered: routes by registry and name."""
        registry = {}
        for (kind, name), plugin in self._plugins.items():
            registry.setdefault(kind, {})[name] = plugin.routes()
        return registry

    def documents(self):
        """Documentation of the tables."""
        return [plugin.document() for (kind, _), plugin in self._plugins.items() if kind == "table"]

    def _plugin(self, kind, name):
        plugin = self._plugins.get((kind, name))
        if plugin is None:
            raise OutpostError("PLUGIN_FAILED", f"The extension has no {kind} plugin {name}.")
        return plugin

    # ---- version 1, answered at once ----

    def ping(self, _arguments):
        return {"code": 0, "message": "pong", "uuid": self.uuid}

    def shutdown(self, _arguments):
        """The core is about to end; whoever holds the lease notices when it has."""
        return None

    def call(self, arguments):
        try:
            return self._ask(arguments)
        except Exception as error:  # whatever a plugin raises is its answer
            return {"status": {"code": 1, "message": str(error), "uuid": self.uuid}}

    def _ask(self, arguments):
        plugin = self._plugin(arguments["registry"], arguments["item"])
        if plugin.registry == "table":
            raise OutpostError("PLUGIN_FAILED", f"The table {plugin.name} is read by openRows of version 2 only.")
        code, rows = plugin.ask(arguments["request"])
        return {"status": {"code": code, "message": "OK", "uuid": self.uuid}, "response": rows}

    # ---- version 2 ----

    def openRows(self, arguments, cursors: Cursors):
        cursor = Cursor(self._plugin("table", arguments["scan"]["table"]), arguments["scan"])
        number = cursors.add(cursor)
        return self._page(cursor, number, arguments)

    def nextRows(self, arguments, cursors: Cursors):
        number = arguments["cursor"]
        return self._page(cursors.get(number), number, arguments)

    def _page(self, cursor, number, arguments):
        place = cursor.ask()
        return lambda call: {"cursor": number, **cursor.page(place, arguments["page_bytes"], call)}

    def write(self, arguments, _cursors):
        row = arguments["row"]
        plugin = self._plugin("table", row["table"])
        values = blocks.read_block(row["values"])
        row_id = row["row_id"] if row["has_row_id"] or row["kind"] != 1 else None
        return lambda _call: {
            "row_id": plugin.write(row["kind"], row_id, row["new_row_id"], values[0] if values else []) or 0
        }

    def logLines(self, arguments, _cursors):
        plugin = self._plugin("logger", arguments["logger"])
        lines = [LogLine(line["kind"], line["line"].decode("utf-8", "surrogateescape")) for line in arguments["lines"]]

        def work(_call):
            accepted = plugin.deliver(lines)
            return {"accepted": len(lines) if accepted is None else accepted}

        return work

    def ask(self, arguments, _cursors):
        return lambda _call: {"answer": self._ask(arguments)}
