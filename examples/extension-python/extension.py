"""An extension in Python: two tables, a configuration and a logger."""

import osquery

import files  # noqa: F401  registers its plugins
import greetings  # noqa: F401
import notes  # noqa: F401

if __name__ == "__main__":
    osquery.start_extension(name="example_python", version="1.0.0")
