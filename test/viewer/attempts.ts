/**
 * Runs in a page of another origin that has everything only the user knows: what a browser lets it try,
 * and whether any of it succeeds.
 */
export const ATTEMPTS = `async ({ origin, token, id, files: [script, style, image] }) => {
  const until = (start) => new Promise((resolve) =>
    start(() => resolve('came through'), () => resolve('refused')))
  const element = (name, members) => until((yes, no) => {
    const made = Object.assign(document.createElement(name), members, { onload: yes, onerror: no })
    document.body.append(made)
  })
  const api = origin + '/api/sessions/' + id
  const headers = { authorization: 'Bearer ' + token }
  const asked = (address, options) =>
    fetch(address, options).then(() => 'came through', () => 'refused')
  // An error page, which replaces what was refused, cannot be inspected either.
  const isSeen = (look) => {
    try {
      return look() !== undefined
    } catch {
      return false
    }
  }
  return {
    'fetch with the token': await asked(api + '/log', { headers }),
    'fetch, opaque': await asked(origin + '/', { mode: 'no-cors' }),
    'fetch, by another name': await asked(api.replace('127.0.0.1', 'localhost') + '/log', { headers }),
    EventSource: await until((yes, no) =>
      Object.assign(new EventSource(api + '/changes'), { onopen: yes, onerror: no })),
    WebSocket: await until((yes, no) =>
      Object.assign(new WebSocket(api.replace('http', 'ws') + '/changes'), { onopen: yes, onerror: no })),
    script: await element('script', { src: origin + script }),
    image: await element('img', { src: origin + image }),
    style: await element('link', { rel: 'stylesheet', href: origin + style }),
    frame: await until((yes, no) => {
      const frame = document.createElement('iframe')
      frame.src = origin + '/'
      frame.onload = () => (isSeen(() => frame.contentDocument ?? undefined) ? yes() : no())
      document.body.append(frame)
    }),
    window: await until((yes, no) => {
      const other = window.open(origin + '/#token=' + token)
      const timer = setInterval(() => {
        if (isSeen(() => (other.document.location.href === 'about:blank' ? 1 : undefined))) return
        clearInterval(timer)
        isSeen(() => other.document) ? yes() : no()
      }, 20)
    }),
  }
}`
