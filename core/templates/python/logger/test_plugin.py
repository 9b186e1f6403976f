import os
import tempfile
import unittest

from plugin import ExampleName


class ExampleNameTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def test_lines_are_appended_in_their_order(self):
        path = os.environ["EXAMPLE_NAME_FILE"] = os.path.join(self.directory, "lines")
        for request in ({"string": '{"n":1}'}, {"snapshot": '{"n":2}'}):
            self.assertEqual(ExampleName().call(request).status.code, 0)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(file.read(), '{"n":1}\n{"n":2}\n')

    def test_a_line_that_cannot_be_written_is_not_delivered(self):
        os.environ["EXAMPLE_NAME_FILE"] = os.path.join(self.directory, "no", "such", "directory")
        self.assertEqual(ExampleName().call({"string": "{}"}).status.code, 1)


if __name__ == "__main__":
    unittest.main()
