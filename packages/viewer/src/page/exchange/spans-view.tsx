import type { ShownSpan } from '../../api/answers.js'

/** The spans of an exchange, as in `session_meta.log`. */
export function SpansView({ spans }: { spans: readonly ShownSpan[] }) {
  if (spans.length === 0) return <p class="empty">It has no span.</p>
  return (
    <>
      {spans.map(({ spanId, parentSpanId, name, attributes }) => (
        <table key={spanId} class="fields">
          <caption>
            {name} <code>{spanId}</code>{' '}
            {parentSpanId !== undefined && (
              <span class="faint">
                part of <code>{parentSpanId}</code>
              </span>
            )}
          </caption>
          <tbody>
            {attributes.map(([key, value]) => (
              <tr key={key}>
                <th scope="row">{key}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </>
  )
}
