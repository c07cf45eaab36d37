import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * A context that lasts as long as the function that it is given to. OpenTelemetry's own for Node
 * follows it through promises and timers, which makes every one of them in the process slower;
 * here it is only ever asked for while a request is being made, in the same call.
 */
export class SynchronousContext implements ContextManager {
  #active: Context = ROOT_CONTEXT

  active(): Context {
    return this.#active
  }

  with<Args extends unknown[], Work extends (...args: Args) => ReturnType<Work>>(
    context: Context,
    work: Work,
    self?: ThisParameterType<Work>,
    ...args: Args
  ): ReturnType<Work> {
    const before = this.#active
    this.#active = context
    try {
      return work.apply(self, args)
    } finally {
      this.#active = before
    }
  }

  bind<Target>(_context: Context, target: Target): Target {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    this.#active = ROOT_CONTEXT
    return this
  }
}
