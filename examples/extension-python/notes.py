"""A table that can be written.

osquery-python's tables only answer `generate` and `columns`; the other actions are answered here. The SDK serves one
connection at a time, so nothing has to be locked.
"""

import json

import osquery
from osquery.extensions.ttypes import ExtensionResponse, ExtensionStatus


@osquery.register_plugin
class Notes(osquery.TablePlugin):
    def __init__(self):
        self.rows = {}
        self.last = 0

    def name(self):
        return "python_notes"

    def columns(self):
        return [
            osquery.TableColumn(name="title", type=osquery.STRING),
            osquery.TableColumn(name="stars", type=osquery.INTEGER),
        ]

    def generate(self, context):
        """Gives each row its `rowid`, by which the agent names it in `update` and `delete`."""
        return [
            {"rowid": str(rowid), "title": title, "stars": str(stars)}
            for rowid, (title, stars) in sorted(self.rows.items())
        ]

    def call(self, context):
        """What the agent calls."""
        if context.get("action") not in ("insert", "update", "delete"):
            return super().call(context)
        return ExtensionResponse(
            status=ExtensionStatus(code=0, message="OK"),
            response=[self.write(context)],
        )

    def write(self, request):
        """The one row in which the agent looks for how it went."""
        rowid = int(request.get("id", self.last + 1))
        if request["action"] == "delete":
            self.rows.pop(rowid, None)
            return {"status": "success"}
        title, stars = json.loads(request["json_value_array"])
        if any(known == title and other != rowid for other, (known, _) in self.rows.items()):
            return {"status": "constraint"}
        self.rows.pop(rowid, None)
        rowid = int(request.get("new_id", rowid))
        self.rows[rowid] = (title, stars)
        self.last = max(self.last, rowid)
        return {"status": "success", "id": str(rowid)}
