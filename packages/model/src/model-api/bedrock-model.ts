import { decoded } from './decoded.js'

const BEFORE = '/model/'

/**
 * The model that a path of Amazon Bedrock's names: its id, or an ARN, whose slash may stand there as
 * it is (boto3 and Anthropic's SDKs escape it).
 */
export function bedrockModel(path: string): string | undefined {
  const from = path.indexOf(BEFORE)
  const to = /\/invoke(?:-with-response-stream)?$/.exec(path)?.index
  if (from < 0 || to === undefined || to <= from + BEFORE.length) return undefined
  const model = decoded(path.slice(from + BEFORE.length, to))
  return model.startsWith('arn:') || !model.includes('/') ? model : undefined
}

/**
 * Whether a model is named in a way that does not tell whose it is: by a profile of one's own, or by
 * what one has bought.
 * https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
 */
export function isOwnName(model: string): boolean {
  return OWN.test(model)
}

const OWN =
  /^arn:[^:]{1,64}:bedrock:[^:]{0,64}:\d{0,32}:(?:application-inference-profile|provisioned-model)\//
