import { parity } from './parity.js'
import { limits, signals } from './rows/surroundings.js'
import { turns } from './rows/turns.js'

parity('turns', turns)
parity('signals', signals)
parity('limits', limits)
