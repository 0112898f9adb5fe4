"""One logit for each class: from logits to probabilities, and the loss of the true class."""

import torch
from torch import Tensor, nn


def softmax(logits: Tensor) -> Tensor:
    r"""Return the probability of each class, $e^{z_k} / \sum_j e^{z_j}$ in each row.

    The largest logit of a row is taken away first. That changes no probability, and no power of
    $e$ is above 1, so nothing overflows.

    Args:
        logits: Shape `(n, k)`, a row for each example and a column for each class.

    Returns:
        Shape `(n, k)`: each row sums to 1.

    Raises:
        TypeError: If the logits are not floating-point numbers.
        ValueError: If the shape is another one, or if there are no classes.

    Examples:
        >>> softmax(torch.tensor([[1.0, 2.0, 4.0], [1001.0, 1002.0, 1004.0]]))
        tensor([[0.0420, 0.1142, 0.8438],
                [0.0420, 0.1142, 0.8438]])
    """
    _check_logits(logits)
    powers = (logits - logits.max(dim=1, keepdim=True).values).exp()
    return powers / powers.sum(dim=1, keepdim=True)


def log_softmax(logits: Tensor) -> Tensor:
    r"""Return the logarithm of each probability, $z_k - \ln \sum_j e^{z_j}$ in each row.

    It never takes the logarithm of a probability, which may be rounded to 0.

    Args:
        logits: Shape `(n, k)`.

    Returns:
        Shape `(n, k)`, each number 0 or below it.

    Raises:
        TypeError: If the logits are not floating-point numbers.
        ValueError: If the shape is another one, or if there are no classes.

    Examples:
        >>> log_softmax(torch.tensor([[0.0, 0.0], [-1000.0, 0.0]]))
        tensor([[   -0.6931,    -0.6931],
                [-1000.0000,     0.0000]])
    """
    _check_logits(logits)
    shifted = logits - logits.max(dim=1, keepdim=True).values
    return shifted - shifted.exp().sum(dim=1, keepdim=True).log()


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the mean of −ln p, where p is the probability of a row's true class, a scalar.

    Args:
        logits: Shape `(n, k)`, n at least 1.
        labels: The number of the true class of each row, from 0 to k − 1: shape `(n,)`, int64.

    Raises:
        TypeError: If the logits are not floating-point numbers, or the labels are not int64.
        ValueError: If a shape is another one, or if a label is the number of no class.

    Examples:
        >>> cross_entropy(torch.zeros(2, 10), torch.tensor([3, 7]))  # ln 10
        tensor(2.3026)
    """
    _check_labels(logits, labels)
    return -log_softmax(logits)[torch.arange(len(labels), device=labels.device), labels].mean()


def cross_entropy_gradient(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the derivatives of `cross_entropy` by the logits: (p − one-hot) / n.

    Args:
        logits: Shape `(n, k)`, n at least 1.
        labels: Shape `(n,)`, int64.

    Returns:
        Shape `(n, k)`: each row sums to 0.

    Raises:
        TypeError: If the logits are not floating-point numbers, or the labels are not int64.
        ValueError: If a shape is another one, or if a label is the number of no class.

    Examples:
        >>> cross_entropy_gradient(torch.zeros(1, 4), torch.tensor([2]))
        tensor([[ 0.2500,  0.2500, -0.7500,  0.2500]])
    """
    _check_labels(logits, labels)
    return (softmax(logits) - one_hot(labels, logits.shape[1])) / len(labels)


def one_hot(labels: Tensor, classes: int) -> Tensor:
    """Return a row for each label with a 1 in the column of its class and 0 elsewhere, float32.

    Args:
        labels: Shape `(n,)`, whole numbers from 0 to `classes - 1`.
        classes: How many classes `k` there are.

    Returns:
        Shape `(n, k)`.

    Raises:
        ValueError: If a label is the number of no class.

    Examples:
        >>> one_hot(torch.tensor([2, 0]), 3)
        tensor([[0., 0., 1.],
                [1., 0., 0.]])
    """
    _check_numbers(labels, classes)
    return (labels.unsqueeze(1) == torch.arange(classes, device=labels.device)).float()


def smooth(labels: Tensor, classes: int, amount: float) -> Tensor:
    """Return targets that keep a part of the probability back and give all classes a share of it.

    Source: C. Szegedy et al. (2016), "Rethinking the Inception Architecture for Computer Vision",
    section 7.

    Args:
        labels: Shape `(n,)`, whole numbers from 0 to `classes - 1`.
        classes: How many classes `k` there are.
        amount: The part that is kept back, from 0 to 1.

    Returns:
        Shape `(n, k)`: each row sums to 1.

    Raises:
        ValueError: If a label is the number of no class, or the amount not from 0 to 1.

    Examples:
        >>> smooth(torch.tensor([2]), 4, amount=0.2)
        tensor([[0.0500, 0.0500, 0.8500, 0.0500]])
    """
    if not 0 <= amount <= 1:
        raise ValueError(f"amount is {amount}: give a part of the probability, from 0 to 1")
    return (1 - amount) * one_hot(labels, classes) + amount / classes


def cross_entropy_of(logits: Tensor, probabilities: Tensor) -> Tensor:
    """Return the mean over the rows of −Σ t ln p, for targets t that are probabilities, a scalar.

    Args:
        logits: Shape `(n, k)`, n at least 1.
        probabilities: The targets, shape `(n, k)`, each row with the sum 1.

    Raises:
        TypeError: If the logits are not floating-point numbers.
        ValueError: If the shapes differ, or if the targets are no probabilities.

    Examples:
        >>> cross_entropy_of(torch.zeros(1, 2), torch.tensor([[0.3, 0.7]]))
        tensor(0.6931)
    """
    _check_logits(logits)
    if probabilities.shape != logits.shape or len(logits) == 0:
        shapes = f"{tuple(probabilities.shape)}, logits {tuple(logits.shape)}"
        raise ValueError(f"probabilities have shape {shapes}: give both (n, k), n at least 1")
    sums = probabilities.sum(dim=1)
    if (probabilities < 0).any() or not torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
        raise ValueError(
            f"the rows of the targets sum to {sums.min():g} up to {sums.max():g}, the least number "
            f"is {probabilities.min():g}: give probabilities, each row with the sum 1"
        )
    return -(probabilities * log_softmax(logits)).sum(dim=1).mean()


def weighted_cross_entropy(
    logits: Tensor, labels: Tensor, weight: Tensor, ignore_index: int = -100
) -> Tensor:
    """Return the mean of −ln p in which each row counts by its class, a scalar.

    Rows whose label is `ignore_index` do not count: what nobody has labelled, teaches nothing.

    Args:
        logits: Shape `(n, k)`.
        labels: Shape `(n,)`, int64.
        weight: How much a row of each class counts, shape `(k,)`, none below 0.
        ignore_index: The label of rows to leave out.

    Raises:
        TypeError: If the logits are not floating-point numbers, or the labels are not int64.
        ValueError: If a shape is another one, if a label is the number of no class, if a weight is
            below 0, or if nothing counts.

    Examples:
        >>> logits, labels = torch.zeros(3, 2), torch.tensor([0, 1, -100])
        >>> weighted_cross_entropy(logits, labels, torch.tensor([1.0, 3.0]))
        tensor(0.6931)
    """
    counted = labels != ignore_index
    if not counted.any():
        raise ValueError(f"all {len(labels)} labels are {ignore_index}: give one that counts")
    logits, labels = logits[counted], labels[counted]
    _check_labels(logits, labels)
    if weight.shape != logits.shape[1:] or (weight < 0).any():
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}, its least is {weight.min():g}: "
            f"give one number for each of the {logits.shape[1]} classes, none below 0"
        )
    shares = weight[labels]
    if not shares.any():
        raise ValueError("the weight of every label is 0: give one that counts")
    losses = -log_softmax(logits)[torch.arange(len(labels), device=labels.device), labels]
    return (shares * losses).sum() / shares.sum()


def class_weights(layer: nn.Linear, shape: tuple[int, int]) -> Tensor:
    """Return the weights of each class as an image, less their mean over the classes.

    Adding one number to all logits of a row changes no probability, so weights are determined only
    up to what is added to those of all classes. Of all of them these are the smallest, in squares.

    Args:
        layer: From the `h * w` pixels of an image to a logit for each of `k` classes.
        shape: The height `h` and the width `w` of an image.

    Returns:
        Shape `(k, h, w)`: what a pixel adds to the logit of the class, against the mean class.

    Raises:
        ValueError: If the layer has another number of inputs than the image has pixels.

    Examples:
        >>> class_weights(nn.Linear(6, 4), shape=(2, 3)).shape
        torch.Size([4, 2, 3])
    """
    height, width = shape
    if layer.in_features != height * width:
        raise ValueError(
            f"the layer has {layer.in_features} inputs, the image {height} × {width} pixels: "
            "give the shape of the images that it was trained on"
        )
    weight = layer.weight.detach()
    images: Tensor = (weight - weight.mean(dim=0)).unflatten(1, shape)
    return images


def _check_logits(logits: Tensor) -> None:
    if not logits.is_floating_point():
        raise TypeError(f"logits are {logits.dtype}: give floating-point numbers, as with float()")
    if logits.ndim != 2 or logits.shape[1] == 0:
        raise ValueError(
            f"logits have shape {tuple(logits.shape)}: give (n, k), a row for each example and a "
            "column for each class"
        )


def _check_labels(logits: Tensor, labels: Tensor) -> None:
    _check_logits(logits)
    if labels.dtype != torch.int64:
        raise TypeError(f"labels are {labels.dtype}: give the numbers of classes, as with long()")
    if labels.shape != logits.shape[:1] or len(labels) == 0:
        raise ValueError(
            f"labels have shape {tuple(labels.shape)}, logits {tuple(logits.shape)}: give (n,) "
            "and (n, k), n at least 1"
        )
    _check_numbers(labels, logits.shape[1])


def _check_numbers(labels: Tensor, classes: int) -> None:
    if labels.numel() and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels go from {int(labels.min())} to {int(labels.max())}: the classes are numbered "
            f"from 0 to {classes - 1}"
        )
