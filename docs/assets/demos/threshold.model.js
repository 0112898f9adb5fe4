// course/training/metrics.py and thresholds.py: what a threshold says yes to, and what that costs.
{
  const count = (scores, targets, is) => scores.filter((each, i) => is(each, targets[i])).length

  const confusion_matrix = (predicted, targets, classes) =>
    [...Array(classes).keys()].map(row => [...Array(classes).keys()].map(column =>
      count(predicted, targets, (each, target) => Number(each) === column && target === row)))

  const roc_curve = (scores, targets) => {
    const cuts = [Infinity, ...[...new Set(scores)].sort((a, b) => b - a)]
    const share = of => cuts.map(cut =>
      count(scores, targets, (each, target) => target === of && each >= cut) /
      count(scores, targets, (_, target) => target === of))
    return [share(0), share(1), cuts]
  }

  const precision_recall_curve = (scores, targets) => {
    const [, recalls, cuts] = roc_curve(scores, targets)
    const precisions = cuts.map(cut => {
      const yes = count(scores, targets, each => each >= cut)
      return yes > 0 ? count(scores, targets, (each, target) => target === 1 && each >= cut) / yes : 1
    })
    return [recalls, precisions, cuts]
  }

  const expected_cost = (scores, targets, thresholds, false_positive_cost, false_negative_cost) =>
    thresholds.map(cut =>
      (false_positive_cost * count(scores, targets, (each, target) => target === 0 && each >= cut) +
        false_negative_cost * count(scores, targets, (each, target) => target === 1 && each < cut)) / targets.length)

  demos.models.threshold = { confusion_matrix, roc_curve, precision_recall_curve, expected_cost }
}
