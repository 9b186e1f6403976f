"""An extension in Python on version 2 of the protocol: two tables, a configuration, a logger and live queries."""

from files import file_config, file_logger, file_queries
from greetings import greetings
from notes import notes
from outpost_sdk import serve

if __name__ == "__main__":
    plugins = [greetings, notes, file_config, file_logger, file_queries]
    serve(plugins, name="example_sdk_python", version="1.0.0")
