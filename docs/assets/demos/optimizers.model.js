// course/training/optimizers.py and adam.py: each rule, for one parameter, from its gradient to its step.
{
  const SGD = ({ lr }) => gradient => lr * gradient

  const Momentum = ({ lr, momentum }) => {
    let velocity = 0
    return gradient => {
      velocity = momentum * velocity + gradient
      return lr * velocity
    }
  }

  const Nesterov = ({ lr, momentum }) => {
    let velocity = 0
    return gradient => {
      velocity = momentum * velocity + gradient
      return lr * (gradient + momentum * velocity)
    }
  }

  const RMSProp = ({ lr, alpha, eps }) => {
    let square = 0
    return gradient => {
      square = alpha * square + (1 - alpha) * gradient ** 2
      return (lr * gradient) / (Math.sqrt(square) + eps)
    }
  }

  const Adam = ({ lr, betas: [beta1, beta2], eps }) => {
    let [t, mean, square] = [0, 0, 0]
    return gradient => {
      t = t + 1
      mean = beta1 * mean + (1 - beta1) * gradient
      square = beta2 * square + (1 - beta2) * gradient ** 2
      const root = Math.sqrt(square / (1 - beta2 ** t))
      return (lr * mean) / (1 - beta1 ** t) / (root + eps)
    }
  }

  // The path of a rule in a bowl with this Hessian, whose bottom is at zero.
  const descend = rule => (hessian, start, settings, steps) => {
    const moves = start.map(() => rule(settings))
    const path = [start]
    for (const _ of Array(steps)) {
      const at = path.at(-1)
      const gradients = hessian.map(row => row.reduce((sum, each, i) => sum + each * at[i], 0))
      path.push(at.map((each, i) => each - moves[i](gradients[i])))
    }
    return path
  }

  const rules = { SGD, Momentum, Nesterov, RMSProp, Adam }
  demos.models.optimizers = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [name, descend(rule)]))
}
