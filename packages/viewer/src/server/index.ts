export type { ListedSession, SessionAnswer, SessionList } from '../api/answers.js'
export { sessionHtml } from './html/session-html.js'
export { ROUTES } from './routes.js'
export {
  type Listen,
  type Listening,
  serveViewer,
  type Viewer,
  type ViewerOptions,
} from './serve.js'
