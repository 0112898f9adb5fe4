// course/linear/slope_and_bias.py: descent on slope and bias; the cost of course/linear/cost.py; and of
// course/linear/convergence.py how far a step may go.
{
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length

  const line_gradient = (x, y, weight, bias) => {
    const residuals = x.map((each, i) => weight * each + bias - y[i])
    return [2 * mean(residuals.map((each, i) => each * x[i])), 2 * mean(residuals)]
  }

  const descend_line = (x, y, weight, bias, lr, steps) => {
    const path = [[weight, bias]]
    for (const _ of Array(steps)) {
      const [w, b] = path.at(-1)
      const [dw, db] = line_gradient(x, y, w, b)
      path.push([w - lr * dw, b - lr * db])
    }
    return path
  }

  const mean_squared_error = (predictions, targets) =>
    mean(predictions.map((each, i) => (each - targets[i]) ** 2))

  // Of two columns: 2 over the larger eigenvalue of the Hessian.
  const largest_lr = columns => {
    const product = (i, j) => 2 * mean(columns.map(row => row[i] * row[j]))
    const [a, b, d] = [product(0, 0), product(0, 1), product(1, 1)]
    return 2 / ((a + d + Math.hypot(a - d, 2 * b)) / 2)
  }

  demos.models.start = { line_gradient, descend_line, mean_squared_error, largest_lr }
}
