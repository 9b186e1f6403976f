"""Answers `select * from sdk_python_greetings where name in ('you', 'me')`."""

from outpost_sdk import integer, table, text

COLUMNS = {
    "name": text("Who is greeted", index=True, optimized=True),
    "greeting": text("The words"),
    "length": integer("Their length"),
}


@table("sdk_python_greetings", COLUMNS, description="Greetings, one for each name that is asked for.")
def greetings(scan):
    for name in scan.equals("name") or ["world"]:
        greeting = f"Hello, {name}!"
        yield {"name": name, "greeting": greeting, "length": len(greeting)}
