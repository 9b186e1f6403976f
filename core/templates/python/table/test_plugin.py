import os
import tempfile
import unittest
from unittest import mock

from plugin import ExampleName


class ExampleNameTest(unittest.TestCase):
    def rows_of(self, text):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "shells")
            if text is not None:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
            with mock.patch("plugin.PATH", path):
                return ExampleName().generate({"constraints": []})

    def test_each_program_is_a_row_with_its_line(self):
        self.assertEqual(
            self.rows_of("# login shells\n/bin/sh\n\n/bin/bash\n"),
            [{"path": "/bin/sh", "line": "2"}, {"path": "/bin/bash", "line": "4"}],
        )

    def test_a_machine_without_the_file_has_no_rows(self):
        self.assertEqual(self.rows_of(None), [])


if __name__ == "__main__":
    unittest.main()
