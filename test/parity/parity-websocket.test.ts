import { parity } from './parity.js'
import { websocketAnswers } from './rows/websocket-answers.js'
import { websocketFrames } from './rows/websocket-frames.js'
import { websocketCuts, websocketUpgrades } from './rows/websocket-upgrades.js'

parity('frames of a WebSocket', websocketFrames)
parity('answers over a WebSocket', websocketAnswers)
parity('upgrades', websocketUpgrades)
parity('cuts of a WebSocket', websocketCuts)
