import { parentPort, workerData } from 'node:worker_threads'
import {
  logRecordOf,
  type OtlpSettings,
  openLogSender,
  openSpanSender,
  readableSpans,
  type Sender,
} from '@tacho/otlp'
import type { FromSender, SendingItem, SendingOptions, SentItem, ToSender } from './messages.js'
import { SendingQueue } from './sending-queue.js'

// A thread of its own, so that neither loading an exporter nor making a request of many spans holds
// up what passes through the tap, and so that all of it ends at once when the recording ends.

const port = parentPort
const queues = new Map<string, SendingQueue<SendingItem>>()
for (const settings of (workerData as SendingOptions).settings) {
  queues.set(settings.signal, queueOf(settings))
}

port?.on('message', (message: ToSender) => {
  if (message.kind === 'items') {
    for (const item of message.items) queues.get(item.signal)?.add(item)
  } else {
    void Promise.all([...queues.values()].map((queue) => queue.flush())).then(() =>
      tell({ kind: 'flushed' }),
    )
  }
})

function queueOf(settings: OtlpSettings): SendingQueue<SendingItem> {
  const { signal } = settings
  const send = signal === 'traces' ? spansSender(settings) : linesSender(settings)
  return new SendingQueue(send, {
    delivered: (items) => tell({ kind: 'delivered', signal, items: items.map(sentItem) }),
    givenUp: (items, reason) =>
      tell({ kind: 'given-up', signal, items: items.map(sentItem), reason }),
    refused: (reason) => tell({ kind: 'refused', signal, reason }),
  })
}

function spansSender(settings: OtlpSettings): (items: SendingItem[]) => Promise<void> {
  const sender = once(() => openSpanSender(settings))
  return async (items) => {
    const spans = items.flatMap((item) =>
      item.signal === 'traces' ? readableSpans(JSON.parse(item.line)) : [],
    )
    await (await sender()).send(spans)
  }
}

function linesSender(settings: OtlpSettings): (items: SendingItem[]) => Promise<void> {
  const sender = once(() => openLogSender(settings))
  return async (items) => {
    const records = items.flatMap((item) =>
      item.signal === 'logs' ? [logRecordOf(item.line)] : [],
    )
    await (await sender()).send(records)
  }
}

function once<Item>(open: () => Promise<Sender<Item>>): () => Promise<Sender<Item>> {
  const opened = open()
  // Told when something is to be sent.
  opened.catch(() => {})
  return () => opened
}

function sentItem(item: SendingItem): SentItem {
  const { traceId, bytes } = item
  return item.signal === 'traces' ? { traceId, bytes, spanId: item.spanId } : { traceId, bytes }
}

function tell(message: FromSender): void {
  port?.postMessage(message)
}
