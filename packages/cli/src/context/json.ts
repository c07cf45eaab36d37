import type { Context, Shortened } from '@tacho/reader'

/** Returns the output of `tacho context --json` (docs/cli.md). Unknown values are null. */
export function contextJson(context: Context, shortened: readonly Shortened[]): object {
  return {
    ...withoutMissing(context),
    parts: context.parts.map((part) => ({
      kind: part.kind,
      name: part.name,
      message: part.message ?? null,
      about: part.about ?? null,
      bytes: part.bytes,
      estimatedTokens: part.estimatedTokens ?? null,
    })),
    shortened: shortened.map(({ before, after, compaction, messages }) => ({
      before: withoutMissing(before),
      after: withoutMissing(after),
      compaction: compaction ?? null,
      messages,
    })),
    missing: context.missing,
  }
}

function withoutMissing({ exchange, toldTokens, estimatedTokens, bytes, kinds }: Context): object {
  return {
    exchange: exchange.number,
    toldTokens: toldTokens ?? null,
    estimatedTokens,
    bytes,
    kinds,
  }
}
