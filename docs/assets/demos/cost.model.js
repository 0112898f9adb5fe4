// course/linear/cost.py: how wrong a line is, and how that depends on slope and bias.
{
  const mean_squared_error = (predictions, targets) =>
    predictions.reduce((sum, each, i) => sum + (each - targets[i]) ** 2, 0) / targets.length

  const cost_surface = (x, y, weights, biases) =>
    weights.map(weight => biases.map(bias => mean_squared_error(x.map(each => weight * each + bias), y)))

  demos.models.cost = { mean_squared_error, cost_surface }
}
