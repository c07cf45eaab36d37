import { parity } from './parity.js'
import { outages } from './rows/outages.js'
import { proxies } from './rows/proxies.js'
import { tls } from './rows/tls.js'

parity('TLS', tls)
parity('proxies', proxies)
parity('outages', outages)
