"""The corpus of the protocol, read and written by this SDK."""

import io
import json
import unittest
from pathlib import Path

from outpost_sdk import blocks, wire
from outpost_sdk.errors import OutpostError
from outpost_sdk.messages import METHODS

CORPUS = Path(__file__).parents[3] / "protocol" / "corpus"


def entries(name):
    return json.loads((CORPUS / name).read_text("utf-8"))


def plain(value):
    """A value as Python has it: the corpus writes bytes and large integers as objects."""
    if isinstance(value, dict):
        if value.keys() == {"hex"}:
            return bytes.fromhex(value["hex"])
        if value.keys() == {"integer"}:
            return int(value["integer"])
        return {key: plain(inner) for key, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list) else value


def found(value):
    """What was read without what is empty, since missing and empty are the same."""
    if isinstance(value, dict):
        kept = {key: found(inner) for key, inner in value.items()}
        return {key: inner for key, inner in kept.items() if inner not in ("", 0, False, b"", [], {})}
    return [found(inner) for inner in value] if isinstance(value, list) else value


class Corpus(unittest.TestCase):
    def test_frames_are_read(self):
        frames = [frame for frame in entries("frames.json") if frame["kind"] != "exception"]
        self.assertGreater(len(frames), 20)
        for frame in frames:
            with self.subTest(frame["name"]):
                header, fields = self.read(bytes.fromhex(frame["hex"]), frame["kind"])
                self.assertEqual((header.name, header.id), (frame["method"], frame["sequenceId"]))
                answer = fields["success"] if frame["kind"] == "reply" else fields
                self.assertEqual(found(answer), found(plain(frame["fields"])))

    def test_what_is_written_is_read_again(self):
        for frame in entries("frames.json"):
            if frame["kind"] == "exception":
                continue
            with self.subTest(frame["name"]):
                header, fields = self.read(bytes.fromhex(frame["hex"]), frame["kind"])
                written = wire.write_message(header, self.struct(frame["method"], frame["kind"]).write(fields))
                self.assertEqual(self.read(written, frame["kind"]), (header, fields))

    def test_frames_that_are_cut_off_are_refused(self):
        for frame in entries("frames.json"):
            if frame["kind"] == "exception":
                continue
            whole = bytes.fromhex(frame["hex"])
            for end in range(len(whole)):
                with self.assertRaises(EOFError):
                    self.read(whole[:end], frame["kind"])

    def test_blocks(self):
        for entry in entries("blocks.json"):
            with self.subTest(entry["name"]):
                data = bytes.fromhex(entry["hex"])
                if "rows" in entry:
                    rows = blocks.read_block(data)
                    self.assertEqual(rows, plain(entry["rows"]))
                    self.assertEqual(blocks.read_block(blocks.write_block(rows)), rows)
                else:
                    with self.assertRaises(OutpostError) as caught:
                        blocks.read_block(data)
                    self.assertEqual(caught.exception.code, "BLOCK_MALFORMED")

    @staticmethod
    def struct(method, kind):
        return METHODS[method].result if kind == "reply" else METHODS[method].arguments

    def read(self, data, kind):
        source = io.BytesIO(data)
        stream = wire.Stream(source)
        header = wire.read_header(stream)
        fields = self.struct(header.name, kind).read(stream)
        self.assertEqual(source.read(), b"")
        return header, fields


if __name__ == "__main__":
    unittest.main()
