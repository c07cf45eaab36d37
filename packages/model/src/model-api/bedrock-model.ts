import { decoded } from './decoded.js'

const BEFORE = '/model/'

/**
 * Returns the model in an Amazon Bedrock path: its id, or an ARN, whose slash may be unescaped
 * (boto3 and Anthropic's SDKs escape it).
 */
export function bedrockModel(path: string): string | undefined {
  const from = path.indexOf(BEFORE)
  const to = /\/invoke(?:-with-response-stream)?$/.exec(path)?.index
  if (from < 0 || to === undefined || to <= from + BEFORE.length) return undefined
  const model = decoded(path.slice(from + BEFORE.length, to))
  return model.startsWith('arn:') || !model.includes('/') ? model : undefined
}

/**
 * Returns whether a model's name does not show its maker: a custom inference profile, or purchased
 * throughput. https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
 */
export function isOwnName(model: string): boolean {
  return OWN.test(model)
}

const OWN =
  /^arn:[^:]{1,64}:bedrock:[^:]{0,64}:\d{0,32}:(?:application-inference-profile|provisioned-model)\//
