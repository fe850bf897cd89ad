# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The page of neapc --report=FILE.html, in a browser.

  test_memory_page.py screenshot FILE.png    makes the picture of docs/reports.md
"""
import json
import pathlib
import re
import sys
import tempfile
import unittest

from onnx import helper

from browser import Browser
from command_line import model, neapc, save, value

GRAPH = pathlib.Path(__file__).parents[1] / "models" / "unet3d.ts.onnx"
SIZES = ("--dim=batch=1", "--dim=d=32", "--dim=h=48", "--dim=w=32")


def compile_page(folder, graph, *options):
    """Plans a model and returns the path of the page and what neapc says of the same plan as JSON."""
    page, figures = folder / f"{graph.stem}.html", folder / f"{graph.stem}.json"
    result = neapc(graph, "--plan-only", *options, f"--report={page}", f"--report={figures}")
    assert result.returncode == 0, result.stderr
    return page, json.loads(figures.read_text())["entries"][0]


def odd_model():
    """A model whose names are markup."""
    nodes = [helper.make_node("Softmax", ["x"], ["a"], name="</script><script>alert(1)</script>"),
             helper.make_node("MatMul", ["a", "a"], ["b"], name="<b>&amp;\"'"),
             helper.make_node("Softmax", ["b"], ["y"], name="last")]
    return model(nodes, [value("x", [4, 4])], [value("y", [4, 4])])


class MemoryPageTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name)
        cls.page, cls.entry = compile_page(cls.folder, GRAPH, *SIZES)
        cls.browser = cls.enterClassContext(Browser())

    def setUp(self):
        self.browser.errors.clear()
        self.browser.open(self.page)

    def tearDown(self):
        self.assertEqual(self.browser.errors, [])

    def test_tensors_share_no_bytes_while_both_live(self):
        timeline = self.browser.evaluate("entry.timeline")
        tensors = timeline["tensors"]
        live = [0] * len(timeline["steps"])
        for number, tensor in enumerate(tensors):
            self.assertLess(tensor["begin"], tensor["end"])
            self.assertLessEqual(tensor["offset"] + tensor["bytes"], self.entry["arena_bytes"])
            for step in range(tensor["begin"], tensor["end"]):
                live[step] += tensor["bytes"]
            for other in tensors[number + 1:]:
                if "in_place_of" in other and tensors[other["in_place_of"]] is tensor:
                    live[other["begin"]] -= min(tensor["bytes"], other["bytes"])
                    self.assertEqual(other["begin"] + 1, tensor["end"])
                    self.assertEqual(other["offset"], tensor["offset"])
                    continue
                apart = (other["begin"] >= tensor["end"] or tensor["begin"] >= other["end"]
                         or other["offset"] >= tensor["offset"] + tensor["bytes"]
                         or tensor["offset"] >= other["offset"] + other["bytes"])
                self.assertTrue(apart, (tensor, other))
        self.assertEqual(live, [step["live_bytes"] for step in timeline["steps"]])
        self.assertEqual(max(live), self.entry["max_live_bytes"])
        self.assertEqual(live.index(max(live)), timeline["peak_step"])

    def test_the_page_has_a_rectangle_for_each_tensor(self):
        count = self.browser.evaluate("document.querySelectorAll('rect.tensor').length")
        self.assertEqual(count, self.browser.evaluate("tensors.length"))
        self.assertIn("unet3d.ts.onnx", self.browser.evaluate("document.title"))
        layer = self.browser.evaluate("steps[peakStep].layer")
        self.assertIn(f"at {layer}", self.browser.evaluate("document.querySelector('svg .mark').textContent"))
        self.assertIn(layer, self.browser.evaluate("document.getElementById('explanation').textContent"))

    def test_hover_shows_a_tensor(self):
        self.assertTrue(self.browser.evaluate("document.getElementById('tip').hidden"))
        largest = self.browser.evaluate("tensors.indexOf([...tensors].sort((a, b) => b.bytes - a.bytes)[0])")
        tensor = self.browser.evaluate(f"tensors[{largest}]")
        self.browser.point_at(f"[data-tensor='{largest}']")
        text = self.browser.evaluate("document.getElementById('tip').textContent")
        for part in (tensor["name"], tensor["shape"], f"{tensor['bytes']:,} bytes", f"step {tensor['begin']}",
                     "holds " + tensor["parts"][0]["name"]):
            self.assertIn(part, text)
        self.assertFalse(self.browser.evaluate("document.getElementById('tip').hidden"))
        self.browser.point_at("h1")
        self.assertTrue(self.browser.evaluate("document.getElementById('tip').hidden"))

    def test_a_click_on_the_legend_hides_a_category(self):
        shown = ("[...document.querySelectorAll('rect.tensor.convolution')]"
                 ".filter(rectangle => rectangle.style.display !== 'none').length")
        before = self.browser.evaluate(shown)
        self.assertGreater(before, 0)
        self.browser.click("[data-category=convolution]")
        self.assertEqual(self.browser.evaluate(shown), 0)
        self.browser.click("[data-category=convolution]")
        self.assertEqual(self.browser.evaluate(shown), before)

    def test_a_click_on_a_title_sorts_the_layers(self):
        column = "[...document.querySelectorAll('#layers tbody tr td:nth-child({})')].map(cell => cell.textContent)"
        numbers = lambda: [int(text.replace(",", "")) for text in self.browser.evaluate(column.format(4))]
        self.assertNotEqual(numbers(), sorted(numbers(), reverse=True))
        self.browser.click("#layers th:nth-child(4) button")
        self.assertEqual(numbers(), sorted(numbers(), reverse=True))
        self.browser.click("#layers th:nth-child(4) button")
        self.assertEqual(numbers(), sorted(numbers()))
        self.browser.click("#layers th:nth-child(1) button")
        self.browser.click("#layers th:nth-child(1) button")
        first = self.browser.evaluate(column.format(1))
        self.assertEqual([int(text) for text in first], list(range(len(first))))

    def test_names_are_text(self):
        page, _ = compile_page(self.folder, save(odd_model(), self.folder / "odd.onnx"))
        self.assertNotRegex(page.read_text(), re.escape("<script>alert"))
        self.browser.open(page)
        layers = self.browser.evaluate("[...document.querySelectorAll('#layers td:nth-child(2)')].map(c => c.textContent)")
        for name in ("</script><script>alert(1)</script>", "<b>&amp;\"'", "last"):
            self.assertIn(name, layers)

    def test_a_page_of_nothing(self):
        nothing = model([helper.make_node("Identity", ["x"], ["y"])], [value("x", [4])], [value("y", [4])])
        page, _ = compile_page(self.folder, save(nothing, self.folder / "nothing.onnx"))
        self.browser.open(page)
        self.assertEqual(self.browser.evaluate("document.querySelectorAll('rect.tensor').length"), 0)

    def test_the_page_needs_nothing_else(self):
        self.assertIsNone(re.search(r"https?://(?!www\.w3\.org/2000/svg)", self.page.read_text()))


def make_screenshot(path):
    with tempfile.TemporaryDirectory() as folder, Browser(width=1200, height=1050) as browser:
        browser.open(compile_page(pathlib.Path(folder), GRAPH, *SIZES)[0])
        browser.point_at("[data-tensor='5']")
        browser.evaluate("scrollTo(0, 0)")
        browser.screenshot(path)


if __name__ == "__main__":
    if sys.argv[1:2] == ["screenshot"]:
        make_screenshot(pathlib.Path(sys.argv[2]))
    else:
        unittest.main()
