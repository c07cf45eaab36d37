import { parityOfTui } from './parity.js'
import { tuiOverHttp, tuiOverSocket } from './rows/tui.js'

parityOfTui('over HTTP', tuiOverHttp)
parityOfTui('over a WebSocket', tuiOverSocket)
