// course/logistic/likelihood.py: how probable all outcomes are together, and minus its logarithm.
{
  const sigmoid = z => z.map(each => 1 / (1 + Math.exp(-each)))

  const choices = (p, outcomes) =>
    outcomes.map((each, i) => each === 1 ? (p[i] ?? p) : 1 - (p[i] ?? p))

  const likelihood = (p, outcomes) => choices(p, outcomes).reduce((product, each) => product * each, 1)

  const negative_log_likelihood = (p, outcomes) =>
    choices(p, outcomes).reduce((sum, each) => sum - Math.log(each), 0)

  demos.models.likelihood = { sigmoid, likelihood, negative_log_likelihood }
}
