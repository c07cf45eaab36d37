import {
  BodyEncoder,
  BodyReader,
  type Content,
  lengthOf,
  type Piece,
  readBody,
  textOf,
} from '@tacho/format'
import { expect, test } from 'vitest'
import { BodyRandom, newSeed } from './body-random.js'

/** A session's log of bodies: later bodies may copy from what is written. */
function recording(budget?: number) {
  const encoder = new BodyEncoder(budget)
  const contents = new Map<string, Content>()
  return {
    encoder,
    contents,
    write(exchange: string, body: Uint8Array, conversation?: string) {
      const encoded = encoder.encode(exchange, body, conversation)
      // Through JSON, as in the log.
      contents.set(exchange, JSON.parse(JSON.stringify(encoded.content)))
      encoder.keep(encoded)
      return encoded
    },
    read: (exchange: string) => Buffer.from(readBody(exchange, (id) => contents.get(id))),
  }
}

const piecesOf = (content: Content): Piece[] => (typeof content === 'string' ? [content] : content)
const copiesOf = (content: Content) =>
  piecesOf(content).flatMap((piece) =>
    typeof piece === 'object' && 'copy' in piece ? [piece] : [],
  )
const textIn = (content: Content) => piecesOf(content).filter((piece) => typeof piece === 'string')

const random = new BodyRandom(1)
const INSTRUCTIONS = random.text(3000).toString('base64')
const TOOLS = random.text(4000).toString('base64')

function request(items: readonly string[], turn: string): Buffer {
  const input = items.map((item) => JSON.stringify({ type: 'message', text: item })).join(',')
  return Buffer.from(
    `{"instructions":"${INSTRUCTIONS}","input":[${input}],"tools":"${TOOLS}","turn":"${turn}"}`,
  )
}

const said = (index: number) => `message ${index}: ${random.text(200 + random.below(200))}`

test('thousands of randomly edited bodies come back byte for byte, however they are read', () => {
  const seed = newSeed()
  const edits = new BodyRandom(seed)
  for (let session = 0; session < 60; session += 1) {
    const { write, read, contents } = recording()
    const bodies: Buffer[] = [edits.below(3) === 0 ? edits.bytes(2000) : edits.text(3000)]
    for (let index = 0; index < 60; index += 1) {
      const body = edits.edited(bodies[edits.below(bodies.length)] ?? Buffer.alloc(0))
      bodies.push(body)
      const { literalBytes, copiedBytes, newRanges, content } = write(`${index}`, body)
      const where = `seed ${seed}, session ${session}, body ${index}`
      expect(read(`${index}`).equals(body), where).toBe(true)
      expect(literalBytes + copiedBytes, where).toBe(body.length)
      expect(lengthOf(content), where).toBe(body.length)
      expect(
        newRanges.reduce((sum, [, length]) => sum + length, 0),
        where,
      ).toBe(literalBytes)
    }
    const reader = new BodyReader((id) => contents.get(id), 20_000)
    for (const [index, body] of bodies.slice(1).entries()) {
      expect(Buffer.from(reader.read(`${index}`)).equals(body), `seed ${seed}`).toBe(true)
    }
  }
})

test('edits of text never leave a literal that is not text', () => {
  const seed = newSeed()
  const edits = new BodyRandom(seed)
  const { write, read } = recording()
  let text = edits.text(4000).toString()
  for (let index = 0; index < 500; index += 1) {
    const characters = [...text]
    // Characters that share their first or last bytes with those they replace.
    for (let changes = 1 + edits.below(3); changes > 0; changes -= 1) {
      const character = ['é', 'è', '試', '詩', '😀', '😁', '🤀'][edits.below(7)] ?? ''
      characters[edits.below(characters.length)] = character
    }
    text = characters.join('')
    const { content, copiedBytes } = write(`${index}`, Buffer.from(text))
    expect(JSON.stringify(content), `seed ${seed}`).not.toContain('base64')
    if (index > 0) expect(copiedBytes).toBeGreaterThan(3000)
    expect(read(`${index}`).toString() === text, `seed ${seed}, body ${index}`).toBe(true)
  }
})

for (const [what, body] of [
  ['nothing', Buffer.alloc(0)],
  ['one byte', Buffer.from('a')],
  ['one byte that is not text', Buffer.from([0xff])],
  ['a byte order mark', Buffer.from('\ufefftext')],
  ['half a character', Buffer.from('試').subarray(0, 2)],
  ['a surrogate in UTF-8', Buffer.from([0xed, 0xa0, 0x80])],
  ['a bad byte in a long text', Buffer.from(`${'a'.repeat(99)}\xff${'b'.repeat(99)}`, 'latin1')],
  ['continuation bytes only', Buffer.alloc(500, 0x80)],
  ['zeros only', Buffer.alloc(100_000)],
  ['many bytes that are no text', Buffer.alloc(3 * 0x2000 * 2 + 1, 0xfe)],
] as const) {
  test(`a body of ${what} comes back, the first time and again`, () => {
    const { write, read } = recording()
    write('1', body)
    write('2', body)
    write('3', Buffer.concat([body, body]))
    expect(read('1').equals(body)).toBe(true)
    expect(read('2').equals(body)).toBe(true)
    expect(read('3').equals(Buffer.concat([body, body]))).toBe(true)
  })
}

test('text around a byte that is not text stays readable', () => {
  const body = Buffer.from(`${'a'.repeat(99)}\xff${'b'.repeat(99)}`, 'latin1')
  expect(new BodyEncoder().encode('1', body).content).toEqual([
    'a'.repeat(99),
    { base64: '/w==' },
    'b'.repeat(99),
  ])
})

test('a surrogate in UTF-8 is not text, and the text around it stays readable', () => {
  const surrogate = Buffer.from([0xed, 0xa0, 0x80])
  const body = Buffer.concat([Buffer.from('a'.repeat(99)), surrogate, Buffer.from('é'.repeat(99))])
  expect(new BodyEncoder().encode('1', body).content).toEqual([
    'a'.repeat(99),
    { base64: surrogate.toString('base64') },
    'é'.repeat(99),
  ])
})

test('without a hint the base is the body that begins and ends alike, not the one used last', () => {
  const { write } = recording()
  // So long that a full search of the kept bodies would not pay for the few new bytes.
  const manual = random.text(400_000).toString()
  const items = [manual, said(0), said(1), said(2)]
  write('one', request(items, 'turn a'))
  write('other', request([manual, said(3), said(4), said(5)], 'turn a'))
  expect(write('next', request([...items, 'On.'], 'turn b')).literalBytes).toBeLessThan(60)
})

test('a body that is written again under its own exchange does not copy from itself', () => {
  const { write, read } = recording()
  const body = request([said(0)], 'turn')
  write('1', body)
  write('1', body)
  expect(read('1').equals(body)).toBe(true)
})

test('a request that goes on writes the new message once, as text, and copies the rest', () => {
  const { write, read } = recording()
  const items = [said(0), said(1)]
  write('1', request(items, 'turn one'))
  const body = request([...items, 'Please rename the file.'], 'turn two')
  const { content, newRanges } = write('2', body)
  expect(textIn(content).join('|')).toBe(
    ',{"type":"message","text":"Please rename the file."}|two"}',
  )
  expect(copiesOf(content).map((piece) => piece.copy)).toEqual(['1', '1'])
  const fresh = newRanges.map(([at, length]) => body.subarray(at, at + length).toString())
  expect(fresh).toEqual(textIn(content))
  expect(read('2').equals(body)).toBe(true)
})

test('what never changes is copied from the body that had it first', () => {
  const { write } = recording()
  const items = [said(0)]
  for (let index = 0; index < 20; index += 1) {
    write(`${index}`, request(items, `turn ${String.fromCharCode(97 + index)}`))
    items.push(said(index))
  }
  const { content } = write('last', request(items, 'turn z'))
  expect(copiesOf(content).map((piece) => piece.copy)).toEqual(['19', '0'])
})

test('a body is not copied from unless it was kept', () => {
  const encoder = new BodyEncoder()
  const body = request([said(0)], 'turn')
  encoder.encode('lost', body)
  const kept = encoder.encode('written', body)
  expect(copiesOf(kept.content)).toEqual([])
  encoder.keep(kept)
  expect(encoder.encode('next', body).content).toEqual([
    { copy: 'written', at: 0, length: body.length },
  ])
})

test('a body that its caller overwrites after it was kept is still copied as it was', () => {
  const { write, read } = recording()
  const body = request([said(0)], 'turn')
  const copy = Buffer.from(body)
  write('1', body)
  body.fill(0x20)
  expect(write('2', copy).literalBytes).toBe(0)
  expect(read('2').equals(copy)).toBe(true)
})

test('a view into a larger buffer, at whatever byte it begins, is encoded as its own bytes', () => {
  const { write, read } = recording()
  const body = request([said(0), said(1)], 'turn')
  for (let shift = 0; shift < 9; shift += 1) {
    const view = Buffer.concat([Buffer.alloc(shift, 1), body, Buffer.alloc(9, 1)]).subarray(
      shift,
      shift + body.length,
    )
    const { literalBytes } = write(`${shift}`, view)
    if (shift > 0) expect(literalBytes).toBe(0)
    expect(read(`${shift}`).equals(body)).toBe(true)
  }
})

for (const hinted of [true, false]) {
  const how = hinted ? 'with' : 'without'
  test(`three conversations side by side grow with what is new, ${how} a hint`, () => {
    const { write, read } = recording()
    const conversations = Array.from({ length: 3 }, (_, thread) => [said(thread)])
    for (let turn = 0; turn < 90; turn += 1) {
      const thread = random.below(3)
      const items = conversations[thread] ?? []
      items.push(said(turn))
      const body = request(items, `turn ${turn} of ${thread}`)
      const { literalBytes } = write(`${turn}`, body, hinted ? `thread ${thread}` : undefined)
      const fresh = Buffer.byteLength(JSON.stringify(items.at(-1)))
      if (items.length > 5) expect(literalBytes).toBeLessThan(fresh + 150)
      expect(read(`${turn}`).equals(body)).toBe(true)
    }
  })
}

test('after a compaction the messages that stay are copied, wherever they stood', () => {
  const { write, read } = recording()
  const items = Array.from({ length: 60 }, (_, index) => said(index))
  write('1', request(items, 'turn 1'))
  const left = [items[0], items[7], items[33], items[34], items[59]].map((item) => item ?? '')
  const body = request(['A summary of all that was done.', ...left], 'turn 2')
  const { literalBytes, content } = write('2', body)
  expect(literalBytes).toBeLessThan(400)
  expect(textIn(content).join('')).toContain('A summary of all that was done.')
  expect(read('2').equals(body)).toBe(true)
})

test('a change early in one conversation does not lead to another one as its base', () => {
  const { write } = recording()
  const one = Array.from({ length: 40 }, (_, index) => said(index))
  const other = Array.from({ length: 40 }, (_, index) => said(index))
  write('one', request(one, 'turn 1'))
  write('other', request(other, 'turn 1'))
  const changed = ['Changed.', ...one.slice(1)]
  const { literalBytes, content } = write('changed', request(changed, 'turn 1'))
  expect(literalBytes).toBeLessThan(200)
  expect(copiesOf(content).map((piece) => piece.copy)).toContain('one')
})

test('a long text that stands somewhere in another conversation is copied from there', () => {
  const { write, read } = recording()
  const file = random.text(20_000).toString()
  write('1', request([said(0), file, said(1)], 'turn 1'))
  write('2', request([said(2), said(3)], 'turn 1'))
  const body = request([said(2), said(3), `I have read it: ${file}`], 'turn 2')
  expect(write('3', body).literalBytes).toBeLessThan(3000)
  expect(read('3').equals(body)).toBe(true)
})

test('what is held stays within the budget, however many conversations there are', () => {
  const budget = 100_000
  const { write, read, encoder } = recording(budget)
  for (let index = 0; index < 300; index += 1) {
    const body = random.text(1 + random.below(9000))
    write(`${index}`, body, `thread ${index}`)
    expect(encoder.keptBytes).toBeLessThanOrEqual(budget)
    expect(read(`${index}`).equals(body)).toBe(true)
  }
})

test('a body larger than the budget drops no other', () => {
  const { write, encoder } = recording(20_000)
  const body = request([said(0)], 'turn')
  write('small', body)
  const held = encoder.keptBytes
  write('large', random.bytes(30_000))
  expect(encoder.keptBytes).toBe(held)
  expect(write('again', body).literalBytes).toBe(0)
})

test('the body unused for longest is dropped first', () => {
  const { write } = recording(20_000)
  const bodies = Array.from({ length: 3 }, () => random.bytes(8000))
  const [used, unused, newest] = bodies.map((body) =>
    Buffer.from(body.toString('hex').slice(0, 8000)),
  )
  if (!used || !unused || !newest) throw new Error('three bodies were made')
  write('used', used)
  write('unused', unused)
  write('used again', used)
  write('newest', newest)
  expect(write('?', used).literalBytes).toBe(0)
  expect(write('??', unused).literalBytes).toBe(unused.length)
})

test('a conversation that goes on holds one body, not all', () => {
  const { write, encoder } = recording()
  const items = [said(0)]
  for (let index = 0; index < 50; index += 1) {
    items.push(said(index))
    write(`${index}`, request(items, `turn ${index}`))
  }
  expect(encoder.keptBytes).toBeLessThan(2 * request(items, '').length)
})

test('a chain of copies is begun anew before it gets endless', () => {
  const { write, read, contents } = recording()
  let body = Buffer.from(random.text(1500).toString('base64'))
  for (let index = 0; index < 5000; index += 1) {
    body = Buffer.concat([body.subarray(5), Buffer.from(`${index}`.padStart(5))])
    write(`${index}`, body)
  }
  const opened = new Set<string>()
  readBody('4999', (id) => {
    opened.add(id)
    return contents.get(id)
  })
  expect(opened.size).toBeLessThanOrEqual(4097)
  const whole = [...contents.values()].filter((content) => copiesOf(content).length === 0)
  expect(whole.length).toBe(2)
  expect(read('4999').equals(body)).toBe(true)
})

test('a body with a change every hundred bytes is not cut into a copy for each', () => {
  const { write, read } = recording()
  const body = Buffer.from(random.bytes(600_000).toString('hex'))
  write('1', body)
  const changed = Buffer.from(body)
  for (let at = 50; at < changed.length; at += 100) changed[at] = 0x2a
  const { content } = write('2', changed)
  expect(copiesOf(content).length).toBeLessThanOrEqual(4096)
  expect(read('2').equals(changed)).toBe(true)
})

test('the literals are the text of the body at the new ranges', () => {
  const { write } = recording()
  const items = [said(0)]
  for (let index = 0; index < 10; index += 1) {
    items.push(said(index))
    const body = request(items, `turn ${index}`)
    const { content, newRanges } = write(`${index}`, body)
    const fresh = newRanges.map(([at, length]) => textOf(body.subarray(at, at + length)))
    expect(textIn(content)).toEqual(fresh)
  }
})
