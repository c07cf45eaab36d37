/** Of the scripted model. */
export const baseUrl = process.env.MODEL_URL

/** Does something with a prompt, by which the model knows what to do, and prints what came of it. */
export async function attempt(what, work) {
  const abort = new AbortController()
  try {
    console.log(what, await work(`please ${what}`, abort))
  } catch (error) {
    console.log(what, error.constructor.name, error.status ?? error.statusCode, error.message)
  }
}
