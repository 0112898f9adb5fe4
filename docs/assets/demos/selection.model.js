// The columns of a polynomial (course/training/selection.py) and ridge regression on them
// (course/linear/identifiability.py).
{
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length
  const dot = (a, b) => mean(a.map((each, i) => each * b[i]))

  const polynomial_features = (x, degree) => x.map(each => {
    const row = [1, each]
    for (const _ of Array(degree)) row.push(2 * each * row.at(-1) - row.at(-2))
    return row.slice(1, degree + 1).map((value, i) => value / (i + 1))
  })

  // Solves a system whose matrix is positive definite: its rows end with the right side.
  const solve = rows => {
    if (rows.length === 0) return []
    const [[head, ...first], ...others] = rows
    const rest = solve(others.map(([lead, ...each]) => each.map((value, i) => value - (lead / head) * first[i])))
    const right = rest.reduce((sum, each, i) => sum - each * first[i], first.at(-1))
    return [right / head, ...rest]
  }

  const ridge = (columns, targets, strength) => {
    const [any] = columns
    const table = any.map((_, i) => columns.map(row => row[i]))
    return solve(table.map((one, i) => [
      ...table.map((other, j) => dot(one, other) + (i === j ? strength : 0)),
      dot(one, targets),
    ]))
  }

  const mean_squared_error = (predictions, targets) =>
    mean(predictions.map((each, i) => (each - targets[i]) ** 2))

  demos.models.selection = { polynomial_features, ridge, mean_squared_error }
}
