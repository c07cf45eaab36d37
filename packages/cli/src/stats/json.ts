import {
  isoOfMicros,
  joinedModels,
  joinedTools,
  quantile,
  type SessionStats,
  type Times,
  type Usage,
} from '@tacho/reader'

/** Returns the output of `tacho stats --json` (docs/cli.md). Unknown values are null. */
export function statsJson(sessions: readonly SessionStats[], currency: string | undefined): object {
  return {
    currency: currency ?? null,
    sessions: sessions.map((session) => ({
      id: session.id,
      startedAt: session.startedAt ?? null,
      ...timesJson(session),
      turns: session.turns.map((turn) => ({
        kind: turn.kind,
        number: turn.number,
        startedAt: isoOfMicros(turn.startedAt) ?? null,
        outcome: turn.outcome ?? null,
        ...timesJson(turn),
        exchanges: turn.exchanges,
        usage: usageJson(turn.usage),
        cost: turn.cost ?? null,
      })),
    })),
    tools: joinedTools(sessions).map(({ tookMs, ...tool }) => ({
      ...tool,
      medianMs: quantile(tookMs, 0.5) ?? null,
      longestMs: quantile(tookMs, 1) ?? null,
    })),
    models: joinedModels(sessions).map(({ firstMs, tokensPerSecond, ...model }) => ({
      asked: model.asked ?? null,
      answered: model.answered ?? null,
      exchanges: model.exchanges,
      failed: model.failed,
      usage: usageJson(model.usage),
      firstMs: spread(firstMs),
      tokensPerSecond: spread(tokensPerSecond),
      stalls: model.stalls,
      longestGapMs: model.longestGapMs,
      cost: model.cost ?? null,
    })),
  }
}

function timesJson({ tookMs, modelMs, toolMs, waitingMs, otherMs }: Times): object {
  return { tookMs: tookMs ?? null, modelMs, toolMs, waitingMs, otherMs: otherMs ?? null }
}

function usageJson(usage: Usage): object {
  return {
    inputTokens: usage.inputTokens ?? null,
    outputTokens: usage.outputTokens ?? null,
    cacheReadInputTokens: usage.cacheReadInputTokens ?? null,
    cacheCreationInputTokens: usage.cacheCreationInputTokens ?? null,
    reasoningOutputTokens: usage.reasoningOutputTokens ?? null,
  }
}

function spread(values: readonly number[]): object | null {
  if (values.length === 0) return null
  return {
    least: quantile(values, 0),
    median: quantile(values, 0.5),
    p90: quantile(values, 0.9),
    most: quantile(values, 1),
  }
}
