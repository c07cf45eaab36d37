export type { ApiName } from './api.js'
export type { Exchange } from './exchange.js'
export { replyOf } from './reply.js'
export { responsesEvents } from './responses-api.js'
export {
  type Answer,
  execCommand,
  type Fault,
  type ModelRequest,
  type Script,
  type Spoken,
  type Step,
  type ToolCall,
  type Usage,
} from './script.js'
export { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from './server.js'
