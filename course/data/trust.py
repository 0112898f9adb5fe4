"""Data you can trust: fingerprints, choices that leak, rows that repeat, and an audit."""

import hashlib
from collections.abc import Mapping

import torch
from torch import Tensor

Table = Mapping[str, Tensor]  # for each column its values, shape (n,)


def fingerprint(x: Tensor) -> str:
    """Return the SHA-256 of a tensor's type, shape and values: 64 hexadecimal digits.

    Two tensors have the same one only if they are equal bit for bit, whatever their memory layout
    or device. Write it down beside a result, and you can tell later whether the data are the same.

    Args:
        x: Any type and shape.

    Examples:
        >>> fingerprint(torch.tensor([1.0, 2.0]))[:8]
        'f92ded0d'
        >>> fingerprint(torch.tensor([1, 2]))[:8]
        'b9ce75dd'
    """
    found = hashlib.sha256(f"{x.dtype} {tuple(x.shape)} ".encode())
    found.update(x.detach().cpu().flatten().view(torch.uint8).numpy().data)
    return found.hexdigest()


def correlations(x: Tensor, y: Tensor) -> Tensor:
    """Return the correlation of each column with the targets, from −1 to 1, shape `(d,)`.

    Of a column that never changes, or targets that never do, it says 0: there is none.

    Args:
        x: Inputs, shape `(n, d)`, floating-point.
        y: Targets, shape `(n,)`: numbers, or 0 and 1 for two classes.

    Raises:
        TypeError: If the inputs are no floating-point numbers.
        ValueError: If the shapes are others, if there are fewer than 2 rows, or if a value is not
            finite.

    Examples:
        >>> correlations(torch.tensor([[1.0, 5.0, 7.0], [2.0, 4.0, 7.0]]), torch.tensor([0, 1]))
        tensor([ 1., -1.,  0.])
    """
    if not x.is_floating_point():
        raise TypeError(f"x holds {x.dtype}: give floating-point numbers, as x.float()")
    if x.ndim != 2 or y.shape != x.shape[:1] or len(x) < 2:
        raise ValueError(
            f"x has shape {tuple(x.shape)}, y {tuple(y.shape)}: give (n, d) and (n,), n at least 2"
        )
    if not (x.isfinite().all() and y.isfinite().all()):
        raise ValueError("a value is NaN or infinite: fill the gaps, or leave these rows out")
    # Exact, as a deviation of 0 is not: rounding leaves a trace of it.
    varies = (x != x[0]).any(dim=0) & (y != y[0]).any()
    away, answers = _away(x), _away(y)
    r: Tensor = answers @ away / (away.norm(dim=0) * answers.norm())
    return r.where(varies, 0.0).clamp(-1, 1).to(x.dtype)


def _away(values: Tensor) -> Tensor:
    """Return how far the values of a column are from their mean, in a unit that fits them.

    In units of the largest value no square overflows, or vanishes.
    """
    values = values.double()
    values = values / values.abs().amax(dim=0).clamp(min=torch.finfo(values.dtype).tiny)
    return values - values.mean(dim=0)


def most_correlated(x: Tensor, y: Tensor, k: int) -> Tensor:
    """Return the numbers of the columns that are most correlated with the targets, shape `(k,)`.

    It has seen the targets of all rows that it gets: give it rows of the training set only.

    Args:
        x: Inputs, shape `(n, d)`, floating-point.
        y: Targets, shape `(n,)`.
        k: How many columns, from 1 to `d`.

    Raises:
        TypeError: As for `correlations`.
        ValueError: As for `correlations`, or if there are not `k` columns.

    Examples:
        >>> x = torch.tensor([[0.0, 1.0, 0.0], [0.0, 2.0, 3.0], [1.0, 3.0, 1.0]])
        >>> most_correlated(x, torch.tensor([1.0, 2.0, 3.0]), k=2)
        tensor([1, 0])
    """
    strength = correlations(x, y).abs()
    if not 1 <= k <= len(strength):
        raise ValueError(f"k is {k}, of {len(strength)} columns: give a number from 1 to that")
    return strength.topk(k).indices


def shared_rows(known: Tensor, queries: Tensor) -> Tensor:
    """Return for each query whether it is equal to a known row, shape `(m,)`, `torch.bool`.

    A row with NaN is equal to none.

    Args:
        known: Shape `(n, ...)`.
        queries: Shape `(m, ...)`, the same type and the same shape of a row.

    Raises:
        TypeError: If the types differ: 0.1 as float32 is another number than as float64.
        ValueError: If the shapes do not fit.

    Examples:
        >>> known = torch.tensor([[1, 2], [3, 4]])
        >>> shared_rows(known, torch.tensor([[3, 4], [3, 5]]))
        tensor([ True, False])
    """
    if known.dtype != queries.dtype:
        raise TypeError(f"known holds {known.dtype}, queries {queries.dtype}: give one type")
    n, size = len(known) if known.ndim else 0, known.shape[1:].numel()
    if not (known.ndim and queries.ndim and size) or known.shape[1:] != queries.shape[1:]:
        raise ValueError(
            f"known has shape {tuple(known.shape)}, queries {tuple(queries.shape)}: "
            "give (n, ...) and (m, ...)"
        )
    rows = torch.cat([known, queries]).reshape(-1, size)
    whole = ~rows.isnan().any(dim=1)  # torch.unique overlooks equal rows beside one with NaN
    number = torch.full_like(whole, -1, dtype=torch.int64)
    number[whole] = rows[whole].unique(dim=0, return_inverse=True)[1]  # one for all equal rows
    return torch.isin(number[n:], number[:n]) & whole[n:]


def audit(training: Table, test: Table, target: str) -> list[str]:
    """Return what is suspicious about a split, one line each; no lines are no proof.

    Args:
        training: The columns of the training rows, target included, each of shape `(n,)`.
        test: The same columns of the test rows, each of shape `(m,)`.
        target: The name of the target's column. One of whole numbers holds classes.

    Raises:
        ValueError: If the tables have other columns than each other, columns of several lengths,
            no rows, no inputs, or no target.

    Examples:
        >>> training = {"x": torch.tensor([1.0, 2.0, 4.0]), "y": torch.tensor([3.0, 5.0, 2.0])}
        >>> audit(training, {"x": torch.tensor([2.0]), "y": torch.tensor([5.0])}, target="y")
        ['test rows that are training rows too: 1 of 1']
    """
    _check_tables(training, test, target)
    inputs = [name for name in training if name != target]
    classes = not training[target].is_floating_point()
    found = [line for name in training for line in _gaps(name, training[name], test[name])]
    for name in inputs if classes else training:
        found += _range(name, training[name], test[name])
    for name in inputs:
        found += _answer(name, training[name], target, training[target])
    if classes:
        found += _new_classes(target, training[target], test[target])
    return found + _repetitions(_rows(training, inputs), _rows(test, inputs))


def _check_tables(training: Table, test: Table, target: str) -> None:
    if set(training) != set(test) or target not in training or len(training) < 2:
        raise ValueError(
            f"the columns are {sorted(training)} and {sorted(test)}, the target is {target!r}: "
            "give both tables the same columns, the target and at least one input"
        )
    for kind, table in (("training", training), ("test", test)):
        shapes = {tuple(column.shape) for column in table.values()}
        if len(shapes) > 1 or len(min(shapes)) != 1 or shapes == {(0,)}:
            raise ValueError(
                f"the {kind} columns have shapes {sorted(shapes)}: give (n,), n at least 1"
            )


def _gaps(name: str, training: Tensor, test: Tensor) -> list[str]:
    kinds = {"training": training, "test": test}
    gaps = {kind: int((~column.isfinite()).sum()) for kind, column in kinds.items()}
    return [
        f"{name}: NaN or infinite in {count} of {len(kinds[kind])} {kind} rows"
        for kind, count in gaps.items()
        if count
    ]


def _range(name: str, training: Tensor, test: Tensor) -> list[str]:
    known = training[training.isfinite()].double()
    if len(known) == 0:
        return []
    outside = int(((test < known.min()) | (test > known.max())).sum())
    found = [f"{name}: the same in all training rows"] if known.min() == known.max() else []
    if outside > len(test) / 5:  # a few of many rows always lie outside
        found.append(f"{name}: {outside} of {len(test)} test rows lie outside the training range")
    return found


def _answer(name: str, column: Tensor, target: str, y: Tensor) -> list[str]:
    known = column.isfinite() & y.isfinite()
    if known.sum() < 3:  # two points always lie on a line
        return []
    r = correlations(column[known].double().unsqueeze(1), y[known]).item()
    return [f"{name}: gives {target} away, their correlation is {r:.3f}"] if abs(r) > 0.99 else []


def _new_classes(name: str, training: Tensor, test: Tensor) -> list[str]:
    new = sorted(set(test.tolist()) - set(training.tolist()))
    return [f"{name}: {value} is in the test rows and in no training row" for value in new]


def _repetitions(training: Tensor, test: Tensor) -> list[str]:
    whole = training[~training.isnan().any(dim=1)]
    again = len(whole) - len(whole.unique(dim=0))
    both = int(shared_rows(training, test).sum())
    counts = {
        "training rows that repeat an earlier one": (again, len(training)),
        "test rows that are training rows too": (both, len(test)),
    }
    return [f"{what}: {count} of {n}" for what, (count, n) in counts.items() if count]


def _rows(table: Table, names: list[str]) -> Tensor:
    return torch.stack([table[name].double() for name in names], dim=1)
