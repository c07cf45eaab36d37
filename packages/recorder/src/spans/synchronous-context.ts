import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * A context that lasts only as long as the function it is passed to. OpenTelemetry's own for Node
 * follows promises and timers, which slows down all of them in the process; here it is only needed
 * while a request is made, in the same call.
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
