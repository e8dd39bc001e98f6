/** What the shell says outside the window, in English: tray, menus, dialogs, notifications. */
export const text = {
  product: 'LLM Interactive Proxy',
  about: 'One local address for every LLM provider, subscription and coding agent',

  state: {
    running: (address: string) => `Running · ${address}`,
    starting: 'Starting…',
    stopping: 'Stopping…',
    stopped: 'Stopped',
    leaving: (streams: string, seconds: number) => `Quitting in ${seconds} s · ${streams} open`,
    failed: {
      'address-taken': (port: number) => `Port ${port} is taken`,
      'address-denied': (port: number) => `Port ${port} is not allowed`,
      config: () => 'The config has a problem',
      unknown: () => 'Could not start',
    },
    figures: (streams: string, tokens: string) => `${streams} · today ${tokens} tokens`,
    streams: (count: number) => (count === 1 ? '1 stream' : `${count} streams`),
    attention: 'Needs attention: see the window',
  },

  toolTip: {
    running: (address: string, streams: string, target: string) =>
      `Running on ${address} · ${streams} · default: ${target}`,
    other: (state: string) => `${text.product}: ${state}`,
  },

  menu: {
    start: 'Start proxy',
    stop: 'Stop proxy',
    retry: 'Try again',
    usePort: (port: number) => `Use port ${port} this time`,
    open: `Open LLM Interactive Proxy`,
    copyEndpoint: 'Copy endpoint',
    default: (target: string) => `Default: ${target}`,
    asAsked: 'the model that is asked for',
    asAskedShort: 'as asked',
    more: 'More…',
    launchAtLogin: 'Launch at login',
    openLogs: 'Show logs folder',
    quit: 'Quit LLM Interactive Proxy',
    quitNow: 'Quit now',
    stay: 'Don’t quit',
    file: 'File',
  },

  notChanged: 'The default was not changed',

  noLogs: 'The logs folder could not be opened',

  closed: {
    title: 'Still running',
    toTray: 'LLM Interactive Proxy goes on in the tray. Its menu opens the window again, and quits.',
    toTaskbar:
      'LLM Interactive Proxy goes on in the taskbar, because this desktop shows no tray icons. Ctrl+Q in its window quits.',
    quitInstead: 'Quit instead',
  },

  couldNotStart: { title: 'The proxy could not start' },

  quit: {
    question: (count: number) =>
      count === 1 ? 'One request is still streaming.' : `${count} requests are still streaming.`,
    detail: (seconds: number) =>
      `Waiting takes no new requests and quits when the last one ends, after ${seconds} seconds at the latest.`,
    wait: 'Wait and Quit',
    now: 'Quit Now',
    cancel: 'Cancel',
  },

  crashed: {
    message: 'The window stopped working and was loaded again.',
    messageAgain: 'The window stopped working again.',
    detail: 'The proxy was not affected: requests go on.',
    ok: 'OK',
    reload: 'Load It Again',
    close: 'Close the Window',
  },

  terminal: {
    listens: (version: string, url: string) => `LLM Interactive Proxy ${version} listens on ${url}`,
    tryIt: (url: string) =>
      `try it: curl ${url}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"demo:demo","messages":[{"role":"user","content":"hello"}]}'`,
    already: 'LLM Interactive Proxy is running already; its window has been brought up.',
  },

  noDesktop: 'LLM Interactive Proxy could not open',

  loginItem: {
    installedOnly: 'Only the installed app can be launched at login; this one runs from its sources.',
    approval: 'macOS asks for your approval: System Settings › General › Login Items.',
    taskManager: 'It is turned off in the Task Manager’s startup apps; turn it on there.',
  },
} as const
