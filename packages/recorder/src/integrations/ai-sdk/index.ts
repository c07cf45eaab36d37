export { recorded } from './recorded.js'
