import type { ExchangeAnswer } from '../../api/answers.js'

/** The header fields of both sides, as sent. */
export function HeadersView({ answer }: { answer: ExchangeAnswer }) {
  const { request, response } = answer
  return (
    <>
      <Fields title="Request" fields={request.headers} />
      {response !== undefined && (
        <Fields
          title={`Response ${response.status ?? ''} ${response.statusText ?? ''}`}
          fields={response.headers}
        />
      )}
      {response?.trailers !== undefined && <Fields title="Trailers" fields={response.trailers} />}
    </>
  )
}

function Fields({
  title,
  fields,
}: {
  title: string
  fields: readonly (readonly [string, string])[]
}) {
  return (
    <table class="fields">
      <caption>{title}</caption>
      <tbody>
        {fields.map(([name, value], index) => (
          // A name can occur more than once.
          <tr key={index}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
