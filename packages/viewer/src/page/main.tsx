import { render } from 'preact'
import { followAddress } from './address.js'
import { App } from './app.js'
import { servedSource } from './source/served.js'
import { takenToken } from './token.js'

const root = document.getElementById('root')
const token = takenToken()
if (root !== null) {
  if (token === undefined) {
    root.textContent =
      'Open this page by the address that tacho view prints: its end is what lets you in.'
  } else {
    followAddress()
    render(<App source={servedSource(token)} />, root)
  }
}
