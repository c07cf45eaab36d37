import { otlpSettings, WrongOtlpSetting } from '@tacho/otlp'
import type { Finding } from './finding.js'

const LEAST_NODE = [20, 18, 1] as const

/** Checks whether Node, our variables and OpenTelemetry's are usable for Tacho. */
export function settingFindings(version: string, environment: NodeJS.ProcessEnv): Finding[] {
  return [nodeFinding(version), ...otlpFindings(environment)]
}

function nodeFinding(version: string): Finding {
  const about = 'tacho'
  const text = `${version}, with Node ${process.versions.node}`
  const parts = process.versions.node.split('.').map(Number)
  const differs = LEAST_NODE.findIndex((least, index) => parts[index] !== least)
  const isOld = differs >= 0 && (parts[differs] ?? 0) < (LEAST_NODE[differs] ?? 0)
  if (!isOld) return { about, status: 'ok', text }
  return {
    about,
    status: 'problem',
    text,
    next: `Update Node to ${LEAST_NODE.join('.')} or later.`,
  }
}

function otlpFindings(environment: NodeJS.ProcessEnv): Finding[] {
  const about = 'sent live'
  try {
    const settings = otlpSettings('traces', environment)
    const text = settings === undefined ? 'nowhere' : `to ${settings.endpoint}`
    return [{ about, status: 'ok', text }]
  } catch (error) {
    if (!(error instanceof WrongOtlpSetting)) throw error
    return [
      { about, status: 'problem', text: error.message, next: 'Mend the variable, or unset it.' },
    ]
  }
}
