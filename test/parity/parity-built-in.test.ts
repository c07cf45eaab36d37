import { parity } from './parity.js'
import { withAccount, withKey } from './rows/built-in.js'

parity("Codex's own provider, with a key", withKey)
parity("Codex's own provider, with an account", withAccount)
