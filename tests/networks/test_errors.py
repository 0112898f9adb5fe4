import copy
import io
import subprocess
import sys
import warnings
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812, the name it has everywhere
from torch.utils.data import DataLoader, Dataset, TensorDataset, random_split

from course.networks import errors
from course.networks.errors import Explanation, explain
from tests.pretend.backend import why_not

ROOT = Path(__file__).parents[2]


def asking():
    return torch.ones(3, requires_grad=True)


def changed():
    h = asking().exp()
    h += 1
    h.sum().backward()


def backward_twice():
    loss = asking().square().sum()
    loss.backward()
    loss.backward()


def used_up():
    parameters = nn.Linear(1, 1).parameters()
    list(parameters)
    torch.optim.SGD(parameters, lr=0.1)


def from_inference():
    with torch.inference_mode():
        x = torch.ones(3)
    (asking() * x).sum().backward()


def nan_found():
    with torch.autograd.detect_anomaly(check_nan=True):
        w = torch.zeros(1, requires_grad=True)
        (w.sqrt() * 0).sum().backward()


def saved_whole():
    buffer = io.BytesIO()
    torch.save({"half": Fraction(1, 2)}, buffer)
    buffer.seek(0)
    torch.load(buffer, weights_only=True)


class NotBegun(nn.Module):
    def __init__(self):
        self.layer = nn.Linear(1, 1)


class Short(Dataset):
    def __len__(self):
        return 2

    def __getitem__(self, i):
        return torch.zeros(3)[5]


def wrong_weights(other):
    nn.Linear(3, 2).load_state_dict(other)


def other_optimizer():
    one, other = (
        torch.optim.SGD(nn.Linear(1, 1, bias=bias).parameters()) for bias in (True, False)
    )
    one.load_state_dict(other.state_dict())


#: What goes wrong, and what the explanation has to name: numbers of the message and the repair.
SLIPS = {
    "images not flattened": (
        lambda: nn.Linear(784, 10)(torch.zeros(32, 28, 28)),
        "896 rows of 28 numbers arrive, and the weights are made for rows of 784",
        "x.flatten(1)",
    ),
    "a vector into a layer": (
        lambda: nn.Linear(3, 1)(torch.zeros(5)),
        "1 rows of 5",
        "x.unsqueeze(-1)",
    ),
    "table and vector": (
        lambda: torch.zeros(2, 3) @ torch.zeros(4),
        "rows of 3 numbers was",
        "3 columns",
    ),
    "two vectors": (lambda: torch.zeros(3) @ torch.zeros(4), "3 numbers with 4", "shapes"),
    "stacks": (
        lambda: torch.zeros(2, 3, 4) @ torch.zeros(2, 5, 6),
        "2 tables with 4 rows, and holds 2 with 5",
        "(b, d, k)",
    ),
    "broadcasting": (
        lambda: torch.zeros(3, 4) + torch.zeros(3, 5),
        "In dimension 1 one tensor has 4 and the other 5",
        "keepdim=True",
    ),
    "expand": (
        lambda: torch.zeros(2, 3).expand(4, 3),
        "2 there was to fill a place for 4",
        "axis of 1",
    ),
    "other rows": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(5).long()),
        "4 rows, and there are targets for 5",
        "(n, k) and (n,)",
    ),
    "labels as a column": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(4, 1).long()),
        "one number for each row",
        "y.squeeze(1)",
    ),
    "targets without a column": (
        lambda: F.binary_cross_entropy_with_logits(torch.zeros(3, 1), torch.zeros(3)),
        "outputs have the shape [3, 1] and the targets [3]",
        "outputs.squeeze(1)",
    ),
    "probabilities without a column": (
        lambda: F.binary_cross_entropy(torch.full((3, 1), 0.5), torch.zeros(3)),
        "outputs have the shape [3, 1] and the targets [3]",
        "outputs.squeeze(1)",
    ),
    "reshape": (
        lambda: torch.zeros(3, 4).reshape(2, -1, 5),
        "12 numbers do not fill the shape [2, -1, 5]",
        "x.shape",
    ),
    "view": (lambda: torch.zeros(3, 4).T.view(12), "not lie in its order", "reshape"),
    "cat": (
        lambda: torch.cat([torch.zeros(2, 3), torch.zeros(2, 4)]),
        "dimension 0, tensors have to agree elsewhere: 3 is not 4",
        "dim=",
    ),
    "cat of other axes": (
        lambda: torch.cat([torch.zeros(2, 3), torch.zeros(2)]),
        "2 dimensions and another 1",
        "unsqueeze",
    ),
    "stack": (
        lambda: next(iter(DataLoader([torch.zeros(2), torch.zeros(3)], batch_size=2))),
        "shape [2], number 1 of shape [3]",
        "collate_fn",
    ),
    "channels": (
        lambda: nn.Conv2d(3, 8, 3)(torch.zeros(2, 1, 8, 8)),
        "made for 3 channels, and the input [2, 1, 8, 8] has 1",
        "1 channels",
    ),
    "channels of a transposed layer": (
        lambda: nn.ConvTranspose2d(3, 4, 3)(torch.zeros(2, 1, 9, 9)),
        "made for 3 channels, and the input [2, 1, 9, 9] has 1",
        "1 channels",
    ),
    "columns of a sequence": (
        lambda: nn.LSTM(3, 4)(torch.zeros(2, 5, 7)),
        "3 was wanted, 7 came",
        "x.shape",
    ),
    "columns of attention": (
        lambda: nn.MultiheadAttention(8, 2)(*[torch.zeros(1, 2, 4)] * 3),
        "8 was wanted, 4 came",
        "x.shape",
    ),
    "mask": (
        lambda: torch.zeros(3)[torch.tensor([True, False])],
        "shape [2], the tensor [3]",
        "mask",
    ),
    "einsum": (
        lambda: torch.einsum("ij,jk->ik", torch.zeros(2, 3), torch.zeros(4, 5)),
        "j stands for an axis of 3 in one tensor and of 4",
        "letter",
    ),
    "class weights": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(4).long(), torch.ones(2)),
        "3 classes",
        "minlength=3",
    ),
    "parts": (lambda: random_split(range(5), [2, 2]), "not as many rows", "fractions"),
    "softmax of whole": (lambda: torch.arange(3).softmax(0), "type Long", "x.float()"),
    "array of a list": (lambda: torch.from_numpy([1, 2]), "list came", "torch.tensor"),
    "plain parameter": (
        lambda: setattr(nn.Linear(1, 1), "weight", torch.zeros(1, 1)),
        "parameter weight",
        "layer.weight.copy_",
    ),
    "list of layers": (lambda: nn.Sequential([nn.Linear(1, 1)]), "list came", "*layers"),
    "path for weights": (lambda: wrong_weights("model.pt"), "str came", "weights_only=True"),
    "one argument too many": (
        lambda: nn.Linear(1, 1)(torch.zeros(1), torch.zeros(1)),
        "takes 2 arguments and got 3",
        "self",
    ),
    "flat images": (lambda: nn.Conv2d(1, 8, 3)(torch.zeros(8, 8)), "got [8, 8]", "x.unsqueeze(1)"),
    "kernel too large": (
        lambda: nn.Conv2d(1, 8, 5)(torch.zeros(1, 1, 3, 3)),
        "kernel (5 x 5)",
        "padding",
    ),
    "pooled away": (lambda: F.max_pool2d(torch.zeros(1, 1, 1, 1), 2), "(1x0x0)", "Fewer poolings"),
    "norm too narrow": (
        lambda: nn.BatchNorm1d(3)(torch.zeros(4, 5)),
        "5 columns or channels arrive, and the norm was made for 3",
        "5",
    ),
    "layer norm": (lambda: nn.LayerNorm(3)(torch.zeros(4, 5)), "[3], and [4, 5] came", "last axis"),
    "norm of images": (
        lambda: nn.BatchNorm2d(3)(torch.zeros(4, 3)),
        "takes 4D tensors and got one that is 2D",
        "BatchNorm2d (n, c, h, w)",
    ),
    "norm of one row": (
        lambda: nn.BatchNorm1d(3)(torch.zeros(1, 3)),
        "one has no spread",
        "model.eval()",
    ),
    "no such axis": (
        lambda: torch.zeros(3).sum(dim=1),
        "dimensions -1 to 0, and there is none with the number 1",
        "x.shape",
    ),
    "too many indices": (lambda: torch.zeros(6)[0, 0], "the 1 axes", "x.shape"),
    "permute": (lambda: torch.zeros(2, 3).permute(0, 1, 2), "2 axes, and an order for 3", "once"),
    "ragged lists": (lambda: torch.tensor([[1, 2], [3]]), "lengths: 2 and 1", "Fill up"),
    "text": (lambda: torch.tensor(["a"]), "Text is no number", "names.index"),
    "unequal data": (
        lambda: TensorDataset(torch.zeros(3), torch.zeros(4)),
        "numbers of rows",
        "indices",
    ),
    "class too high": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.tensor([0, 1, 2, 3])),
        "a class 3",
        "ignore_index=",
    ),
    "class below 0": (
        lambda: F.cross_entropy(torch.zeros(2, 3), torch.tensor([0, -1])),
        "a class -1",
        "y.min()",
    ),
    "unknown token": (
        lambda: nn.Embedding(5, 2)(torch.tensor([5])),
        "those of the embedding",
        "largest index",
    ),
    "one-hot": (lambda: F.one_hot(torch.tensor([3]), 3), "number of classes", "y.max()"),
    "one-hot below 0": (lambda: F.one_hot(torch.tensor([-1]), 3), "number of classes", "y.max()"),
    "index": (lambda: torch.zeros(6)[6], "6 places, 0 to 6 − 1, and number 6", "x[-1]"),
    "float index": (lambda: torch.zeros(6)[torch.tensor([1.0])], "decimal point", ".long()"),
    "float token": (lambda: nn.Embedding(5, 2)(torch.tensor([1.0])), "decimal point", ".long()"),
    "float classes to one-hot": (
        lambda: F.one_hot(torch.tensor([1.0])),
        "decimal point",
        ".long()",
    ),
    "float64 rows": (
        lambda: nn.Linear(3, 1)(torch.zeros(2, 3).double()),
        "The rows are Double, the weights Float",
        "x.float()",
    ),
    "whole rows": (
        lambda: nn.Linear(3, 1)(torch.zeros(2, 3).long()),
        "The rows are Long",
        "x.float()",
    ),
    "float64 product": (
        lambda: torch.zeros(2, 3) @ torch.zeros(3, 1).double(),
        "float with double",
        "x.double()",
    ),
    "float64 vector": (
        lambda: torch.zeros(2, 3) @ torch.zeros(3).double(),
        "Double with Float",
        "x.float()",
    ),
    "bytes": (
        lambda: nn.Conv2d(1, 2, 3)(torch.zeros(1, 1, 8, 8).byte()),
        "unsigned char, the weights float",
        "/ 255",
    ),
    "float classes": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(4)),
        "The classes are Float",
        "y.long()",
    ),
    "int32 classes": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(4).int()),
        "The classes are Int",
        "y.long()",
    ),
    "whole probabilities": (
        lambda: F.cross_entropy(torch.zeros(4, 3), torch.zeros(4, 3).long()),
        "they are Long",
        "y.argmax(dim=1)",
    ),
    "whole answers": (
        lambda: F.binary_cross_entropy_with_logits(torch.zeros(3), torch.zeros(3).long()),
        "Float and was to be kept as Long",
        "y.float()",
    ),
    "mean of whole": (lambda: torch.arange(3).mean(), "mean of Long", "x.float().mean()"),
    "gradient of whole": (lambda: torch.tensor([1, 2], requires_grad=True), "no gradient", "1.0"),
    "an array": (
        lambda: nn.Linear(2, 1)(np.zeros((3, 2), dtype="float32")),
        "numpy.ndarray came",
        "torch.from_numpy",
    ),
    "a list": (lambda: nn.Linear(2, 1)([1.0, 2.0]), "list came", "torch.tensor"),
    "objects": (lambda: torch.from_numpy(np.array([None])), "object_", "astype"),
    "backwards": (lambda: torch.from_numpy(np.zeros(3)[::-1]), "backwards", "array.copy()"),
    "step on a leaf": (lambda: asking().add_(1), "changed in place", "torch.no_grad()"),
    "element of a leaf": (
        lambda: asking().__setitem__(0, 2.0),
        "changed in place",
        "torch.no_grad()",
    ),
    "changed in place": (
        changed,
        "as Exp made it, and it was changed since (version 1, not 0)",
        "h = h + 1",
    ),
    "backward twice": (backward_twice, "walked once", "detach()"),
    "no way back": (lambda: torch.ones(3).sum().backward(), "no way leads back", "logits"),
    "many losses": (lambda: (asking() * 2).backward(), "one number", "loss.mean()"),
    "to NumPy": (lambda: asking().numpy(), "NumPy cannot record", "detach().numpy()"),
    "copy of a result": (lambda: copy.deepcopy(asking() * 2), "history", "detach()"),
    "from inference_mode": (from_inference, "inference_mode", "x.clone()"),
    "nan": (nan_found, "SqrtBackward0 made nan", "log_softmax"),
    "no gradient yet": (lambda: asking().grad.zero_(), "grad is None", "backward first"),
    "no gradient to subtract": (lambda: 0.1 * asking().grad, "grad is None", "backward first"),
    "nothing to move": (used_up, "nothing to move", "ModuleList"),
    "a result to optimize": (
        lambda: torch.optim.SGD([asking() * 2]),
        "itself a result",
        "requires_grad_()",
    ),
    "item of many": (lambda: torch.ones(3).item(), "no one number", "tolist()"),
    "float of many": (lambda: float(torch.ones(3)), "no one number", "tolist()"),
    "if of many": (lambda: bool(torch.ones(3) > 0), "one truth", ".all()"),
    "logits for probabilities": (
        lambda: F.binary_cross_entropy(torch.tensor([2.0]), torch.ones(1)),
        "the input holds",
        "BCEWithLogitsLoss",
    ),
    "answers beyond 1": (
        lambda: F.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([2.0])),
        "the target holds",
        "logits",
    ),
    "singular": (lambda: torch.linalg.inv(torch.zeros(2, 2)), "no single answer", "lstsq"),
    "not definite": (lambda: torch.linalg.cholesky(-torch.eye(2)), "no single answer", "lstsq"),
    "rows left behind": (
        lambda: nn.Linear(3, 1, device="meta")(torch.zeros(2, 3)),
        "different places",
        "x.to(device)",
    ),
    "other sizes": (
        lambda: wrong_weights(nn.Linear(3, 1).state_dict()),
        "weight has the shape [1, 3], in the model [2, 3]",
        "sizes",
    ),
    "other names": (lambda: wrong_weights({"w": torch.zeros(2, 3)}), "names are not", "both lists"),
    "a whole model": (saved_whole, "more than tensors", "state_dict()"),
    "other optimizer": (other_optimizer, "other parameters", "then load"),
    "not begun": (NotBegun, "not begun", "super().__init__()"),
    "no forward": (lambda: nn.Module()(1), "how to compute", "def forward"),
    "no input": (lambda: nn.Linear(1, 1)(), "'input'", "arguments"),
    "nothing returned": (
        lambda: next(iter(DataLoader([None, None], batch_size=2))),
        "gives NoneType",
        "Return tensors",
    ),
    "no return": (lambda: nn.Linear(2, 1)(None), "None came", "return"),
    "a pair": (
        lambda: nn.Linear(4, 2)(nn.LSTM(3, 4)(torch.zeros(5, 2, 3))),
        "several things",
        "outputs, state",
    ),
    "two vectors of two types": (
        lambda: torch.zeros(3) @ torch.arange(3),
        "Float with Long",
        "x.float()",
    ),
    "spread of whole": (lambda: torch.arange(3).std(), "spread", "x.float().std()"),
    "condition": (lambda: torch.where(*[torch.zeros(3)] * 3), "Float came", "x > 0"),
    "masks subtracted": (
        lambda: torch.ones(2).bool() - torch.ones(2).bool(),
        "not subtracted",
        "~mask",
    ),
    "mask negated": (lambda: -torch.ones(2).bool(), "not subtracted", "~mask"),
    "None in a list": (lambda: torch.tensor([None]), "is NoneType", "Print the list"),
    "numbers for tensors": (lambda: torch.cat([1, 2]), "is int", "torch.tensor"),
    "list of layers called": (
        lambda: nn.ModuleList([nn.ReLU()])(torch.zeros(2)),
        "in which order",
        "nn.Sequential(*layers)",
    ),
    "loss as a number": (
        lambda: asking().sum().item().backward(),
        "no tensor, but float",
        "only to print",
    ),
    "shape called": (lambda: torch.zeros(2).shape(), "no function", "x.shape"),
    "no rows": (
        lambda: DataLoader(TensorDataset(torch.zeros(0)), shuffle=True),
        "no rows",
        "len(dataset)",
    ),
    "lists of a batch": (
        lambda: next(iter(DataLoader([[1], [1, 2]], batch_size=2))),
        "different lengths",
        "collate_fn",
    ),
    "one parameter": (lambda: torch.optim.SGD(asking(), lr=0.1), "torch.FloatTensor", "[w]"),
    "if of nothing": (lambda: bool(torch.zeros(0)), "empty tensor", "numel()"),
    "from a device to NumPy": (
        lambda: torch.zeros(2, device="meta").numpy(),
        "is on meta",
        "cpu().numpy()",
    ),
    "no room in place": (
        lambda: torch.zeros(3).add_(torch.zeros(2, 3)),
        "shape [2, 3], and was to be kept in a tensor of [3]",
        "x = x + y",
    ),
    "turned batch": (lambda: torch.zeros(2, 3, 4).t(), "two axes", "transpose(-2, -1)"),
    "batch in mm": (
        lambda: torch.mm(torch.zeros(2, 3, 4), torch.zeros(4, 5)),
        "two axes",
        "transpose(-2, -1)",
    ),
    "two sizes left open": (lambda: torch.zeros(12).view(-1, -1), "two places", "all sizes"),
    "float places": (
        lambda: torch.zeros(2, 3).gather(1, torch.zeros(1, 1)),
        "decimal point",
        ".long()",
    ),
}

#: What an accelerator says, provoked on the pretended one, in a process of its own.
ON_A_DEVICE = """
import torch
import tests.pretend.active
from torch import nn
from course.networks.errors import explain

there = torch.zeros(2, 3).to("pretend")
for slip in (
    lambda: nn.Linear(3, 1)(there),
    lambda: there.numpy(),
    lambda: torch.zeros(4)[torch.tensor([0]).to("pretend")],
    lambda: torch.rand(2, device="pretend", generator=torch.Generator()),
):
    try:
        slip()
    except Exception as error:
        print(explain(error).says)
"""

#: Messages of what this machine may not have, as torch words them.
ELSEWHERE = {
    "Expected all tensors to be on the same device, but found at least two devices, cuda:0 and "
    "cpu!": "different places",
    "Expected all tensors to be on the same device, but got mat1 is on cpu, different from other "
    "tensors on cuda:0 (when checking argument in method wrapper_CUDA_addmm)": "different places",
    "indices should be either on cpu or on the same device as the indexed tensor "
    "(cuda:0)": "elsewhere",
    "Expected a 'cuda' device type for generator but found 'cpu'": "generator of cpu",
    "Found no NVIDIA driver on your system. Please check": "no graphics card",
    "Torch not compiled with CUDA enabled": "no graphics card",
    "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity": "2.50 GiB more",
    "CUDA error: device-side assert triggered CUDA kernel errors might be": "out of bounds",
}


def caught(function):
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.filterwarnings("ignore")
def test_what_torch_says_is_explained_with_its_numbers_and_a_repair(name):
    slip, says, repair = SLIPS[name]
    told = explain(caught(slip))
    assert told.known
    assert says in told.says
    assert repair in told.repair
    assert "{" not in f"{told}"
    assert "test_errors.py, line " in told.where


def test_every_message_in_the_list_is_provoked_here():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        said = [" ".join(str(caught(slip)).split()) for slip, *_ in SLIPS.values()]
    said += ELSEWHERE
    silent = [
        pattern.pattern
        for pattern, _ in errors._KNOWN
        if not any(pattern.search(message) for message in said)
    ]
    assert silent == []


@pytest.mark.parametrize("message", ELSEWHERE)
def test_what_only_a_graphics_card_says_is_explained(message):
    assert ELSEWHERE[message] in explain(RuntimeError(message)).says


@pytest.mark.skipif(bool(why_not()), reason=why_not() or "there is a pretended device")
def test_what_a_device_refuses_is_explained():
    command = [sys.executable, "-c", ON_A_DEVICE]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.splitlines() == [
        "Model and tensors are in different places.",
        "The tensor is on pretend:0, and NumPy works in the memory of the CPU.",
        "The tensor is on cpu, its indices are elsewhere.",
        "Numbers were to be drawn on pretend, with a generator of cpu.",
    ]


def test_an_error_in_a_worker_is_explained_by_itself():
    told = explain(caught(lambda: next(iter(DataLoader(Short(), num_workers=1)))))
    assert told.says.startswith("Dimension 0 has 3 places")


def test_an_unknown_message_is_passed_on_and_said_to_be_unknown():
    told = explain(caught(lambda: torch.zeros(3).rows))
    assert not told.known
    assert told.says == "'Tensor' object has no attribute 'rows'"
    assert told.cause == "I do not know this message."
    assert "search for the message" in told.repair


def test_the_place_is_the_last_line_that_is_ones_own():
    error = caught(lambda: nn.Linear(3, 1)(torch.zeros(5)))
    assert explain(error).where.endswith("nn.Linear(3, 1)(torch.zeros(5)))")
    assert explain(ValueError("Target 3 is out of bounds.")).where == ""
    assert explain(caught(lambda: copy.deepcopy(asking() * 2))).where.startswith("test_errors.py")


def test_an_explanation_is_told_in_four_lines_and_leaves_out_an_empty_place():
    told = str(Explanation("a", "b", "c", "d.py, line 1: e"))
    assert told.splitlines() == [
        "It says: a",
        "Usually: b",
        "To do:   c",
        "Where:   d.py, line 1: e",
    ]
    assert str(Explanation("a", "b", "c")).splitlines()[-1] == "To do:   c"


def test_what_is_no_error_is_refused():
    with pytest.raises(TypeError, match="got a str: give the error itself"):
        explain("mat1 and mat2")
