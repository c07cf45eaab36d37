/** The scripted model's. */
export const baseUrl = process.env.MODEL_URL

/** Does something with a prompt, which tells the model what to do, and prints the result. */
export async function attempt(what, work) {
  const abort = new AbortController()
  try {
    console.log(what, await work(`please ${what}`, abort))
  } catch (error) {
    console.log(what, error.constructor.name, error.status ?? error.statusCode, error.message)
  }
}
