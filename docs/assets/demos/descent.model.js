// course/linear/descent.py, the cost of course/linear/cost.py, and how far a step may go.
{
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length

  const slope_gradient = (x, y, weight) =>
    2 * mean(x.map((each, i) => (weight * each - y[i]) * each))

  const descend_slope = (x, y, weight, lr, steps) => {
    const path = [weight]
    for (const _ of Array(steps)) {
      const last = path.at(-1)
      path.push(last - lr * slope_gradient(x, y, last))
    }
    return path
  }

  const cost_curve = (x, y, weights) =>
    weights.map(weight => mean(x.map((each, i) => (weight * each - y[i]) ** 2)))

  // For one column: the curvature of the parabola is 2 mean(x²), and the border 2 over it.
  const largest_lr = columns => 1 / mean(columns.map(([each]) => each ** 2))

  demos.models.descent = { slope_gradient, descend_slope, cost_curve, largest_lr }
}
