import io
import json

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils.data import TensorDataset

from course.networks.images import (
    Augmented,
    Faster,
    SmallCNN,
    confused,
    load_small_cnn,
    occlusion,
    small_cnn_record,
    surest_mistakes,
    train_small_cnn,
)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


# SmallCNN


@pytest.mark.parametrize(
    ("widths", "size"), [((3,), 1), ((4, 5), 5), ((2, 3, 4), 3), ((1,) * 4, 3)]
)
def test_the_network_is_convolution_pooling_norm_and_relu_for_each_width_then_a_linear_layer(
    widths, size
):
    model = SmallCNN(widths, size, classes=7).double()
    images = torch.rand(6, 1, 28, 28, generator=seeded(), dtype=torch.float64)
    x, weights = images, iter(model.features)
    for width in widths:
        convolution, _, norm, _ = (next(weights) for _ in range(4))
        assert convolution.bias is None
        x = F.max_pool2d(F.conv2d(x, convolution.weight, padding=size // 2), 2)
        mean = x.mean(dim=(0, 2, 3), keepdim=True)
        variance = x.var(dim=(0, 2, 3), keepdim=True, unbiased=False)
        assert norm.weight.shape == (width,)
        x = ((x - mean) / (variance + norm.eps).sqrt()).relu()
    expected = x.flatten(1) @ model.classify.weight.T + model.classify.bias
    torch.testing.assert_close(model(images), expected)
    assert expected.shape == (6, 7)


def test_a_width_that_cannot_be_is_refused():
    for wrong in ((), (1, 2, 3, 4, 5), (3, 0)):
        with pytest.raises(ValueError, match="one to four widths"):
            SmallCNN(wrong)
    with pytest.raises(ValueError, match="positive numbers"):
        SmallCNN((2,), classes=0)
    with pytest.raises(ValueError, match="kernel_size is 4: give an odd one"):
        SmallCNN((2,), kernel_size=4)


# Augmented


def test_each_image_is_moved_by_each_shift_and_mirrored_as_often_as_another():
    n, shift = 20_000, 1
    image = torch.zeros(1, 1, 5, 6)
    image[0, 0, 2, 2] = 1.0
    batches = [(image.expand(n, 1, 5, 6), torch.arange(n))]
    ((changed, labels),) = Augmented(batches, seeded(), shift)
    assert torch.equal(labels, torch.arange(n))
    assert torch.equal(changed.sum(dim=(1, 2, 3)), torch.ones(n))
    # The bright pixel is in column 1, 2 or 3, or mirrored in column 4, 3 or 2.
    share = changed.mean(dim=0)[0]
    expected = torch.zeros(5, 6)
    expected[1:4, 1:5] = torch.tensor([1.0, 2.0, 2.0, 1.0]) / 18
    assert (share - expected).abs().max() < 4 * (1 / 9 / n) ** 0.5


def test_what_comes_in_is_background_and_channels_move_together():
    images = torch.rand(50, 3, 4, 4, generator=seeded()) + 1
    ((changed, _),) = Augmented([(images, torch.zeros(50))], seeded(1), 2, mirror=False)
    seen = set()
    for before, after in zip(images, changed, strict=True):
        fits = [
            (down, right)
            for down in range(-2, 3)
            for right in range(-2, 3)
            if torch.equal(after, F.pad(before, (right, -right, down, -down)))
        ]
        assert len(fits) == 1
        seen.update(fits)
    assert len(seen) > 15


def test_it_draws_anew_each_time_from_its_generator_alone():
    batches = [(torch.rand(9, 1, 6, 6, generator=seeded()), torch.zeros(9))]
    before = torch.get_rng_state()
    augmented = Augmented(batches, seeded(3), 1)
    ((first, _),), ((second, _),) = augmented, augmented
    assert not torch.equal(first, second)
    ((again, _),) = Augmented(batches, seeded(3), 1)
    assert torch.equal(first, again)
    assert torch.equal(torch.get_rng_state(), before)


def test_without_shift_and_mirror_images_stay_and_a_negative_shift_is_refused():
    images = torch.rand(9, 1, 6, 6, generator=seeded())
    ((same, _),) = Augmented([(images, torch.zeros(9))], seeded(), 0, mirror=False)
    assert torch.equal(same, images)
    with pytest.raises(ValueError, match="shift is -1: give 0 or more"):
        Augmented([], seeded(), -1)


# Training


def test_in_half_precision_the_logits_are_nearly_the_same_and_float32():
    torch.manual_seed(0)
    model = SmallCNN((4, 8)).eval()
    images = torch.rand(5, 1, 28, 28, generator=seeded())
    expected = model(images)
    found = Faster(model)(images)
    assert found.dtype == torch.float32
    torch.testing.assert_close(found, expected, atol=0.05, rtol=0)
    assert not torch.equal(found, expected)


def bars(n, generator):
    """Return images with a bar, level or upright, somewhere, and which it is."""
    labels = torch.randint(2, (n,), generator=generator)
    images = torch.zeros(n, 1, 28, 28)
    for image, label, place in zip(
        images, labels, torch.randint(4, 24, (n,), generator=generator), strict=True
    ):
        (image[0] if label else image[0].T)[place] = 1.0
    return images, labels


def test_by_the_recipe_a_network_learns_and_the_same_seeds_give_the_same_weights():
    images, labels = bars(256, seeded())
    weights = []
    for _ in range(2):
        torch.manual_seed(0)
        model = SmallCNN((4, 8), classes=2)
        dataset = TensorDataset(images[:192], labels[:192])
        history = train_small_cnn(model, dataset, 8, seeded(), batch_size=32)
        weights.append(torch.cat([each.detach().reshape(-1) for each in model.parameters()]))
    assert torch.equal(*weights)
    assert history.epochs == 8
    assert history.training[-1] < history.training[0] / 2
    with torch.no_grad():
        answers = model.eval()(images[192:]).argmax(dim=1)
    assert (answers == labels[192:]).float().mean() > 0.9


def test_the_rate_rises_for_a_quarter_of_the_steps_and_falls_to_nothing():
    seen = []

    def look(optimizer, *_):
        for group in optimizer.param_groups:
            decays = group["weight_decay"] == 5e-4
            assert all((each.dim() > 1) is decays for each in group["params"])
            assert group["nesterov"]
        seen.append(optimizer.param_groups[0]["lr"])

    images, labels = bars(70, seeded())
    model = SmallCNN((2,), classes=2)
    handle = register_optimizer_step_pre_hook(look)
    try:
        train_small_cnn(model, TensorDataset(images, labels), 10, seeded(), lr=0.1, batch_size=32)
    finally:
        handle.remove()
    assert len(seen) == 20  # the last six images of an epoch wait for the next
    assert max(seen) == pytest.approx(0.1)
    assert seen.index(max(seen)) == 4
    assert seen[0] < 0.1 / 20
    assert seen[-1] < 1e-5
    assert seen[4:] == sorted(seen[4:], reverse=True)


def test_labels_are_smoothed(monkeypatch):
    smoothing = []
    made = nn.CrossEntropyLoss.forward

    def forward(self, outputs, targets):
        smoothing.append(self.label_smoothing)
        return made(self, outputs, targets)

    monkeypatch.setattr(nn.CrossEntropyLoss, "forward", forward)
    images, labels = bars(20, seeded())
    train_small_cnn(SmallCNN((2,)), TensorDataset(images, labels), 3, seeded(), batch_size=10)
    assert smoothing == [0.05] * 6


def test_fewer_than_five_steps_are_refused():
    dataset = TensorDataset(torch.zeros(127, 1, 28, 28), torch.zeros(127).long())
    with pytest.raises(ValueError, match="9 epochs of 127 images in full batches of 128"):
        train_small_cnn(SmallCNN((1,)), dataset, 9, seeded())
    with pytest.raises(ValueError, match="fewer than five steps"):
        train_small_cnn(SmallCNN((1,)), dataset, 4, seeded(), batch_size=100)


# What it gets wrong


def test_the_surest_mistakes_are_those_that_sorting_row_by_row_finds():
    logits = torch.randn(60, 4, generator=seeded(), dtype=torch.float64)
    labels = torch.randint(4, (60,), generator=seeded(1))
    rows = []
    for i, row in enumerate(logits.tolist()):
        powers = torch.tensor(row).exp()
        if row.index(max(row)) != labels[i]:
            rows.append((-float(powers.max() / powers.sum()), i))
    expected = [i for _, i in sorted(rows)]
    assert surest_mistakes(logits, labels, 7).tolist() == expected[:7]
    assert surest_mistakes(logits, labels, 100).tolist() == expected
    assert surest_mistakes(logits, logits.argmax(dim=1), 7).tolist() == []
    with pytest.raises(ValueError, match=r"give \(n, k\) and \(n,\)"):
        surest_mistakes(logits, labels[:5], 3)
    with pytest.raises(ValueError, match=r"\(60,\)"):
        surest_mistakes(logits[:, 0], labels, 3)


def test_the_pair_that_is_confused_most_counts_both_ways_and_never_right_answers():
    counts = torch.tensor([[90, 5, 0], [0, 80, 3], [1, 3, 70]])
    assert confused(counts) == (1, 2)
    assert confused(counts.T) == (1, 2)
    assert confused(torch.tensor([[0.0, 2.0], [0.0, 0.0]])) == (0, 1)
    for wrong in (counts[:2], torch.zeros(1, 1), torch.zeros(3)):
        with pytest.raises(ValueError, match="k at least 2"):
            confused(wrong)


# Occlusion


@pytest.mark.parametrize("size", [1, 3, 5])
def test_each_pixel_of_the_map_is_what_wiping_out_its_square_costs(size):
    torch.manual_seed(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(20, 3)).double()
    image = torch.rand(1, 4, 5, generator=seeded(), dtype=torch.float64)
    found = occlusion(model, image, label=2, size=size)
    before = model(image.unsqueeze(0)).softmax(dim=1)[0, 2]
    for row in range(4):
        for column in range(5):
            wiped = image.clone()
            reach = size // 2
            wiped[
                :,
                max(0, row - reach) : row + reach + 1,
                max(0, column - reach) : column + reach + 1,
            ] = 0
            after = model(wiped.unsqueeze(0)).softmax(dim=1)[0, 2]
            torch.testing.assert_close(found[row, column], before.detach() - after.detach())
    assert not found.requires_grad


def test_the_model_is_asked_in_eval_mode_and_left_in_its_own():
    class Fails(nn.Module):
        def forward(self, x):
            raise RuntimeError("no")

    image = torch.rand(1, 28, 28, generator=seeded())
    for mode in (True, False):
        model = SmallCNN((2,)).train(mode)
        before = {name: each.clone() for name, each in model.state_dict().items()}
        occlusion(model, image, 0)
        assert model.training is mode
        after = model.state_dict()
        assert all(torch.equal(after[name], each) for name, each in before.items())
        broken = Fails().train(mode)
        with pytest.raises(RuntimeError, match="no"):
            occlusion(broken, image, 0)
        assert broken.training is mode


def test_an_image_of_another_shape_or_an_even_square_is_refused():
    model = SmallCNN((2,))
    for wrong in (torch.zeros(28, 28), torch.zeros(3, 28, 28)):
        with pytest.raises(ValueError, match=r"give \(1, h, w\)"):
            occlusion(model, wrong, 0)
    for size in (0, 2, -3):
        with pytest.raises(ValueError, match=f"size is {size}: give an odd number"):
            occlusion(model, torch.zeros(1, 28, 28), 0, size=size)


# The record


def test_the_weights_are_those_of_the_record_and_name_bright_on_black():
    result = small_cnn_record()
    model = load_small_cnn()
    assert not model.training
    assert sum(each.numel() for each in model.parameters()) == result["parameters"] < 100_000
    assert sum(result["validation"]) / len(result["validation"]) >= 93.0
    counts = torch.tensor(result["counts"])
    assert torch.equal(counts.sum(dim=1), torch.full((10,), 1000))
    assert round(100 * counts.diagonal().sum().item() / 10_000, 2) == result["test"][0]
    trouser = torch.zeros(1, 1, 28, 28)
    trouser[..., 2:26, 9:13] = trouser[..., 2:26, 15:19] = trouser[..., 2:8, 9:19] = 0.8
    assert result["classes"][model(trouser).argmax()] == "Trouser"


def test_weights_that_are_not_those_of_the_record_are_refused(tmp_path):
    content = io.BytesIO()
    torch.save(SmallCNN().state_dict(), content)
    (tmp_path / "small_cnn.pt").write_bytes(content.getvalue())
    with pytest.raises(FileNotFoundError):
        load_small_cnn(tmp_path)
    (tmp_path / "small_cnn.json").write_text(json.dumps({"result": {"sha256": "00", "epochs": 3}}))
    assert small_cnn_record(tmp_path) == {"sha256": "00", "epochs": 3}
    with pytest.raises(ValueError, match="its record says 00: take another copy of both"):
        load_small_cnn(tmp_path)
