import { render } from 'preact'
import { address, followAddress } from './address.js'
import { App } from './app.js'
import { followPrinting } from './printing.js'
import { embeddedDirectory } from './source/blocks.js'
import { embeddedSource } from './source/embedded.js'
import { servedSource } from './source/served.js'
import { takenToken } from './token.js'

const root = document.getElementById('root')
followPrinting()
const directory = embeddedDirectory()
const token = directory === undefined ? takenToken() : undefined
if (root !== null && directory !== undefined) {
  followAddress()
  address.session.value = directory.id
  render(<App source={embeddedSource(directory)} />, root)
} else if (root !== null && token !== undefined) {
  followAddress()
  render(<App source={servedSource(token)} />, root)
} else if (root !== null) {
  root.textContent =
    'Open this page by the address that tacho view prints: its end is what lets you in.'
}
