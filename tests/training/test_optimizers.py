import io
import re

import pytest
import torch

from course.training.adam import Adam, AdamW, RMSProp
from course.training.optimizers import (
    SGD,
    Momentum,
    Nesterov,
    UpdateRule,
    descend_bowl,
    steps_to_arrive,
)

# Ours, torch's, the settings they share, and those that torch's needs besides.
PAIRS = {
    "SGD": (SGD, torch.optim.SGD, {"lr": 0.02}, {}),
    "Momentum": (Momentum, torch.optim.SGD, {"lr": 0.01, "momentum": 0.8}, {}),
    "Nesterov": (Nesterov, torch.optim.SGD, {"lr": 0.01, "momentum": 0.8}, {"nesterov": True}),
    "RMSProp": (RMSProp, torch.optim.RMSprop, {"lr": 0.02, "alpha": 0.9, "eps": 1e-3}, {}),
    "Adam": (Adam, torch.optim.Adam, {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3}, {}),
    "AdamW": (
        AdamW,
        torch.optim.AdamW,
        {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.3},
        {},
    ),
}
pairs = pytest.mark.parametrize(("ours", "theirs", "settings", "more"), PAIRS.values(), ids=PAIRS)
all_of_ours = pytest.mark.parametrize(
    ("ours", "settings"), [(pair[0], pair[2]) for pair in PAIRS.values()], ids=PAIRS
)
DEFAULTS = {
    "Momentum": (Momentum, torch.optim.SGD, {"lr": 0.1}, {"momentum": 0.9}),
    "Nesterov": (Nesterov, torch.optim.SGD, {"lr": 0.1}, {"momentum": 0.9, "nesterov": True}),
    "RMSProp": (RMSProp, torch.optim.RMSprop, {}, {}),
    "Adam": (Adam, torch.optim.Adam, {}, {}),
    "AdamW": (AdamW, torch.optim.AdamW, {}, {}),
}
SHAPES = [(), (3,), (2, 4), (2, 1, 3), (0,)]


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up_parameters(seed=0):
    generator = torch.Generator().manual_seed(seed)
    draws = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in SHAPES]
    return [draw.requires_grad_() for draw in draws]


def give_gradients(parameters, step):
    """Leave the gradient of a curved cost, noisy, and none for one parameter in some steps."""
    generator = torch.Generator().manual_seed(step)
    for number, parameter in enumerate(parameters):
        noise = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
        w = parameter.detach()
        parameter.grad = w + 0.1 * w**3 + 10.0**-number * noise
        if number == 1 and step % 5 < 2:
            parameter.grad = None


def assert_same(ours, theirs, **tolerance):
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, **tolerance or {"rtol": 1e-12, "atol": 1e-14})


# Equal to torch's, step by step


@pairs
def test_fifty_steps_are_those_of_torch(ours, theirs, settings, more):
    mine, other = made_up_parameters(), made_up_parameters()
    optimizer, reference = ours(mine, **settings), theirs(other, **settings, **more)
    for step in range(50):
        before = [parameter.detach().clone() for parameter in mine]
        give_gradients(mine, step)
        give_gradients(other, step)
        optimizer.step()
        reference.step()
        assert_same(mine, other)
        for number, parameter in enumerate(mine):
            moved = not torch.equal(parameter, before[number])
            assert moved == (parameter.grad is not None and parameter.numel() > 0)


@pytest.mark.parametrize(("ours", "theirs", "settings", "more"), DEFAULTS.values(), ids=DEFAULTS)
def test_the_default_settings_are_those_of_torch(ours, theirs, settings, more):
    mine, other = made_up_parameters(), made_up_parameters()
    optimizer, reference = ours(mine, **settings), theirs(other, **settings, **more)
    for step in range(5):
        for parameters in (mine, other):
            for parameter in parameters:
                parameter.grad = torch.full_like(parameter, 3e-8 if step else 1e-8)  # to see eps
        optimizer.step()
        reference.step()
        assert_same(mine, other)
    for name, value in optimizer.defaults.items():
        assert reference.defaults[name] == value


@pairs
def test_each_group_has_its_own_settings_and_they_may_change_midway(ours, theirs, settings, more):
    mine, other = made_up_parameters(), made_up_parameters()

    def groups(parameters):
        return [{"params": parameters[:2]}, {"params": parameters[2:], "lr": settings["lr"] / 7}]

    optimizer, reference = ours(groups(mine), **settings), theirs(groups(other), **settings, **more)
    for step in range(50):
        give_gradients(mine, step)
        give_gradients(other, step)
        for each in (optimizer, reference):
            if step == 20:
                each.param_groups[0]["lr"] *= 0.1
            each.step()
        assert_same(mine, other)


@pairs
def test_a_group_may_be_added_later(ours, theirs, settings, more):
    mine, other = made_up_parameters(), made_up_parameters()
    optimizer, reference = ours(mine[:2], **settings), theirs(other[:2], **settings, **more)
    for step in range(10):
        if step == 4:
            optimizer.add_param_group({"params": mine[2:], "lr": 0.001})
            reference.add_param_group({"params": other[2:], "lr": 0.001})
        give_gradients(mine, step)
        give_gradients(other, step)
        optimizer.step()
        reference.step()
        assert_same(mine, other)


@pairs
@pytest.mark.parametrize(
    "schedule",
    [
        lambda optimizer: torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.3),
        lambda optimizer: torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=20),
    ],
    ids=["steps", "cosine"],
)
def test_the_schedulers_of_torch_work_on_them(ours, theirs, settings, more, schedule):
    mine, other = made_up_parameters(), made_up_parameters()
    optimizer, reference = ours(mine, **settings), theirs(other, **settings, **more)
    schedulers = schedule(optimizer), schedule(reference)
    for step in range(20):
        give_gradients(mine, step)
        give_gradients(other, step)
        optimizer.step()
        reference.step()
        for scheduler in schedulers:
            scheduler.step()
        assert optimizer.param_groups[0]["lr"] == reference.param_groups[0]["lr"]
        assert_same(mine, other)
    assert optimizer.param_groups[0]["lr"] < settings["lr"] / 10


@all_of_ours
def test_everything_is_computed_where_the_parameters_are(ours, settings):
    mine, other = made_up_parameters(), made_up_parameters()
    optimizer, reference = ours(mine, **settings), ours(other, **settings)
    for step in range(3):
        give_gradients(mine, step)
        give_gradients(other, step)
        with torch.device("meta"):  # where tensors without a device of their own would be, and fail
            optimizer.step()
        reference.step()
    assert_same(mine, other, rtol=0, atol=0)


# The interface


@all_of_ours
def test_a_closure_computes_the_loss_anew_and_with_gradients(ours, settings):
    one, two = (torch.tensor([1.0, -2.0], requires_grad=True) for _ in range(2))
    by_closure, by_hand = ours([one], **settings), ours([two], **settings)

    def closure():
        by_closure.zero_grad()
        loss = (one**2).sum()
        loss.backward()
        return loss

    for _ in range(3):
        by_hand.zero_grad()
        expected = (two**2).sum()
        expected.backward()
        assert by_hand.step() is None
        with torch.no_grad():
            assert by_closure.step(closure) == expected
        assert torch.equal(one, two)


@all_of_ours
def test_a_step_leaves_gradients_as_they_are_and_zero_grad_removes_them(ours, settings):
    parameters = made_up_parameters()
    optimizer = ours(parameters, **settings)
    give_gradients(parameters, step=2)
    before = [parameter.grad.clone() for parameter in parameters]
    optimizer.step()
    assert_same([parameter.grad for parameter in parameters], before, rtol=0, atol=0)
    optimizer.zero_grad()
    assert all(parameter.grad is None for parameter in parameters)


@all_of_ours
def test_a_gradient_that_is_written_over_does_not_change_what_is_remembered(ours, settings):
    one, two = made_up_parameters(), made_up_parameters()
    optimizers = ours(one, **settings), ours(two, **settings)
    for step in range(3):
        give_gradients(one, step)
        give_gradients(two, step)
        for optimizer in optimizers:
            optimizer.step()
        optimizers[0].zero_grad(set_to_none=False)  # fills the same tensors with zeros
    assert_same(one, two, rtol=0, atol=0)


@all_of_ours
def test_the_parameters_are_changed_in_place_and_stay_leaves_of_the_graph(ours, settings):
    parameters = made_up_parameters()
    places = [parameter.data_ptr() for parameter in parameters]
    optimizer = ours(parameters, **settings)
    for step in range(3):
        give_gradients(parameters, step)
        optimizer.step()
    assert [parameter.data_ptr() for parameter in parameters] == places
    assert all(parameter.is_leaf and parameter.requires_grad for parameter in parameters)
    remembered = [value for state in optimizer.state.values() for value in state.values()]
    assert not any(getattr(value, "requires_grad", False) for value in remembered)


@all_of_ours
def test_training_goes_on_bit_for_bit_from_a_saved_state(ours, settings):
    whole, first = made_up_parameters(), made_up_parameters()
    straight, stopped = ours(whole, **settings), ours(first, **settings)
    for step in range(7):
        for parameters, optimizer in ((whole, straight), (first, stopped)):
            give_gradients(parameters, step)
            optimizer.step()
    stopped.param_groups[0]["lr"] /= 2
    straight.param_groups[0]["lr"] /= 2

    file = io.BytesIO()
    torch.save({"optimizer": stopped.state_dict(), "parameters": first}, file)
    file.seek(0)
    saved = torch.load(file, weights_only=True)
    rest = [parameter.detach().requires_grad_() for parameter in saved["parameters"]]
    resumed = ours(rest, **{**settings, "lr": 123.0})
    resumed.load_state_dict(saved["optimizer"])
    for step in range(7, 14):
        for parameters, optimizer in ((whole, straight), (rest, resumed)):
            give_gradients(parameters, step)
            optimizer.step()
    assert_same(rest, whole, rtol=0, atol=0)
    assert resumed.state_dict()["param_groups"] == straight.state_dict()["param_groups"]


@all_of_ours
def test_the_same_gradients_give_the_same_weights(ours, settings):
    runs = []
    for _ in range(2):
        parameters = made_up_parameters()
        optimizer = ours(parameters, **settings)
        for step in range(5):
            give_gradients(parameters, step)
            optimizer.step()
        runs.append(parameters)
    assert_same(*runs, rtol=0, atol=0)


@all_of_ours
def test_the_type_of_the_parameters_is_kept(ours, settings):
    w = torch.ones(2, dtype=torch.bfloat16, requires_grad=True)
    optimizer = ours([w], **settings)
    for _ in range(2):
        w.grad = torch.ones_like(w)
        optimizer.step()
    assert w.dtype == torch.bfloat16
    assert (w < 1).all()


def test_a_rule_of_ones_own_needs_only_its_update():
    class SignDescent(UpdateRule):
        def update(self, parameter, gradient, state, group):
            parameter -= group["lr"] * gradient.sign()

    w = torch.tensor([1.0, -1.0], requires_grad=True)
    w.grad = torch.tensor([7.0, -0.1])
    SignDescent([w], {"lr": 0.5}).step()
    assert w.tolist() == [0.5, -0.5]

    with pytest.raises(NotImplementedError, match=exactly("an optimizer defines update")):
        UpdateRule([w], {"lr": 0.5}).step()


# What the docstrings say of the rules


def test_momentum_steps_grow_to_the_stated_length_where_gradients_agree():
    w = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    optimizer = Momentum([w], lr=0.5, momentum=0.75)
    for _ in range(200):
        before = w.item()
        w.grad = torch.ones_like(w)
        optimizer.step()
    assert before - w.item() == pytest.approx(0.5 / (1 - 0.75))


def test_nesterovs_rule_is_that_of_sutskever_seen_from_the_point_of_the_gradient():
    curvature = torch.tensor([1.0, 30.0], dtype=torch.float64)
    w = torch.tensor([1.0, -2.0], dtype=torch.float64, requires_grad=True)
    optimizer = Nesterov([w], lr=0.02, momentum=0.7)
    theta, velocity = w.detach().clone(), torch.zeros(2, dtype=torch.float64)
    for _ in range(30):
        ahead = theta + 0.7 * velocity
        torch.testing.assert_close(w.detach(), ahead)
        velocity = 0.7 * velocity - 0.02 * curvature * ahead
        theta = theta + velocity
        w.grad = curvature * w.detach()
        optimizer.step()


# Convergence on a valley: a cost that is a hundred times steeper across than along

CURVATURE = torch.tensor([1.0, 100.0], dtype=torch.float64)
BEST = torch.tensor([3.0, -2.0], dtype=torch.float64)


def descend_valley(make, steps):
    w = torch.zeros(2, dtype=torch.float64, requires_grad=True)
    optimizer = make([w])
    for _ in range(steps):
        optimizer.zero_grad()
        (CURVATURE * (w - BEST) ** 2 / 2).sum().backward()
        optimizer.step()
    return w.detach()


def test_gradient_descent_shrinks_each_distance_by_its_own_factor():
    for steps in (1, 10, 100):
        w = descend_valley(lambda params: SGD(params, lr=0.015), steps)
        torch.testing.assert_close(w, BEST - BEST * (1 - 0.015 * CURVATURE) ** steps)


@pytest.mark.parametrize(
    "make",
    [
        # The best settings for a quadratic with these curvatures, as theory has them.
        lambda params: Momentum(params, lr=(2 / 11) ** 2, momentum=(9 / 11) ** 2),
        lambda params: Nesterov(params, lr=1 / 100, momentum=9 / 11),
    ],
    ids=["Momentum", "Nesterov"],
)
def test_momentum_is_at_the_bottom_where_gradient_descent_is_still_on_its_way(make):
    best_lr = 2 / (CURVATURE.min() + CURVATURE.max()).item()
    plain = descend_valley(lambda params: SGD(params, lr=best_lr), 150)
    assert (plain - BEST).abs().max() > 0.1
    assert (descend_valley(make, 150) - BEST).abs().max() < 1e-5


@pytest.mark.parametrize(
    ("make", "within"),
    [
        (lambda params: RMSProp(params, lr=0.01), 0.02),
        (lambda params: Adam(params, lr=0.1), 1e-6),
        (lambda params: AdamW(params, lr=0.1, weight_decay=0), 1e-6),
    ],
    ids=["RMSProp", "Adam", "AdamW"],
)
def test_those_that_scale_gradients_reach_the_bottom_too(make, within):
    assert (descend_valley(make, 1000) - BEST).abs().max() < within


# Settings


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda params, value: SGD(params, lr=value), "lr"),
        (lambda params, value: Momentum(params, lr=value), "lr"),
        (lambda params, value: Nesterov(params, lr=value), "lr"),
        (lambda params, value: RMSProp(params, lr=value), "lr"),
        (lambda params, value: RMSProp(params, eps=value), "eps"),
        (lambda params, value: Adam(params, lr=value), "lr"),
        (lambda params, value: Adam(params, eps=value), "eps"),
        (lambda params, value: AdamW(params, lr=value), "lr"),
        (lambda params, value: AdamW(params, eps=value), "eps"),
        (lambda params, value: AdamW(params, weight_decay=value), "weight_decay"),
        (lambda params, value: SGD([{"params": params, "lr": value}], lr=1.0), "lr"),
        (lambda params, value: SGD([torch.ones(1)], 1).add_param_group({"lr": value}), "lr"),
    ],
)
@pytest.mark.parametrize("value", [-0.1, float("inf"), float("nan")])
def test_a_negative_or_endless_setting_is_refused(make, name, value):
    message = f"{name} is {value}: give at least 0 and less than inf"
    with pytest.raises(ValueError, match=exactly(message)):
        make(made_up_parameters(), value)


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda params, value: Momentum(params, lr=0.1, momentum=value), "momentum"),
        (lambda params, value: Nesterov(params, lr=0.1, momentum=value), "momentum"),
        (lambda params, value: RMSProp(params, alpha=value), "alpha"),
    ],
)
@pytest.mark.parametrize("value", [-0.1, 1.0, float("nan")])
def test_a_part_that_is_left_must_be_less_than_the_whole(make, name, value):
    message = f"{name} is {value}: give at least 0 and less than 1"
    with pytest.raises(ValueError, match=exactly(message)):
        make(made_up_parameters(), value)


def test_zero_is_a_setting_like_others():
    for optimizer_class, _, settings, _ in PAIRS.values():
        w = torch.ones(1, requires_grad=True)
        zeros = {name: (0, 0) if name == "betas" else 0 for name in settings}
        optimizer = optimizer_class([w], **zeros)
        w.grad = torch.ones(1)
        optimizer.step()
        assert w.item() == 1


def test_a_group_that_is_refused_is_not_added():
    optimizer = SGD(made_up_parameters(), lr=0.1)
    with pytest.raises(ValueError, match="lr is -1"):
        optimizer.add_param_group({"params": made_up_parameters(), "lr": -1})
    assert len(optimizer.param_groups) == 1


@pytest.mark.parametrize(
    ("make", "group", "unknown", "has"),
    [
        (SGD, {"weight_decay": 0.1}, "weight_decay", "lr"),
        (
            Momentum,
            {"weight_decay": 0.1, "nesterov": True},
            "nesterov, weight_decay",
            "lr, momentum",
        ),
        (Nesterov, {"betas": (0.9, 0.99)}, "betas", "lr, momentum"),
        (RMSProp, {"momentum": 0.9}, "momentum", "lr, alpha, eps"),
        (Adam, {"weight_decay": 0.0}, "weight_decay", "lr, betas, eps"),
        (AdamW, {"amsgrad": True}, "amsgrad", "lr, betas, eps, weight_decay"),
        (AdamW, {"wieght_decay": 0.1}, "wieght_decay", "lr, betas, eps, weight_decay"),
    ],
)
def test_a_setting_of_a_group_that_would_change_nothing_is_refused(make, group, unknown, has):
    parameter = torch.ones(2, requires_grad=True)
    message = (
        f"a group sets {unknown}, and {make.__name__} has no such setting, only {has}: leave it "
        "out, or take an optimizer that has it"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        make([{"params": [parameter], **group}], lr=0.1)
    optimizer = make([torch.ones(1, requires_grad=True)], lr=0.1)
    with pytest.raises(ValueError, match=exactly(message)):
        optimizer.add_param_group({"params": [parameter], **group})
    assert len(optimizer.param_groups) == 1


def test_groups_of_another_optimizer_with_names_and_a_scheduler_are_taken():
    parameter = torch.ones(2, requires_grad=True)
    first = Adam([("w", parameter)], lr=0.1)
    torch.optim.lr_scheduler.StepLR(first, 1)
    second = Adam([{**group, "name": "head"} for group in first.param_groups], lr=0.5)
    assert second.param_groups[0]["lr"] == 0.1
    assert second.param_groups[0]["param_names"] == ["w"]


# Paths down a bowl


def test_a_path_down_a_bowl_is_that_of_each_rate_alone():
    hessian = torch.tensor([[3.0, 1.0], [1.0, 2.0]], dtype=torch.float64)
    best, start = torch.tensor([[1.0, -2.0], [4.0, 5.0]], dtype=torch.float64)
    rates = [0.05, 0.2]
    paths = descend_bowl(
        lambda groups: Momentum(groups, lr=1.0, momentum=0.5), hessian, best, start, rates, 7
    )
    assert paths.shape == (8, 2, 2)
    assert torch.equal(paths[0], start.expand(2, 2))
    for rate, path in zip(rates, paths.unbind(dim=1), strict=True):
        w = start.clone().requires_grad_()
        optimizer = torch.optim.SGD([w], lr=rate, momentum=0.5)
        for place in path[1:]:
            optimizer.zero_grad()
            ((w - best) @ hessian @ (w - best) / 2).backward()
            optimizer.step()
            torch.testing.assert_close(place, w.detach())
    assert start.tolist() == [4, 5]


def test_a_path_has_arrived_when_it_stays():
    best = torch.tensor([1.0])
    distances = torch.tensor(
        [
            [100.0, 100.0, 100.0, 100.0, 100.0],
            [0.5, 50.0, 0.5, float("nan"), 1.0],
            [0.5, 0.5, 50.0, float("nan"), 0.9],
        ]
    )
    path = best + distances.unsqueeze(2)
    assert steps_to_arrive(path, best).tolist() == [1, 2, 3, 3, 2]
    assert steps_to_arrive(path, best, part=0.6).tolist() == [1, 1, 1, 3, 1]
