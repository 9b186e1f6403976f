"""Serves example_name: the program that an agent starts, by way of example-name.ext."""

import osquery

from plugin import ExampleName

if __name__ == "__main__":
    osquery.register_plugin(ExampleName)
    osquery.start_extension(name="example_name", version="0.1.0")
