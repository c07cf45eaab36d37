import { request } from 'node:http'

/**
 * A program that knows nothing of Tacho: sends a request to the model behind each of its arguments,
 * a variable of the environment or (`past:URL`) an address that bypasses them all, prints the
 * answers, and ends with 5. `env` prints the variables that lead to a model.
 */
for (const word of process.argv.slice(2)) {
  if (word === 'env') process.stdout.write(`${JSON.stringify(baseUrls())}\n`)
  else if (word.startsWith('past:')) process.stdout.write(`${await past(word.slice(5))}\n`)
  else process.stdout.write(`${await asked(process.env[word] ?? '')}\n`)
}
process.exitCode = 5

function baseUrls(): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => /_(BASE_URL|API_BASE|HOST)$/.test(name)),
  )
}

async function asked(base: string): Promise<string> {
  const answer = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${process.env.SCRIPTED_KEY}`,
    },
    body: JSON.stringify({ model: 'scripted-1', messages: [{ role: 'user', content: base }] }),
  })
  const { choices } = (await answer.json()) as { choices: { message: { content: string } }[] }
  return choices[0]?.message.content ?? ''
}

function past(base: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ model: 'scripted-1', messages: [] })
    request(
      `${base}/chat/completions`,
      { method: 'POST', headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume().on('end', () => resolve('past'))
      },
    )
      .on('error', reject)
      .end(body)
  })
}
