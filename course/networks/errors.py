"""What the errors of torch mean, in a beginner's words, with the numbers of the message."""

import re
import sysconfig
import traceback
from dataclasses import dataclass
from pathlib import Path

import torch

#: Where the reader's own code is not: what is installed beside torch, and what comes with Python.
_LIBRARIES = (Path(torch.__file__).parents[1], Path(sysconfig.get_path("stdlib")))


@dataclass(frozen=True)
class Explanation:
    """What an error says, why it usually comes, and what to do.

    Attributes:
        says: The message, in plain words.
        cause: Why it usually comes.
        repair: What to do.
        where: The last line of your own code on the way to the error; empty if it was not raised.
        known: Whether the message is one that is explained here.
    """

    says: str
    cause: str
    repair: str
    where: str = ""
    known: bool = True

    def __str__(self) -> str:
        """Return it in lines, one for each part."""
        parts = {
            "It says": self.says,
            "Usually": self.cause,
            "To do": self.repair,
            "Where": self.where,
        }
        return "\n".join(f"{name + ':':9}{text}" for name, text in parts.items() if text)


#: For each message a pattern and three sentences; `{name}` stands for a group of the pattern.
_MESSAGES = (
    # Shapes
    (
        r"mat1 and mat2 shapes cannot be multiplied \((?P<n>\d+)x(?P<d>\d+) and "
        r"(?P<e>\d+)x(?P<k>\d+)\)",
        "{n} rows of {d} numbers arrive, and the weights are made for rows of {e}.",
        "The layer was made for another number of inputs, or the rows are not flattened, or a "
        "vector "
        "(n,) was read as one row of n columns.",
        "Make {d} and {e} equal: nn.Linear({d}, …), x.flatten(1) for images, x.unsqueeze(-1) for a "
        "column of numbers.",
    ),
    (
        r"size mismatch, got input \(\d+\), mat \((?P<n>\d+)x(?P<d>\d+)\), vec \((?P<e>\d+)\)",
        "A table with rows of {d} numbers was multiplied by a vector of {e}.",
        "The vector belongs to another table, or the table is transposed.",
        "Print both shapes; the vector needs one number for each of the {d} columns.",
    ),
    (
        r"inconsistent tensor size, expected tensor \[(?P<a>\d+)\] and src \[(?P<b>\d+)\]",
        "A dot product of {a} numbers with {b}.",
        "One vector is longer than the other.",
        "Print both shapes, and find out which one is wrong.",
    ),
    (
        r"Expected size for first two dimensions of batch2 tensor to be: \[(?P<b>\d+), "
        r"(?P<d>\d+)\] "
        r"but got: \[(?P<c>\d+), (?P<e>\d+)\]",
        "The second stack of tables should hold {b} tables with {d} rows, and holds {c} with {e}.",
        "The columns of the first tables are not as many as the rows of the second.",
        "Print both shapes: (b, n, d) @ (b, d, k).",
    ),
    (
        r"The size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\) at "
        r"non-singleton dimension (?P<dim>\d+)",
        "In dimension {dim} one tensor has {a} and the other {b}, and neither is 1.",
        "Shapes are compared from the right: an axis is missing, or two are exchanged.",
        "Print both shapes. keepdim=True keeps an axis in a mean or a sum, unsqueeze adds one.",
    ),
    (
        r"The expanded size of the tensor \((?P<a>\d+)\) must match the existing size "
        r"\((?P<b>\d+)\)",
        "A tensor with {b} there was to fill a place for {a}.",
        "What is put in has another shape than the place that it goes to.",
        "Print both shapes; only an axis of 1 can be repeated.",
    ),
    (
        r"Expected input batch_size \((?P<a>\d+)\) to match target batch_size \((?P<b>\d+)\)",
        "The model answers for {a} rows, and there are targets for {b}.",
        "Inputs and targets are of different batches, or the outputs were flattened or transposed.",
        "Print outputs.shape and y.shape before the loss: (n, k) and (n,).",
    ),
    (
        r"0D or 1D target tensor expected, multi-target not supported",
        "The classes came as a table, and should be one number for each row.",
        "The labels have the shape (n, 1), or are one-hot.",
        "y.squeeze(1) for (n, 1); y.argmax(dim=1) for one-hot labels.",
    ),
    (
        r"[Tt]arget size \(torch\.Size\((?P<b>\[[^)]*\])\)\) .*input size "
        r"\(torch\.Size\((?P<a>\[[^)]*\])\)\)",
        "The outputs have the shape {a} and the targets {b}.",
        "The model answers with a column, (n, 1), and the targets have no second axis.",
        "outputs.squeeze(1), or y.unsqueeze(1): both need one shape.",
    ),
    (
        r"shape '(?P<shape>\[[^']*\])' is invalid for input of size (?P<n>\d+)",
        "{n} numbers do not fill the shape {shape}.",
        "The sizes of the new shape do not multiply to the number of elements.",
        "Print x.shape; -1 in one place lets torch compute that size, if it can be.",
    ),
    (
        r"view size is not compatible with input tensor's size and stride",
        "view shows the same memory in another shape, and here the numbers do not lie in its "
        "order.",
        "The tensor was transposed or permuted before.",
        "reshape in place of view: it copies where it must.",
    ),
    (
        r"Sizes of tensors must match except in dimension (?P<dim>\d+)\. Expected size (?P<a>\d+) "
        r"but "
        r"got size (?P<b>\d+)",
        "Put one behind the other along dimension {dim}, tensors have to agree elsewhere: {a} is "
        "not {b}.",
        "The pieces are along another dimension, or one has another shape.",
        "Print the shapes of all pieces; look at dim=.",
    ),
    (
        r"Tensors must have same number of dimensions: got (?P<a>\d+) and (?P<b>\d+)",
        "One tensor has {a} dimensions and another {b}.",
        "A vector was put together with a table.",
        "unsqueeze adds an axis; torch.stack makes one of equal vectors.",
    ),
    (
        r"stack expects each tensor to be equal size, but got (?P<a>\[[^\]]*\]) at entry 0 and "
        r"(?P<b>\[[^\]]*\]) at entry (?P<i>\d+)",
        "The first is of shape {a}, number {i} of shape {b}: they make no one tensor.",
        "Images or sequences of a batch have different sizes.",
        "Resize, crop or pad them in the dataset, or give the DataLoader a collate_fn.",
    ),
    (
        r"weight of size (?P<w>\[[^\]]*\]), expected input(?P<x>\[[^\]]*\]) to have (?P<a>\d+) "
        r"channels, "
        r"but got (?P<b>\d+) channels",
        "The layer was made for {a} channels, and the input {x} has {b}.",
        "Gray images meet a layer for colours, or channels stand last in the images.",
        "Make the layer for {b} channels, or x.permute(0, 3, 1, 2) if the channels stand last.",
    ),
    (
        r"must be equal to input_size\. Expected (?P<a>\d+), got (?P<b>\d+)"
        r"|expecting embedding dimension of (?P<c>\d+), but got (?P<d>\d+)",
        "The last axis is not as long as the layer was made for: {a}{c} was wanted, {b}{d} came.",
        "The layer was made for another number of columns, or axes are exchanged.",
        "Print x.shape; the last axis holds the columns.",
    ),
    (
        r"shape of the mask (?P<a>\[[^\]]*\]) at index \d+ does not match the shape of the "
        r"indexed tensor "
        r"(?P<b>\[[^\]]*\])",
        "The mask has the shape {a}, the tensor {b}.",
        "The mask was made of other rows.",
        "Make the mask from the tensor that it is to choose from.",
    ),
    (
        r"subscript (?P<i>\w) has size (?P<b>\d+) for operand \d+ which does not broadcast with "
        r"previously "
        r"seen size (?P<a>\d+)",
        "The letter {i} stands for an axis of {a} in one tensor and of {b} in another.",
        "Axes are named in the wrong order.",
        "Print both shapes, and write one letter for each axis.",
    ),
    (
        r"weight tensor should be defined either for all (?P<k>\d+) classes",
        "There are {k} classes, and another number of class weights.",
        "The weights were computed from labels in which a class is missing.",
        "torch.bincount(y, minlength={k})",
    ),
    (
        r"Sum of input lengths does not equal the length of the input dataset",
        "The parts are together not as many rows as there are.",
        "A length was rounded.",
        "Give fractions, such as [0.8, 0.2], or make the last length the rest.",
    ),
    (
        r"Expected 3D \(unbatched\) or 4D \(batched\) input to conv2d, but got input of size: "
        r"(?P<x>\[[^\]]*\])",
        "A convolution takes (n, c, h, w), and got {x}.",
        "The axis for channels is missing, or the images were flattened.",
        "x.unsqueeze(1) for gray images (n, h, w).",
    ),
    (
        r"Kernel size: (?P<k>\([^)]*\))\. Kernel size can't be greater than actual input size",
        "The kernel {k} does not fit into what is left of the image.",
        "Convolutions and pooling before it have made the maps too small.",
        "Fewer layers, padding, or larger images; print x.shape layer by layer.",
    ),
    (
        r"Calculated output size: (?P<o>\([^)]*\))\. Output size is too small",
        "Nothing would be left: the output would be {o}.",
        "Pooling has halved the image too often.",
        "Fewer poolings, or larger images; print x.shape layer by layer.",
    ),
    (
        r"running_mean should contain (?P<a>\d+) elements not (?P<b>\d+)",
        "{a} columns or channels arrive, and the norm was made for {b}.",
        "The number of the norm is not that of the layer before it.",
        "Give the norm the width of the layer before it: {a}.",
    ),
    (
        r"normalized_shape=(?P<a>\[[^\]]*\]), expected input with shape .*got input of "
        r"size(?P<b>\[[^\]]*\])",
        "The norm was made for last axes {a}, and {b} came.",
        "The number of the norm is not that of the layer before it.",
        "Give the norm the size of the last axis.",
    ),
    (
        r"[Ee]xpected (?P<a>\dD(?: or \dD)*) input \(got (?P<b>\dD) input\)",
        "The layer takes {a} tensors and got one that is {b}.",
        "1d, 2d and 3d in the name of a layer are exchanged, or an axis is missing.",
        "Print x.shape; BatchNorm1d takes (n, d), BatchNorm2d (n, c, h, w).",
    ),
    (
        r"Expected more than 1 value per channel when training",
        "Batch norm in training wants more than one row: one has no spread.",
        "The model is in training mode while you predict, or the last batch has one row.",
        "model.eval() to predict; drop_last=True for the batches.",
    ),
    (
        r"Dimension out of range \(expected to be in range of \[(?P<a>-?\d+), (?P<b>-?\d+)\], but "
        r"got "
        r"(?P<c>-?\d+)\)",
        "The tensor has dimensions {a} to {b}, and there is none with the number {c}.",
        "It has fewer axes than you think.",
        "Print x.shape.",
    ),
    (
        r"too many indices for tensor of dimension (?P<d>\d+)",
        "There are more indices than the {d} axes of the tensor.",
        "It has fewer axes than you think.",
        "Print x.shape.",
    ),
    (
        r"number of dimensions in the tensor input does not match .*input\.dim\(\) = (?P<a>\d+) "
        r"is not "
        r"equal to len\(dims\) = (?P<b>\d+)",
        "The tensor has {a} axes, and an order for {b} was given.",
        "permute wants every axis once.",
        "Print x.shape, and name each axis once.",
    ),
    (
        r"expected sequence of length (?P<a>\d+) at dim (?P<dim>\d+) \(got (?P<b>\d+)\)",
        "The lists inside the list have different lengths: {a} and {b}.",
        "A tensor is a full table, and this one has ragged rows.",
        "Fill up the short rows, or keep a list of tensors.",
    ),
    (
        r"too many dimensions 'str'",
        "Text is no number, and a tensor holds numbers.",
        "Labels or columns were read as text.",
        "Give each class a number: names.index(name), or a dictionary.",
    ),
    (
        r"Size mismatch between tensors",
        "The tensors have different numbers of rows.",
        "Inputs and targets are of different parts of the data.",
        "Print the lengths; select the rows of both with the same indices.",
    ),
    (
        r"output with shape (?P<a>\[[^\]]*\]) doesn't match the broadcast shape (?P<b>\[[^\]]*\])",
        "The result has the shape {b}, and was to be kept in a tensor of {a}.",
        "In place, as with +=, only the other tensor can be stretched.",
        "x = x + y makes a new one, if {b} is what you want; print both shapes.",
    ),
    (
        r"t\(\) expects a tensor with <= 2 dimensions, but self is \d+D|self must be a matrix",
        "A table was wanted, with two axes, and the tensor has others.",
        "A batch of tables came.",
        "transpose(-2, -1) turns each table of a batch, and @ multiplies them.",
    ),
    (
        r"only one dimension can be inferred",
        "-1 stands in two places.",
        "torch can compute one size from the others, not two.",
        "Give all sizes but one.",
    ),
    # Classes and indices
    (
        r"Target (?P<t>-?\d+) is out of bounds",
        "There is a class {t}, and the model has no logit with that number.",
        "Classes are counted from 0: with k outputs they are 0 to k − 1. A label may mark what is "
        "missing, as −1 or 255.",
        "Print y.min() and y.max(); give the last layer one output more than the largest, or say "
        "ignore_index=.",
    ),
    (
        r"index out of range in self",
        "An index is not below the number of rows, as those of the embedding.",
        "num_embeddings is too small, or a token is unknown.",
        "Print the largest index: the rows, num_embeddings, have to be one more at least.",
    ),
    (
        r"Class values must be (?:smaller than num_classes|non-negative)",
        "A label does not fit the number of classes.",
        "Classes are counted from 0: with k of them they are 0 to k − 1.",
        "Print y.min() and y.max().",
    ),
    (
        r"index (?P<i>-?\d+) is out of bounds for dimension (?P<dim>\d+) with size (?P<n>\d+)",
        "Dimension {dim} has {n} places, 0 to {n} − 1, and number {i} was asked for.",
        "Counting begins at 0, so the last of {n} is {n} − 1.",
        "Print the shape and the largest index; x[-1] is the last one.",
    ),
    (
        r"gather\(\): Expected dtype int32/int64|tensors used as indices must be long",
        "A tensor of numbers with a decimal point is no index.",
        "The indices were computed, or read, as floating-point numbers.",
        "indices.long()",
    ),
    # Dtypes
    (
        r"mat1 and mat2 must have the same dtype, but got (?P<a>\w+) and (?P<b>\w+)",
        "The rows are {a}, the weights {b}.",
        "Arrays of NumPy are float64 (Double), whole numbers int64 (Long); layers are float32 "
        "(Float).",
        "x.float() before the model.",
    ),
    (
        r"expected m1 and m2 to have the same dtype, but got: (?P<a>[\w ]+) != (?P<b>[\w ]+)",
        "A product of {a} with {b}.",
        "One of them came from NumPy, or from whole numbers.",
        "Cast one: x.float(), or x.double().",
    ),
    (
        r"input tensors must have the same dtype, but got (?P<a>\w+), (?P<b>\w+)",
        "A product of {a} with {b}.",
        "One of them came from NumPy, or from whole numbers.",
        "Cast one: x.float(), or x.double().",
    ),
    (
        r"Input type \((?P<a>[\w. ]+)\) and (?:weight|bias) type \((?P<b>[\w. ]+)\) should be the "
        r"same",
        "The images are {a}, the weights {b}.",
        "Images are read as whole numbers from 0 to 255, or model and images are on two devices.",
        "x.float() / 255 for images; x.to(device) if one of the two names a device.",
    ),
    (
        r"expected target dtype to be Long or Byte, but got (?P<a>\w+)",
        "The classes are {a}, and should be whole numbers, Long.",
        "Labels were read as numbers with a decimal point, or as int32.",
        "y.long(); if the numbers are no classes, take a loss for numbers, nn.MSELoss.",
    ),
    (
        r"Expected floating point type for target with class probabilities, got (?P<a>\w+)",
        "The targets have a column for each class, so they are taken for probabilities, and they "
        "are {a}.",
        "Labels are one-hot and whole numbers.",
        "y.argmax(dim=1) gives the classes, y.float() the probabilities.",
    ),
    (
        r"result type (?P<a>\w+) can't be cast to the desired output type (?P<b>\w+)",
        "The result is {a} and was to be kept as {b}.",
        "The targets of a loss for probabilities are whole numbers, or a number with a decimal "
        "point "
        "goes into a tensor of whole ones.",
        "y.float(), or make the tensor with dtype=torch.float32.",
    ),
    (
        r"could not infer output dtype\. .*Got: (?P<a>\w+)",
        "The mean of {a} would be no whole number.",
        "The tensor was made of numbers without a decimal point.",
        "x.float().mean()",
    ),
    (
        r"[Oo]nly Tensors of floating point and complex dtype can require gradients",
        "Whole numbers have no gradient.",
        "The tensor was made of numbers without a decimal point.",
        "Write 1.0 in place of 1, or give dtype=torch.float32.",
    ),
    (
        r"[Ee]xpected tensor .* to have one of the following scalar types: Long, Int; but got "
        r"(?P<a>[\w.]+)|one_hot is only applicable to index tensor",
        "Numbers with a decimal point were given where places are counted.",
        "Indices were read as floating-point numbers.",
        "indices.long()",
    ),
    (
        r"must be Tensor, not NoneType",
        "A tensor was wanted, and None came.",
        "A function on the way has no return: a forward, a transform, or one of your own.",
        "return the result.",
    ),
    (
        r"must be Tensor, not tuple",
        "A tensor was wanted, and several things came in one.",
        "nn.LSTM and nn.GRU return outputs and a state; a batch is a pair of inputs and targets.",
        "Take it apart first: outputs, state = lstm(x).",
    ),
    (
        r"expected both vectors to have same dtype, but found (?P<a>\w+) and (?P<b>\w+)",
        "A product of {a} with {b}.",
        "One of them came from NumPy, or from whole numbers.",
        "Cast one: x.float(), or x.double().",
    ),
    (
        r"std and var only support floating point",
        "A spread of whole numbers is not computed.",
        "The tensor holds whole numbers.",
        "x.float().std()",
    ),
    (
        r"expected condition to be a boolean tensor, but got a tensor with dtype (?P<a>\w+)",
        "A condition is True or False, and {a} came.",
        "A comparison is missing.",
        "torch.where(x > 0, a, b)",
    ),
    (
        r"the `-` operator, (?:on a|with two) bool tensors?",
        "True and False are not subtracted.",
        "A mask is a tensor of True and False, and no number.",
        "~mask turns it around; mask.float() makes numbers of it.",
    ),
    (
        r"Could not infer dtype of (?P<a>\w+)|expected Tensor as element \d+ in argument 0, but "
        r"got (?P<b>\w+)",
        "One of the elements is {a}{b}.",
        "A function on the way returns nothing, or plain numbers are among tensors.",
        "Print the list; torch.tensor(…) makes one of numbers.",
    ),
    (
        r"must be Tensor, not (?P<a>[\w.]+)",
        "A tensor was wanted, and {a} came.",
        "The data were not made into a tensor.",
        "torch.tensor(…) for lists, torch.from_numpy(…) for arrays.",
    ),
    (
        r"can't convert np\.ndarray of type numpy\.(?P<a>\w+)",
        "An array of {a} holds things that are no numbers.",
        "A column holds text or missing values.",
        "Look at array.dtype; make numbers of it first, array.astype('float32').",
    ),
    (
        r"At least one stride in the given numpy array is negative",
        "The array runs backwards through memory, and a tensor cannot.",
        "It was turned around with [::-1] or flipped.",
        "array.copy()",
    ),
    (
        r"\"(?P<f>\w+)\" not implemented for '(?P<a>\w+)'",
        "This is not computed for numbers of the type {a}.",
        "Logits or inputs are whole numbers.",
        "x.float()",
    ),
    (
        r"expected np\.ndarray \(got (?P<a>\w+)\)",
        "An array was wanted, and {a} came.",
        "from_numpy is for arrays alone.",
        "torch.tensor(…) for lists and numbers.",
    ),
    # Gradients
    (
        r"leaf Variable that requires grad is being used in an in-place operation",
        "A parameter was changed in place while its operations are recorded.",
        "A step was taken by hand without torch.no_grad().",
        "with torch.no_grad(): w -= lr * w.grad",
    ),
    (
        r"modified by an inplace operation: \[(?P<t>[^\]]*\[[^\]]*\])\], which is output "
        r"(?P<i>\d+) of "
        r"(?P<f>\w+), is at version (?P<a>\d+); expected version (?P<b>\d+)",
        "backward needs a value as {f} made it, and it was changed since (version {a}, not {b}).",
        "Something like h += 1, h[0] = 2 or relu_ stands behind {f}; or weights moved between "
        "forward "
        "and backward.",
        "h = h + 1 in place of h += 1; call backward before the optimizer's step.",
    ),
    (
        r"Trying to backward through the graph a second time",
        "The way back was walked once, and its values were let go then.",
        "A loss, or something that it is made of, was computed once and backward called twice: "
        "often "
        "a hidden state or a total kept over steps.",
        "Compute the loss anew in each step; detach() what is kept; loss.item() for sums to print.",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "From this result no way leads back to a parameter.",
        "It was detached or computed in no_grad, made by argmax or item(), or no parameter asks "
        "for a "
        "gradient.",
        "Print requires_grad along the way; take the loss of logits, not of answers.",
    ),
    (
        r"grad can be implicitly created only for scalar outputs",
        "backward wants one number, and this has several.",
        "The loss was not averaged: reduction='none', or no mean().",
        "loss.mean().backward()",
    ),
    (
        r"Can't call numpy\(\) on Tensor that requires grad",
        "NumPy cannot record operations, so torch does not hand over what is recorded.",
        "Outputs of a model go to NumPy or to a plot.",
        "x.detach().numpy()",
    ),
    (
        r"Only Tensors created explicitly by the user .* support the deepcopy protocol",
        "A result with a history cannot be copied deeply.",
        "A model keeps an output or a loss as an attribute.",
        "Keep x.detach().",
    ),
    (
        r"Inference tensors cannot be saved for backward",
        "A tensor from inference_mode was used where gradients are recorded.",
        "Inputs were computed once under torch.inference_mode().",
        "torch.no_grad() in its place, or x.clone().",
    ),
    (
        r"Function '(?P<f>\w+)' returned nan values",
        "On the way back {f} made nan.",
        "A root or a division at 0, or the logarithm of 0.",
        "Add a small number inside the root, or take log_softmax and logsigmoid in place of logs.",
    ),
    (
        r"'NoneType' object has no attribute '(?P<a>zero_|\w*grad\w*|data|norm|abs|mean|clone)'"
        r"|unsupported operand type\(s\) for \S+ '(?:float|int|Tensor)' and 'NoneType'",
        "There is no gradient: grad is None.",
        "backward has not been called, the tensor is not on the way to the loss, or w = w − … "
        "made a "
        "new tensor that is no leaf.",
        "Call backward first; change w in place under torch.no_grad().",
    ),
    (
        r"optimizer got an empty parameter list",
        "The optimizer has nothing to move.",
        "Layers are in a plain list, the model has none yet, or a generator was used up before.",
        "nn.ModuleList for layers; pass model.parameters() anew, or as a list.",
    ),
    (
        r"can't optimize a non-leaf Tensor",
        "What is to be optimized is itself a result.",
        "The tensor was computed, or moved with .to, after requires_grad.",
        "x = x.detach().requires_grad_() at the end.",
    ),
    # Numbers
    (
        r"a Tensor with (?P<n>\d+) elements cannot be converted to Scalar"
        r"|only one element tensors can be converted",
        "Several numbers make no one number.",
        "item() or float() was called on a tensor that is no scalar.",
        "x.mean().item(), or x.tolist() for all of them.",
    ),
    (
        r"Boolean value of Tensor with more than one value is ambiguous",
        "if wants one truth, and a tensor of several came.",
        "Two tensors were compared in an if, or a class was called with a loss's arguments: "
        "nn.MSELoss(outputs, y).",
        "(a == b).all(), or nn.MSELoss()(outputs, y).",
    ),
    (
        r"all elements of (?P<a>input|target) should be between 0 and 1",
        "BCELoss takes probabilities, and the {a} holds something else.",
        "Logits were given where probabilities are wanted.",
        "nn.BCEWithLogitsLoss takes logits as they are.",
    ),
    (
        r"the input matrix is singular|input is not positive-definite",
        "The equations have no single answer.",
        "A column is a multiple or a sum of others.",
        "Leave the column out, add a penalty, or take torch.linalg.lstsq.",
    ),
    (
        r"Boolean value of Tensor with no values is ambiguous",
        "if wants one truth, and an empty tensor came.",
        "A selection found nothing.",
        "x.numel() > 0 asks whether there is something.",
    ),
    # Devices
    (
        r"on the same device, but (?:found at least two devices, (?P<a>[\w:]+) and (?P<b>[\w:]+)"
        r"|got .*)|is not on the expected device (?P<c>\w+)",
        "Model and tensors are in different places.",
        "Something was left behind: the rows of a batch, class weights, or a tensor made in "
        "forward.",
        "x, y = x.to(device), y.to(device); make new tensors with device=x.device.",
    ),
    (
        r"can't convert (?P<a>[\w:]+) device type tensor to numpy",
        "The tensor is on {a}, and NumPy works in the memory of the CPU.",
        "Outputs of a model on a graphics card go to NumPy or to a plot.",
        "x.detach().cpu().numpy()",
    ),
    (
        r"indices should be either on cpu or on the same device as the indexed tensor "
        r"\((?P<a>[\w:]+)\)",
        "The tensor is on {a}, its indices are elsewhere.",
        "Data stayed on the CPU, and the indices were made on the device, or the other way round.",
        "x[i.to(x.device)]",
    ),
    (
        r"Expected a '(?P<a>\w+)' device type for generator but found '(?P<b>\w+)'",
        "Numbers were to be drawn on {a}, with a generator of {b}.",
        "A generator belongs to one device.",
        "Draw on the CPU and move what was drawn: torch.randn(…, generator=g).to(device).",
    ),
    (
        r"Found no NVIDIA driver|Torch not compiled with CUDA enabled|No CUDA GPUs are available",
        "There is no graphics card that torch could use.",
        "The code was written for a machine that has one.",
        "device = torch.accelerator.current_accelerator() or 'cpu'",
    ),
    (
        r"out of memory\. Tried to allocate (?P<a>[\d.]+ \w+)",
        "{a} more were wanted than the graphics card has left.",
        "The batch is too large, or losses with their graphs are kept in a list.",
        "A smaller batch; loss.item() for what you keep; torch.no_grad() to measure.",
    ),
    (
        r"device-side assert triggered",
        "Something on the graphics card was out of bounds, and it says no more.",
        "A label or an index is too large.",
        "Run the batch once on the CPU: there the message says which.",
    ),
    # Modules and files
    (
        r"size mismatch for (?P<w>[\w.]+): copying a param with shape "
        r"torch\.Size\((?P<a>\[[^)]*\])\) from "
        r"checkpoint, the shape in current model is torch\.Size\((?P<b>\[[^)]*\])\)",
        "In the file {w} has the shape {a}, in the model {b}.",
        "The model was made with other sizes than the one that was saved.",
        "Make it with the sizes of the file.",
    ),
    (
        r"Missing key\(s\) in state_dict: (?P<a>\"[^\"]+\").*|Unexpected key\(s\) in state_dict",
        "The file's names are not those of the model's layers.",
        "The model was changed or wrapped after saving (a prefix 'module.' comes from wrapping), "
        "or "
        "the file is a whole checkpoint.",
        "Print both lists of names; load the part that holds the weights.",
    ),
    (
        r"Weights only load failed",
        "The file holds more than tensors and plain values, so torch does not run it.",
        "A whole model, or objects of a class, were saved.",
        "Save model.state_dict(). weights_only=False runs what the file says: only for your own "
        "files.",
    ),
    (
        r"loaded state dict (?:contains a parameter group that doesn't|has a different number)",
        "The optimizer's state belongs to other parameters.",
        "The model has other layers than the one that was saved.",
        "Make model and optimizer as they were, then load.",
    ),
    (
        r"cannot assign (?:module|parameters?) before Module\.__init__\(\) call",
        "The module was not begun.",
        "super().__init__() is missing.",
        "Call super().__init__() first in __init__.",
    ),
    (
        r"Module \[Module(?:List|Dict)\] is missing the required",
        "The container holds layers, and does not say in which order to call them.",
        "nn.ModuleList was called like a layer.",
        "for layer in layers: x = layer(x), or nn.Sequential(*layers).",
    ),
    (
        r"'(?P<a>\w+)' object has no attribute 'backward'",
        "backward was called on something that is no tensor, but {a}.",
        "The loss went through item() or float(), a function has no return, or a loss was made and "
        "not called: nn.MSELoss() takes outputs and targets in a second pair of parentheses.",
        "loss = criterion(outputs, y); item() only to print.",
    ),
    (
        r"'torch\.Size' object is not callable",
        "shape is no function.",
        "It was called with parentheses.",
        "x.shape, or x.size().",
    ),
    (
        r"num_samples should be a positive integer value, but got num_samples=0",
        "The dataset has no rows.",
        "A folder or a selection is empty.",
        "Print len(dataset) before the DataLoader.",
    ),
    (
        r"each element in list of batch should be of equal size",
        "The lists of a batch have different lengths.",
        "The dataset returns lists of its own length for each row.",
        "Return tensors of one shape, fill up the short ones, or give a collate_fn.",
    ),
    (
        r"params argument given to the optimizer should be an iterable .* got (?P<a>[\w.]+)",
        "The optimizer wants a list of parameters, and got {a}.",
        "One parameter was given as it is.",
        "torch.optim.SGD([w], lr=…)",
    ),
    (
        r"is missing the required \"forward\" function",
        "The module does not say how to compute.",
        "forward is missing, misspelt, or indented into another method.",
        "def forward(self, x): … with a return.",
    ),
    (
        r"cannot assign '(?P<a>[\w.]+)' as parameter '(?P<n>\w+)'",
        "The parameter {n} was to become a plain tensor.",
        "Weights were assigned as they are.",
        "with torch.no_grad(): layer.{n}.copy_(…), or wrap it: nn.Parameter(…).",
    ),
    (
        r"(?P<a>[\w.]+) is not a Module subclass",
        "Layers were wanted, and {a} came.",
        "nn.Sequential takes layers one by one.",
        "nn.Sequential(*layers) for a list.",
    ),
    (
        r"Expected state_dict to be dict-like, got <class '(?P<a>[\w.]+)'>",
        "Weights by name were wanted, and {a} came.",
        "load_state_dict takes what was loaded, not the path.",
        "model.load_state_dict(torch.load(path, weights_only=True))",
    ),
    (
        r"takes (?P<a>(?:from )?\d+(?: to \d+)?) positional arguments? but (?P<b>\d+) "
        r"(?:was|were) given",
        "It takes {a} arguments and got {b} (self is one of them).",
        "self is missing in the definition, or a batch was unpacked into too many parts.",
        "def forward(self, x): …; look at the call.",
    ),
    (
        r"missing \d+ required positional arguments?: (?P<a>'\w+'.*)",
        "The function wants {a} as well.",
        "A module was called without its input, or a class was used where its object is wanted.",
        "Look at the order of the arguments.",
    ),
    (
        r"default_collate: batch must contain tensors.*found <class '(?P<a>[\w.]+)'>",
        "The dataset gives {a}, and a DataLoader makes batches of tensors and numbers.",
        "A transform to tensors is missing, or __getitem__ has no return.",
        "Return tensors from __getitem__.",
    ),
)
_KNOWN = [(re.compile(pattern), sentences) for pattern, *sentences in _MESSAGES]
_UNKNOWN = Explanation(
    says="",
    cause="I do not know this message.",
    repair="Read its last line, print shape, dtype and device of what goes into the line below, "
    "and search for the message without your own numbers.",
    known=False,
)


def explain(error: BaseException) -> Explanation:
    """Return what an error says, its usual cause and what to do; of unknown ones, that they are.

    Of an error that comes from a worker of a `DataLoader`, the one in the worker is explained.

    Args:
        error: As it was caught, such as `except RuntimeError as error`.

    Raises:
        TypeError: If it is no error.

    Examples:
        >>> try:
        ...     torch.nn.Linear(784, 10)(torch.zeros(32, 28))
        ... except RuntimeError as error:
        ...     print(explain(error).says)
        32 rows of 28 numbers arrive, and the weights are made for rows of 784.
    """
    if not isinstance(error, BaseException):
        raise TypeError(
            f"got a {type(error).__name__}: give the error itself, as in except Exception as error"
        )
    message = " ".join(str(error).split())
    where = _where(error)
    for pattern, sentences in _KNOWN:
        if found := pattern.search(message):
            named = {name: value or "" for name, value in found.groupdict().items()}
            says, cause, repair = (each.format(**named) for each in sentences)
            return Explanation(says, cause, repair, where)
    return Explanation(message, _UNKNOWN.cause, _UNKNOWN.repair, where, known=False)


def _where(error: BaseException) -> str:
    """Return the last line of the reader's own code on the way to the error."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [
        frame
        for frame in frames
        if not any(Path(frame.filename).is_relative_to(folder) for folder in _LIBRARIES)
    ]
    if not own:
        return ""
    last = own[-1]
    return f"{Path(last.filename).name}, line {last.lineno}: {last.line or ''}".rstrip(": ")
