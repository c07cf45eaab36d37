import { parity } from './parity.js'
import { breaks } from './rows/breaks.js'
import { encodings } from './rows/encodings.js'
import { redirects } from './rows/redirects.js'

parity('breaks', breaks)
parity('encodings', encodings)
parity('redirects', redirects)
