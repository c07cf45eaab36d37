import type { Cause } from '../cause.js'
import type { SessionCase } from '../session-case.js'
import { isOtherTalk } from './rewrites.js'
import { pairs } from './steps.js'

/**
 * Returns where a different model was asked in the middle of a conversation, or a different one
 * answered.
 */
export function modelChanges(session: SessionCase): Cause[] {
  return [...asked(session), ...answered(session)].slice(0, 1)
}

function asked(session: SessionCase): Cause[] {
  const models = new Map(session.steps.map(({ exchange, model }) => [exchange, model]))
  return pairs(session).flatMap((pair): Cause[] => {
    const { step, call, before, isSameRun } = pair
    const [from, to] = [models.get(before.number), step.model]
    if (from === undefined || to === undefined || from === to) return []
    if (isOtherTalk(pair)) return []
    return [
      {
        code: 'model-changed',
        certainty: 'certain',
        exchange: call.number,
        clues: [
          { at: before.places.requestBody, text: `exchange ${before.number} asks ${from}` },
          { at: step.place, text: `exchange ${call.number} asks ${to}` },
        ],
        sentence: `From exchange ${call.number} on, ${to} was used instead of ${from}: it has a prompt cache of its own, and may answer differently.`,
        next: `Look at who changed it: the user, the agent's configuration, or the agent because the first one failed (tacho show ${session.id}).`,
        // In another run, somebody chose the other model.
        weight: isSameRun ? 'trouble' : 'note',
      },
    ]
  })
}

// A name without its date, its `latest` and a gateway's path: `openai/gpt-5-2025-08-07` is gpt-5.
function familyOf(model: string): string {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  const [base = ''] = name.split(/[@:]|-(?:preview|exp)/, 1)
  return base.replace(/-(\d{4}-\d\d-\d\d|\d{8}|\d{6}|latest|\d{3})$/, '')
}

// An alias always differs from what it stands for. Somebody chose another model only if the answers
// themselves differ, or do not start like the name asked for.
function answered(session: SessionCase): Cause[] {
  const first = new Map<string, { family: string; model: string; number: number }>()
  const calls = new Map(session.calls.map((call) => [call.number, call]))
  for (const { exchange, model } of session.steps) {
    const call = calls.get(exchange)
    const told = call?.facts.model
    if (model === undefined || told === undefined || call === undefined) continue
    const family = familyOf(told)
    const known = first.get(model)
    if (known === undefined) {
      first.set(model, { family, model: told, number: exchange })
      if (!isOther(familyOf(model), family)) continue
    } else if (known.family === family) continue
    return [
      {
        code: 'model-changed',
        certainty: 'certain',
        exchange,
        clues: [
          {
            at: call.places.firstChunk ?? call.places.response,
            text: `asked ${model}, answered by ${told}`,
          },
        ],
        sentence: `Exchange ${exchange} asked ${model}, and ${told} answered.`,
        next: 'Look at whether the provider or a gateway between chooses another model when the one that is asked has no room, or is too old.',
        weight: 'trouble',
      },
    ]
  }
  return []
}

function isOther(asked: string, told: string): boolean {
  // A deployment or an alias that names no model stands for the one that answers.
  const family = FAMILIES.exec(asked)?.[0]
  if (family === undefined || /latest|default|auto/.test(asked)) return false
  if (FAMILIES.exec(told)?.[0] === family) return false
  const [one, other] = [asked.split(/[-.]/), told.split(/[-.]/)]
  return one[0] !== other[0] && !told.includes(asked) && !asked.includes(told)
}

const FAMILIES =
  /gpt|\bo\d|claude|gemini|gemma|llama|mi[sx]tral|codestral|devstral|qwen|deepseek|grok|kimi|glm|command|phi|nova|minimax/
