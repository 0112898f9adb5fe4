// course/training/minibatches.py: descent in which each step sees the rows of one batch.
{
  const mean = values => values.reduce((sum, each) => sum + each, 0) / values.length

  const row_gradients = (columns, targets, parameters) =>
    columns.map((row, i) => {
      const residual = row.reduce((sum, each, j) => sum + each * parameters[j], 0) - targets[i]
      return row.map(each => 2 * residual * each)
    })

  const descend_in_batches = (columns, targets, start, batches, lr) => {
    const path = [start]
    for (const rows of batches) {
      const gradients = row_gradients(rows.map(i => columns[i]), rows.map(i => targets[i]), path.at(-1))
      path.push(path.at(-1).map((each, j) => each - lr * mean(gradients.map(row => row[j]))))
    }
    return path
  }

  demos.models.minibatches = { row_gradients, descend_in_batches }
}
