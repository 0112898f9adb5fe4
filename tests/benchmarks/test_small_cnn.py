"""The training of the small network does what its record says: the same code, on a few images."""

import hashlib
import json
from types import SimpleNamespace

import pytest
import torch

from benchmarks import small_cnn
from course.data.mnist import Images
from course.networks.images import SmallCNN, load_small_cnn
from literate.running import records

KINDS = tuple("abcdefghij")


def few(n, seed, stand_in=False):
    """Return images with a bright bar, whose column tells the label."""
    labels = torch.arange(n) % 10
    noise = torch.rand(n, 28, 28, generator=torch.Generator().manual_seed(seed))
    images = (40 * noise).to(torch.uint8)
    images[torch.arange(n), :, 4 + 2 * labels] = 255
    return Images(images, labels, KINDS, "a test", stand_in)


@pytest.fixture(scope="module")
def measured():
    """Return result and weights of a run, its lines, and how many there were as the test opened."""
    lines, opened = [], []

    class Watched:
        def __init__(self, kept):
            self.kept = kept

        def __getattr__(self, name):
            opened.append(len(lines))
            return getattr(self.kept, name)

    result, content = small_cnn.measure(few(1_280, 0), Watched(few(100, 1)), 1, lines.append)
    return SimpleNamespace(result=result, content=content, lines=lines, opened=opened)


def test_the_test_set_is_opened_when_all_six_networks_are_trained(measured):
    trained = [line for line in measured.lines if "loss" in line]
    assert [line.split(":")[0] for line in trained] == [
        *(f"seed {seed}, 640 rows" for seed in small_cnn.SEEDS),
        *(f"seed {seed}, 1,280 rows" for seed in small_cnn.SEEDS),
    ]
    assert set(measured.opened) == {len(measured.lines)}
    assert not any("test" in line for line in measured.lines)


def test_the_validation_rows_are_none_of_those_it_learned_from(monkeypatch):
    learned, asked = [], []

    def numbers(images):
        return set((255 * images[:, 0, 0, 0]).round().int().tolist())

    def trained(images, labels, *_):
        learned.append(numbers(images))
        return SmallCNN((1,)), 0.0

    def predict(model, batches):
        ((images, labels),) = batches
        asked.append(numbers(images))
        return torch.zeros(len(labels), 10), labels

    monkeypatch.setattr(small_cnn, "trained", trained)
    monkeypatch.setattr(small_cnn, "predict", predict)
    for n, chosen in ((20, 10), (12_000, 7_000)):
        learned.clear()
        asked.clear()
        images = torch.arange(n).view(n, 1, 1).expand(n, 28, 28)
        numbered = Images(images, torch.zeros(n).long(), KINDS, "a test", False)
        small_cnn.measure(numbered, None, 1, lambda line: None)
        assert learned == [set(range(chosen))] * 3 + [set(range(n))] * 3
        assert asked == [set(range(chosen, n))] * 3


def test_what_was_measured_is_for_a_record(measured):
    result = measured.result
    assert json.loads(json.dumps(result)) == result
    assert [len(result[name]) for name in ("validation", "test", "seconds")] == [3, 3, 3]
    counts = torch.tensor(result["counts"])
    assert counts.sum(dim=1).tolist() == [10] * 10
    assert counts.diagonal().sum().item() == pytest.approx(result["test"][0])
    assert result["classes"] == list(KINDS)
    assert result["parameters"] == sum(each.numel() for each in SmallCNN().parameters())


def test_the_file_holds_the_weights_of_the_first_seed_on_all_images(measured, tmp_path):
    assert hashlib.sha256(measured.content).hexdigest() == measured.result["sha256"]
    (tmp_path / "small_cnn.pt").write_bytes(measured.content)
    (tmp_path / "small_cnn.json").write_text(json.dumps({"result": measured.result}))
    images = few(1_280, 0)
    expected, _ = small_cnn.trained(
        small_cnn.as_inputs(images.images), images.labels, 0, 1, lambda line: None
    )
    found = load_small_cnn(tmp_path).state_dict()
    for name, weights in expected.state_dict().items():
        torch.testing.assert_close(found[name], weights)
    assert len(measured.content) < small_cnn.MOST


def test_images_go_in_from_nought_to_one():
    images = torch.tensor([[[0, 255], [51, 0]]], dtype=torch.uint8)
    expected = torch.tensor([[[[0.0, 1.0], [0.2, 0.0]]]])
    torch.testing.assert_close(small_cnn.as_inputs(images), expected)


def test_a_look_opens_no_test_set_and_writes_nothing(monkeypatch, tmp_path, capsys):
    closed = few(10, 1)
    monkeypatch.setattr(small_cnn, "load_fashion_mnist", lambda: (few(1_400, 0), closed))
    monkeypatch.setattr(small_cnn, "RECORD", tmp_path / "small_cnn.json")
    monkeypatch.setattr(small_cnn, "WEIGHTS", tmp_path / "small_cnn.pt")
    monkeypatch.setattr("sys.argv", ["small_cnn", "--epochs", "1", "--rows", "1280"])
    small_cnn.main()
    assert "'test': []" in capsys.readouterr().out
    assert list(tmp_path.iterdir()) == []


def test_without_the_real_images_nothing_is_trained(monkeypatch):
    stand_in = few(10, 0, stand_in=True)
    monkeypatch.setattr(small_cnn, "load_fashion_mnist", lambda: (stand_in, stand_in))
    monkeypatch.setattr("sys.argv", ["small_cnn"])
    with pytest.raises(SystemExit, match="set COURSE_DATA to a folder that holds it"):
        small_cnn.main()


def test_weights_are_kept_whole_and_no_larger_than_promised(monkeypatch, tmp_path):
    monkeypatch.setattr(small_cnn, "WEIGHTS", tmp_path / "small_cnn.pt")
    small_cnn.keep(b"weights")
    assert [path.name for path in tmp_path.iterdir()] == ["small_cnn.pt"]
    assert (tmp_path / "small_cnn.pt").read_bytes() == b"weights"
    with pytest.raises(SystemExit, match="350,001 bytes, and 350,000 are the most"):
        small_cnn.keep(bytes(350_001))
    assert (tmp_path / "small_cnn.pt").read_bytes() == b"weights"


def test_the_weights_that_are_kept_are_those_of_the_record():
    content = small_cnn.WEIGHTS.read_bytes()
    assert hashlib.sha256(content).hexdigest() == records.read(small_cnn.RECORD).result["sha256"]
    assert len(content) <= small_cnn.MOST
