export type { ApiName } from './api.js'
export type { Exchange } from './exchange.js'
export {
  type Answer,
  execCommand,
  type Fault,
  type ModelRequest,
  type Script,
  type Step,
  type ToolCall,
  type Usage,
} from './script.js'
export { type ScriptedModel, type ScriptedModelOptions, startScriptedModel } from './server.js'
