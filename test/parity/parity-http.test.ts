import { parity } from './parity.js'
import { framings } from './rows/framings.js'
import { heads } from './rows/heads.js'
import { statuses } from './rows/statuses.js'

parity('framings', framings)
parity('heads', heads)
parity('statuses', statuses)
