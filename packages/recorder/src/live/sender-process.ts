import {
  logRecordOf,
  type OtlpSettings,
  openLogSender,
  openSpanSender,
  type Rejection,
  readableSpans,
  type Sender,
} from '@tacho/otlp'
import type { FromSender, SendingItem, SentItem, ToSender } from './messages.js'
import { SendingQueue } from './sending-queue.js'

// Runs in a process of its own, so that neither loading an exporter nor building a request of many
// spans delays traffic through the tap, and so that it can be left behind when the recording ends.
// A thread cannot be left behind while it, or Node's thread pool, is in a system call (a name
// server or file system that does not respond).

const queues = new Map<string, SendingQueue<SendingItem>>()

process.on('message', (message: ToSender) => {
  switch (message.kind) {
    case 'settings':
      for (const settings of message.settings) queues.set(settings.signal, queueOf(settings))
      break
    case 'items':
      for (const item of message.items) queues.get(item.signal)?.add(item)
      break
    case 'flush':
      void Promise.all([...queues.values()].map((queue) => queue.flush())).then(() =>
        tell({ kind: 'flushed' }),
      )
  }
})
// The recording is over, or was killed. Waits for nothing that hangs.
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

function queueOf(settings: OtlpSettings): SendingQueue<SendingItem> {
  const { signal } = settings
  const send = signal === 'traces' ? spansSender(settings) : linesSender(settings)
  return new SendingQueue(send, {
    delivered: (items, rejection) =>
      tell({ kind: 'delivered', signal, items: items.map(sentItem), rejection }),
    givenUp: (items, reason) =>
      tell({ kind: 'given-up', signal, items: items.map(sentItem), reason }),
    refused: (reason) => tell({ kind: 'refused', signal, reason }),
  })
}

function spansSender(
  settings: OtlpSettings,
): (items: SendingItem[]) => Promise<Rejection | undefined> {
  const sender = once(() => openSpanSender(settings))
  return async (items) => {
    const spans = items.flatMap((item) =>
      item.signal === 'traces' ? readableSpans(JSON.parse(item.line)) : [],
    )
    return (await sender()).send(spans)
  }
}

function linesSender(
  settings: OtlpSettings,
): (items: SendingItem[]) => Promise<Rejection | undefined> {
  const sender = once(() => openLogSender(settings))
  return async (items) => {
    const records = items.flatMap((item) =>
      item.signal === 'logs' ? [logRecordOf(item.line)] : [],
    )
    return (await sender()).send(records)
  }
}

function once<Item>(open: () => Promise<Sender<Item>>): () => Promise<Sender<Item>> {
  const opened = open()
  // Reported when something is sent.
  opened.catch(() => {})
  return () => opened
}

function sentItem(item: SendingItem): SentItem {
  const { traceId, bytes } = item
  return item.signal === 'traces' ? { traceId, bytes, spanId: item.spanId } : { traceId, bytes }
}

function tell(message: FromSender): void {
  process.send?.(message, undefined, undefined, () => {})
}
