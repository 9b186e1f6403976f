"""Serves the table that is measured, with osquery-python."""

import osquery

NUMBERS = ("a", "b", "c", "d", "e")
NAMES = (*NUMBERS, "s1", "s2", "s3", "s4", "s5")


def row(i):
    command = f"some longer command line --flag={i}"
    values = (i, i * 2, i % 7, i + 0.5, 1_700_000_000 + i, f"/usr/bin/proc{i}", "root", "S", command, "")
    return dict(zip(NAMES, map(str, values)))


ROWS = [row(i) for i in range(100_000)]


@osquery.register_plugin
class Many(osquery.TablePlugin):
    def name(self):
        return "python_many"

    def columns(self):
        types = {"d": "DOUBLE", "e": "BIGINT"}
        return [
            osquery.TableColumn(name=name, type=types.get(name, "INTEGER" if name in NUMBERS else "TEXT"))
            for name in NAMES
        ]

    def generate(self, context):
        return ROWS


if __name__ == "__main__":
    osquery.start_extension(name="python", version="1.0.0")
