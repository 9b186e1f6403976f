import json
import unittest
from unittest import mock

from plugin import ExampleName


class ExampleNameTest(unittest.TestCase):
    def queries(self, has_shells):
        with mock.patch("os.path.exists", return_value=has_shells):
            response = ExampleName().call({"action": "genConfig"})
        self.assertEqual(response.status.code, 0)
        return list(json.loads(response.response[0]["example_name"])["schedule"])

    def test_what_is_asked_depends_on_the_machine(self):
        self.assertEqual(self.queries(False), ["uptime"])
        self.assertEqual(self.queries(True), ["uptime", "shells"])


if __name__ == "__main__":
    unittest.main()
